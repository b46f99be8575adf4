import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../platform/http/own-centre.ts';
import {
  closed,
  Day,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  Uuid,
} from '../../platform/http/schemas.ts';

const PeriodCode = Type.String({
  pattern: '^[12][0-9]{3}(-(0[1-9]|1[0-2])|-Q[1-4])?$',
  description: 'Year, quarter or month',
  examples: ['2026-Q3'],
});

const PeriodState = Type.Enum(['open', 'grace', 'frozen', 'settled'], { title: 'BillingPeriodState' });
const PeriodAction = Type.Enum(['close', 'reopen', 'freeze'], { title: 'BillingPeriodAction' });

export const CreatePeriod = named('CreateBillingPeriod', { centreId: OwnCentreId, code: PeriodCode });
export type CreatePeriod = Static<typeof CreatePeriod>;

export const PeriodView = named('BillingPeriod', {
  id: Uuid,
  centreId: Uuid,
  code: PeriodCode,
  startsOn: Day,
  endsOn: { ...Day, description: 'Day after the last day' },
  state: PeriodState,
  frozenAt: nullable(Moment),
  availableActions: Type.Array(PeriodAction),
  version: Type.Integer(),
});
export type PeriodView = Static<typeof PeriodView>;
export const PeriodPage = pageOf(PeriodView);

export const PeriodQuery = closed({
  ...PageQuery,
  state: Type.Optional(PeriodState),
});
export type PeriodQuery = Static<typeof PeriodQuery>;

export const PeriodActionParams = closed({ id: Uuid, action: PeriodAction });
