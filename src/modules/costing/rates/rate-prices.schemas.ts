import { Type } from 'typebox';
import { named, text, Uuid } from '../../../platform/http/schemas.ts';
import { MOST_ENTERED_CENTS } from '../../../platform/money/index.ts';

const decimal = (digits: number, places: number, description: string, example: string) =>
  Type.String({
    pattern: `^(0|[1-9][0-9]{0,${digits - 1}})(\\.[0-9]{1,${places}})?$`,
    description,
    examples: [example],
  });
const Quantity = (description: string) => decimal(18, 6, description, '100');
const Price = Type.Unsafe<number | string>({
  type: ['integer', 'string'],
  minimum: 0,
  maximum: MOST_ENTERED_CENTS,
  pattern: '^(0|[1-9][0-9]{0,12})(\\.[0-9]{1,12})?$',
  description: 'Cents; as decimal text where a price has fractions of a cent',
  examples: [4500],
});
const WholeCents = (description: string) =>
  Type.Integer({ minimum: 0, maximum: MOST_ENTERED_CENTS, description });

const RateTier = named('RateTier', {
  upTo: Type.Unsafe<string | null>({
    ...Quantity('Last quantity of the tier; null: without end'),
    type: ['string', 'null'],
  }),
  unitCents: Price,
  flatCents: Type.Optional(Price),
});
const RatePackage = named('RatePackage', {
  size: Quantity('Units in a package; one that was begun is paid whole'),
  unitCents: Price,
  free: Type.Optional(Quantity('Units that cost nothing')),
});

export const RatePrice = named('RatePrice', {
  serviceId: Uuid,
  meter: text(60, { description: 'What is counted', examples: ['minutes'] }),
  unit: text(60, { description: 'In what it is counted', examples: ['minute'] }),
  model: Type.Enum(['flat', 'unit', 'graduated', 'volume', 'package', 'percentage', 'hourly'], {
    title: 'RateModel',
    description: 'How the quantity becomes an amount; says which of the fields below are needed',
  }),
  unitCents: Type.Optional({
    ...Price,
    description:
      'flat: the price; unit: of a unit; hourly: of 60 minutes; percentage: of a unit, where it is no amount',
  }),
  tiers: Type.Optional(Type.Array(RateTier, { minItems: 1, maxItems: 50, description: 'graduated, volume' })),
  package: Type.Optional(RatePackage),
  percent: Type.Optional(decimal(6, 6, 'percentage: exact decimal', '2.5')),
  minimumCents: Type.Optional(WholeCents('At least this much is paid, whatever was used')),
  maximumCents: Type.Optional(WholeCents('At most this much is paid')),
});
