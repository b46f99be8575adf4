import { type Static, Type } from 'typebox';
import {
  Cents,
  closed,
  Day,
  named,
  nullable,
  PageQuery,
  pageOf,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { poolSumsFields, RunLineView } from './allocation-runs.schemas.ts';

const CostCentreShare = closed({
  code: Type.String(),
  name: Type.String(),
  primaryCents: { ...Cents, description: 'Booked on it' },
  secondaryCents: { ...Cents, description: 'What support cost centres passed to it' },
  totalCents: Cents,
});
const Support = closed({
  code: Type.String(),
  name: Type.String(),
  primaryCents: { ...Cents, description: 'Booked on it, less its income' },
});

const PoolReason = named('AllocationPoolReason', {
  ...poolSumsFields,
  directCents: nullable({ ...Cents, description: 'Booked on the service itself; null to members' }),
  costCentres: Type.Array(CostCentreShare, {
    description: 'Final cost centres that feed the pool; for the centre',
  }),
  supports: Type.Array(Support, {
    description: 'Support cost centres whose cost was passed on in the run; for the centre',
  }),
  method: nullable(Type.Enum(['direct', 'step_down', 'reciprocal'])),
  plan: nullable(closed({ id: Uuid, number: Type.Integer(), asOf: Day, source: Type.String() })),
});
export type PoolReason = Static<typeof PoolReason>;

const Path = Type.String({ description: 'Path and query, with the prefix of this API' });

export const LineReason = named('AllocationLineReason', {
  run: closed({ id: Uuid, number: Type.String(), periodCode: Type.String(), startsOn: Day, endsOn: Day }),
  line: RunLineView,
  pool: nullable({
    ...PoolReason,
    description: 'Members read its sums; null to them in runs that were computed before lines bore these',
  }),
  links: closed({
    usageEvents: nullable({
      ...Path,
      description: 'Exactly the usage that was counted; null where no key counts usage',
    }),
    costLines: Type.Array(Path, { description: 'The cost behind the pool, for the centre' }),
  }),
});
export type LineReason = Static<typeof LineReason>;

export const LineReasonParams = closed({
  id: Uuid,
  position: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
});

export const RunDelta = named('AllocationRunDelta', {
  serviceId: Uuid,
  serviceCode: Type.String(),
  serviceTitle: Type.String(),
  organisationId: Uuid,
  member: Type.String(),
  memberName: Type.String(),
  trancheId: nullable(Type.String()),
  previousCents: { ...Cents, description: 'In the corrected run; 0 where it had no such line' },
  amountCents: { ...Cents, description: 'In this run; 0 where it has no such line' },
  deltaCents: { ...Cents, description: 'What is still due, or to be given back' },
});
export type RunDelta = Static<typeof RunDelta>;
export const RunDeltaPage = pageOf(RunDelta);

export const RunDeltaQuery = closed({
  ...PageQuery,
  organisationId: Type.Optional(Uuid),
  changed: Type.Boolean({ default: false, description: 'Only lines whose amount differs' }),
});
export type RunDeltaQuery = Static<typeof RunDeltaQuery>;
