import { validatorOf } from '../../../platform/calculations/file-checks.ts';
import {
  closed,
  DecimalText,
  list,
  NonNegativeCents,
  only,
  type Schema,
  variants,
} from '../../../platform/calculations/schema-parts.ts';
import { type Rating, type RatingInput, rate } from './rating.rules.ts';

const Price = { type: ['integer', 'string'] };
const Tier = closed({ upTo: { type: ['string', 'null'] }, unitCents: Price }, { flatCents: Price });
const Package = closed({ size: DecimalText, unitCents: Price }, { free: DecimalText });

/** A model has its own fields and no others: a price that would not be looked at is a mistake. */
function model(
  names: readonly string[],
  required: Record<string, Schema>,
  optional: Record<string, Schema> = {},
) {
  return closed(
    { kind: only('rating'), model: { enum: names }, quantity: DecimalText, ...required },
    { minimumCents: NonNegativeCents, maximumCents: NonNegativeCents, ...optional },
  );
}

const readRatingFile = validatorOf<RatingInput>(
  variants('model', [
    model(['flat', 'unit', 'hourly'], { unitCents: Price }),
    model(['graduated', 'volume'], { tiers: { ...list(Tier), minItems: 1 } }),
    model(['package'], { package: Package }),
    model(['percentage'], { percent: DecimalText }, { unitCents: Price }),
  ]),
);

export function compute(file: unknown): Rating {
  return rate(readRatingFile(file));
}
