import { validatorOf } from '../../platform/calculations/file-checks.ts';
import { closed, DecimalText, NonNegativeCents, only } from '../../platform/calculations/schema-parts.ts';
import { computeGrant, type Grant, type GrantInput } from './grant.rules.ts';

const readGrantFile = validatorOf<GrantInput>(
  closed({
    kind: only('grant'),
    rule: closed({
      baseCents: NonNegativeCents,
      stepCents: NonNegativeCents,
      singlePartyCents: NonNegativeCents,
      percent: DecimalText,
    }),
    parties: { type: 'integer', minimum: 1, maximum: 100_000 },
    eligibleCents: NonNegativeCents,
  }),
);

export function compute(file: unknown): Grant {
  return computeGrant(readGrantFile(file));
}
