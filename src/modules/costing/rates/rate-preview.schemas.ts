import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import { Cents, closed, Day, Decimal, named, nullable, Uuid } from '../../../platform/http/schemas.ts';
import { cardTerms } from './rate-cards.schemas.ts';

/** A stored version by its number, or prices that are stored nowhere yet. */
export const PreviewRates = named('PreviewRates', {
  centreId: OwnCentreId,
  rateCardId: Type.Optional({ ...Uuid, description: 'The card whose present version is set beside it' }),
  number: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000, description: 'Version of the card, also a draft' }),
  ),
  interval: Type.Optional(cardTerms.interval),
  prices: Type.Optional(cardTerms.prices),
  from: Type.Optional({ ...Day, description: 'First day; without days, the calendar year before this' }),
  to: Type.Optional({ ...Day, description: 'Day after the last day' }),
  organisationIds: Type.Optional(
    Type.Array(Uuid, { minItems: 1, maxItems: 500, description: 'Only these members' }),
  ),
});
export type PreviewRates = Static<typeof PreviewRates>;

export const PreviewQuery = closed({
  format: Type.Enum(['json', 'csv'], { default: 'json' }),
  locale: Type.Enum(['de', 'en'], { default: 'de', description: 'Of the CSV file' }),
});
export type PreviewQuery = Static<typeof PreviewQuery>;

const PreviewCents = nullable({ ...Cents, description: 'Null: this version has no price for it' });

const RatedLine = named('RatedLine', {
  quantity: Type.String({ description: 'A decimal; where days split a limit, a fraction' }),
  unitCents: Type.String(),
  perUnits: Type.Optional(Type.String({ description: 'So many units cost `unitCents` together' })),
  amountCents: Cents,
});
const RatedPart = named(
  'RatedPart',
  {
    from: Day,
    to: Day,
    days: Type.Integer({ description: 'Days of the part' }),
    ofDays: Type.Integer({ description: 'Days of the interval that what is fixed is meant for' }),
    interval: cardTerms.interval,
    model: Type.String(),
    quantity: Decimal,
    lines: Type.Array(RatedLine),
    exactCents: Type.String({ description: 'Sum of the lines before rounding, as a fraction' }),
    trueUpCents: { ...Cents, description: 'What is missing to the minimum' },
    cappedCents: { ...Cents, description: 'What is above the maximum' },
    amountCents: { ...Cents, description: 'Lines + true-up − capped' },
  },
  { description: 'Days of one interval at one price, and how their amount follows' },
);

/** What has to be known to read a row. */
export const PREVIEW_REMARKS = ['COST_CLAUSE', 'NO_PRESENT_VERSION', 'NO_PRESENT_PRICE', 'UNPRICED'] as const;
export type PreviewRemark = (typeof PREVIEW_REMARKS)[number];

const RatePreviewRow = named('RatePreviewRow', {
  serviceId: Uuid,
  serviceCode: Type.String(),
  serviceTitle: Type.String(),
  meter: Type.String(),
  unit: Type.String(),
  quantity: Decimal,
  eventCount: Type.Integer(),
  presentCents: PreviewCents,
  previewCents: PreviewCents,
  differenceCents: { ...PreviewCents, description: 'Null where not both have a price for it' },
  remarks: Type.Array(Type.Enum([...PREVIEW_REMARKS]), {
    description:
      'COST_CLAUSE: the service is shared out by cost, so the member pays no price for it at present, and presentCents, where there is one, is what the present version would have made of it; NO_PRESENT_VERSION, NO_PRESENT_PRICE: why presentCents is null; UNPRICED: it was used, and the previewed prices have none for it',
  }),
  presentParts: Type.Array(RatedPart),
  previewParts: Type.Array(RatedPart),
  events: Type.String({ description: 'Address of exactly the events that are counted' }),
});
const sums = {
  presentCents: nullable({ ...Cents, description: 'Of what has a price; null where nothing has one' }),
  previewCents: nullable({ ...Cents, description: 'Of what has a price; null where nothing has one' }),
  differenceCents: nullable({
    ...Cents,
    description: 'Of what both have a price for; null where there is none',
  }),
  presentOnlyCents: { ...Cents, description: 'Of presentCents what the previewed prices do not know' },
  previewOnlyCents: { ...Cents, description: 'Of previewCents what is not priced at present' },
  unpricedRows: Type.Integer({ description: 'Rows with usage that the previewed prices have none for' }),
};
export const RatePreview = named('RatePreview', {
  from: Day,
  to: Day,
  rateCard: nullable(Type.String()),
  presentNumber: nullable(Type.Integer({ description: 'Version set beside it; null: there is none' })),
  ...sums,
  unpriced: Type.Array(
    named('UnpricedUsage', {
      serviceId: Uuid,
      serviceCode: Type.String(),
      serviceTitle: Type.String(),
      meter: Type.String(),
      unit: Type.String(),
      quantity: Decimal,
      memberCount: Type.Integer(),
    }),
    { description: 'What was used on the days and has no price in the preview: nobody would pay it' },
  ),
  members: Type.Array(
    named('RatePreviewMember', {
      organisationId: Uuid,
      member: Type.String({ description: 'AGS, or the id of the organisation' }),
      memberName: Type.String(),
      ...sums,
      rows: Type.Array(RatePreviewRow),
    }),
  ),
});
export type RatePreview = Static<typeof RatePreview>;
export type RatePreviewMember = RatePreview['members'][number];
export type RatePreviewRow = RatePreviewMember['rows'][number];
export type RatedPartOfRow = RatePreviewRow['previewParts'][number];
