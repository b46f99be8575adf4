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
import { ADMIT_LATE_USAGE } from './billing-periods.rules.ts';

const PeriodCode = Type.String({
  pattern: '^[12][0-9]{3}(-(0[1-9]|1[0-2])|-Q[1-4])?$',
  description: 'Year, quarter or month',
  examples: ['2026-Q3'],
});

const PeriodState = Type.Enum(['open', 'grace', 'frozen', 'settled'], { title: 'BillingPeriodState' });
const PeriodAction = Type.Enum(['close', 'reopen', 'freeze'], { title: 'BillingPeriodAction' });

export const CreatePeriod = named('CreateBillingPeriod', { centreId: OwnCentreId, code: PeriodCode });
export type CreatePeriod = Static<typeof CreatePeriod>;

const periodView = {
  id: Uuid,
  centreId: Uuid,
  code: PeriodCode,
  startsOn: Day,
  endsOn: { ...Day, description: 'Day after the last day' },
  state: PeriodState,
  frozenAt: nullable(Moment),
  recordedUntil: nullable({ ...Moment, description: 'Usage recorded later is late and does not count' }),
  correctionBillingPeriod: nullable(closed({ id: Uuid, code: PeriodCode, state: PeriodState })),
  availableActions: Type.Array(Type.Enum(['close', 'reopen', 'freeze', ADMIT_LATE_USAGE])),
  version: Type.Integer(),
};
export const PeriodSummary = named('BillingPeriodSummary', periodView);
export type PeriodSummary = Static<typeof PeriodSummary>;
export const PeriodPage = pageOf(PeriodSummary);

export const PeriodView = named('BillingPeriod', {
  ...periodView,
  lateEvents: Type.Integer({ description: 'Usage events that came late and wait to be admitted' }),
  lateUsageEvents: nullable(
    Type.String({ description: 'Address of exactly these events; null while the period takes all usage' }),
  ),
});
export type PeriodView = Static<typeof PeriodView>;

export const AdmitLateUsage = named('AdmitLateUsage', {
  reason: text(500),
  billingPeriodId: Type.Optional({
    ...Uuid,
    description: 'Later period in which the correction is billed; of a settled period it has to be named',
  }),
});
export type AdmitLateUsage = Static<typeof AdmitLateUsage>;

export const PeriodQuery = closed({
  ...PageQuery,
  state: Type.Optional(PeriodState),
});
export type PeriodQuery = Static<typeof PeriodQuery>;

export const PeriodActionParams = closed({ id: Uuid, action: PeriodAction });
