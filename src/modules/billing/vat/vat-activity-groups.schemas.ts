import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  closed,
  EnteredCents,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';

export const Year = Type.Integer({ minimum: 2017, maximum: 2100, description: 'Calendar year' });
export const Turnover = { ...EnteredCents, minimum: 0 };
const ServiceIds = Type.Array(Uuid, {
  minItems: 1,
  maxItems: 500,
  uniqueItems: true,
  description: 'Services of like kind; a service belongs to one group at most',
});

export const CreateVatActivityGroup = named('CreateVatActivityGroup', {
  centreId: OwnCentreId,
  name: text(100, { examples: ['Personalabrechnung für andere'] }),
  serviceIds: ServiceIds,
});
export type CreateVatActivityGroup = Static<typeof CreateVatActivityGroup>;

export const ChangeVatActivityGroup = named('ChangeVatActivityGroup', {
  name: CreateVatActivityGroup.properties.name,
  serviceIds: ServiceIds,
});
export type ChangeVatActivityGroup = Static<typeof ChangeVatActivityGroup>;

export const RecordVatForecast = named('RecordVatForecast', {
  year: Year,
  amountCents: Turnover,
  grounds: text(2000, { description: 'What the forecast rests on' }),
});
export type RecordVatForecast = Static<typeof RecordVatForecast>;

const Forecast = named('VatForecast', {
  id: Uuid,
  year: Type.Integer(),
  amountCents: Type.Integer(),
  grounds: Type.String(),
  recordedBy: closed({ id: Uuid, name: Type.String() }),
  recordedAt: Moment,
});

export const VatActivityGroupView = named('VatActivityGroup', {
  id: Uuid,
  centreId: Uuid,
  name: Type.String(),
  serviceIds: Type.Array(Uuid),
  forecasts: Type.Array(Forecast, { description: 'Newest first; the first one of a year counts' }),
  version: Type.Integer(),
});
export type VatActivityGroupView = Static<typeof VatActivityGroupView>;
export const VatActivityGroupPage = pageOf(VatActivityGroupView);
export const VatActivityGroupQuery = closed(PageQuery);
export type VatActivityGroupQuery = Static<typeof VatActivityGroupQuery>;

const WatchedGroup = named('VatGroupTurnover', {
  groupId: Uuid,
  name: Type.String(),
  forecastCents: nullable(Type.Integer()),
  bookedCents: Type.Integer({
    description: 'Posted runs, and valid invoices by price, of periods of the year',
  }),
  pricedCents: Type.Integer({ description: 'Of it by price' }),
  restingDeterminations: Type.Integer({
    description: 'Determinations of the year that rest on § 2b Abs. 2 Nr. 1 UStG',
  }),
  warning: nullable(
    closed({
      code: Type.Enum(['LIMIT_PASSED']),
      reason: Type.String(),
      todo: Type.String(),
    }),
  ),
  warnedAt: nullable({ ...Moment, description: 'When the daily look found the limit passed' }),
});

export const VatTurnoverWatchView = named('VatTurnoverWatch', {
  year: Type.Integer(),
  limitCents: Type.Integer(),
  limitSource: Type.String(),
  ruleSet: Type.String(),
  groups: Type.Array(WatchedGroup),
  unwatched: Type.Array(closed({ serviceId: Uuid, code: Type.String(), title: Type.String() }), {
    description:
      'Services with such a determination that belong to no group, so that nobody adds up their turnover',
  }),
});
export type VatTurnoverWatchView = Static<typeof VatTurnoverWatchView>;
export const VatTurnoverWatchQuery = closed({ year: Year });
export type VatTurnoverWatchQuery = Static<typeof VatTurnoverWatchQuery>;
