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
import { COST_CENTRE_CODE } from './cost-centres.schemas.ts';

const Code = Type.String({ pattern: COST_CENTRE_CODE, examples: ['1110-IT'] });
const Method = Type.Enum(['direct', 'step_down', 'reciprocal'], {
  title: 'SecondaryMethod',
  description:
    'direct: only use by final cost centres counts; step_down: also by support ones later in the order; reciprocal: all, solved exactly',
});
const Weight = Type.String({
  pattern: '^(0|[1-9][0-9]{0,17})(\\.[0-9]{1,6})?$',
  description: 'Exact decimal, not negative',
  examples: ['12.5'],
});
const Use = Type.Record(
  Type.String({ pattern: COST_CENTRE_CODE }),
  Type.Record(Type.String({ pattern: COST_CENTRE_CODE }), Weight, { minProperties: 1, maxProperties: 500 }),
  {
    minProperties: 1,
    maxProperties: 200,
    description: 'Code of the support cost centre → code of who used it → how much, in any unit',
    examples: [{ IT: { HR: '2', REGISTRY: '8' } }],
  },
);

export const CreateSecondaryPlan = named('CreateSecondaryPlan', {
  centreId: OwnCentreId,
  asOf: { ...Day, description: 'A run takes the newest plan as of a day before the end of its period' },
  method: Method,
  order: Type.Optional(
    Type.Array(Code, { maxItems: 200, description: 'step_down: all support cost centres, first to last' }),
  ),
  use: Use,
  source: text(200, { description: 'Where the use is known from', examples: ['Aktenvermerk 12.1.2026'] }),
});
export type CreateSecondaryPlan = Static<typeof CreateSecondaryPlan>;

export const SecondaryPlanView = named('SecondaryPlan', {
  id: Uuid,
  centreId: Uuid,
  number: Type.Integer({ minimum: 1 }),
  asOf: Day,
  method: Method,
  order: nullable(Type.Array(Type.String())),
  use: Type.Record(Type.String(), Type.Record(Type.String(), Type.String())),
  source: Type.String(),
  recordedBy: Uuid,
  recordedAt: Moment,
});
export type SecondaryPlanView = Static<typeof SecondaryPlanView>;
export const SecondaryPlanPage = pageOf(SecondaryPlanView);
export const SecondaryPlanQuery = closed(PageQuery);
export type SecondaryPlanQuery = Static<typeof SecondaryPlanQuery>;
