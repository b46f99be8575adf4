import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  closed,
  Day,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { RatePrice } from './rate-prices.schemas.ts';

const Interval = Type.Enum(['month', 'quarter', 'year'], {
  title: 'RateInterval',
  description:
    'Calendar interval that flat prices, limits of tiers, free units, minimum and maximum are meant for; parts of one count by their days',
});
const ValidTo = nullable(
  Type.String({ format: 'date', description: 'First day on which it no longer holds; null: open-ended' }),
);
const Prices = Type.Array(RatePrice, { minItems: 1, maxItems: 500 });
export const cardTerms = { interval: Interval, prices: Prices };

const versionInput = { validFrom: Day, validTo: Type.Optional(ValidTo), ...cardTerms };
export const CreateRateCardVersion = named('CreateRateCardVersion', versionInput);
export type CreateRateCardVersion = Static<typeof CreateRateCardVersion>;

export const CreateRateCard = named('CreateRateCard', {
  centreId: OwnCentreId,
  name: text(60, { description: 'As agreements call it', examples: ['Telefon'] }),
  ...versionInput,
});
export type CreateRateCard = Static<typeof CreateRateCard>;

const Number = Type.Integer({ minimum: 1, maximum: 100_000 });
export const RateCardVersionParams = closed({ id: Uuid, number: Number });
export const ApproveRateCard = named('ApproveRateCard', {
  number: { ...Number, description: 'The draft you approve' },
  contentHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'The prices you approve' }),
});
export type ApproveRateCard = Static<typeof ApproveRateCard>;

export const RateCardView = named('RateCard', {
  id: Uuid,
  centreId: Uuid,
  name: Type.String(),
  numberToday: nullable(Type.Integer({ description: 'Version that holds today' })),
  draftNumber: nullable(Type.Integer({ description: 'Version that waits for its approval' })),
  version: Type.Integer(),
  createdAt: Moment,
});
export type RateCardView = Static<typeof RateCardView>;
export const RateCardPage = pageOf(RateCardView);

const Step = named('RateCardStep', { by: Uuid, name: Type.String(), at: Moment });
export const RateCardVersionView = named('RateCardVersion', {
  id: Uuid,
  rateCardId: Uuid,
  number: Type.Integer(),
  status: Type.Enum(['draft', 'in_force', 'superseded'], { title: 'RateCardStatus' }),
  validFrom: Day,
  validTo: ValidTo,
  interval: Interval,
  prices: Type.Array(RatePrice),
  contentHash: Type.String({
    description: 'Of days, interval and prices as drafted: what an approval signs',
  }),
  created: Step,
  edited: Step,
  approved: nullable(Step),
  availableActions: Type.Array(Type.Enum(['change', 'approve'])),
});
export type RateCardVersionView = Static<typeof RateCardVersionView>;
export const RateCardVersionPage = pageOf(RateCardVersionView);

export const RateCardQuery = closed({ ...PageQuery, name: Type.Optional(text(60)) });
export type RateCardQuery = Static<typeof RateCardQuery>;
export const RateCardVersionQuery = closed(PageQuery);
export type RateCardVersionQuery = Static<typeof RateCardVersionQuery>;
