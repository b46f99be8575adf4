import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../platform/http/own-centre.ts';
import { Cents, closed, Day, Decimal, named, nullable, Uuid } from '../../platform/http/schemas.ts';
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
  differenceCents: PreviewCents,
  events: Type.String({ description: 'Address of exactly the events that are counted' }),
});
const sums = {
  presentCents: { ...Cents, description: 'What has no price counts as zero' },
  previewCents: Cents,
  differenceCents: Cents,
};
export const RatePreview = named('RatePreview', {
  from: Day,
  to: Day,
  rateCard: nullable(Type.String()),
  presentNumber: nullable(Type.Integer({ description: 'Version set beside it; null: there is none' })),
  ...sums,
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
