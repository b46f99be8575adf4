import { Type } from 'typebox';
import { closed, EnteredCents, named, text, Uuid } from '../../../platform/http/schemas.ts';
import { CostClauseSchema } from '../../agreements/index.ts';
import { KeyValues, ListType, Weight } from '../keys/allocation-lists.schemas.ts';

const ServiceIds = Type.Array(Uuid, {
  minItems: 1,
  maxItems: 200,
  description: 'Services with cost in the period',
});

const AssumedClause = closed({ serviceIds: ServiceIds, costClause: CostClauseSchema });

const AssumedKeyValues = closed({
  name: text(60, { description: 'Value list as cost clauses name it' }),
  type: Type.Optional(ListType),
  basis: Type.Optional(text(200)),
  source: text(200, { description: 'Where the assumed values come from' }),
  values: KeyValues,
});

const AssumedUsage = closed({
  serviceId: Uuid,
  meter: text(60),
  unit: Type.Optional(text(60, { description: 'Left out: that of the recorded usage' })),
  quantity: Weight,
});

const AssumedJoin = closed({
  organisationId: { ...Uuid, description: 'An organisation of the directory, which knows its population' },
  serviceIds: ServiceIds,
  usage: Type.Optional(
    Type.Array(AssumedUsage, {
      maxItems: 1000,
      description: 'For each meter that a clause counts; "0" where there is none',
    }),
  ),
  values: Type.Optional(
    Type.Record(Type.String({ minLength: 1, maxLength: 60 }), Weight, {
      maxProperties: 100,
      description: 'Its value by name of the list, where a clause shares by one',
      examples: [{ Fläche: '12.5' }],
    }),
  ),
});

const AssumedLeave = closed({
  organisationId: Uuid,
  serviceIds: Type.Optional({ ...ServiceIds, description: 'Left out: all services it is a member of' }),
  saved: Type.Optional(
    Type.Array(closed({ serviceId: Uuid, savedCents: { ...EnteredCents, minimum: 0 } }), {
      maxItems: 200,
      description:
        'By how much the cost of a service sinks because the member is gone; nothing where it is not said',
    }),
  ),
});

const AssumedCost = closed({
  serviceId: Uuid,
  percent: Type.Optional(
    Type.String({
      pattern: '^-?\\d{1,4}(\\.\\d{1,6})?$',
      description: 'Change of the net pool, from -100; rounded half up',
      examples: ['3.5'],
    }),
  ),
  changeCents: Type.Optional({ ...EnteredCents, description: 'Change of the net pool; this or `percent`' }),
});

/** What a simulation takes for given instead of what is. Whatever is not assumed is as it is. */
export const AssumptionsSchema = named('AllocationAssumptions', {
  clauses: Type.Optional(
    Type.Array(AssumedClause, { maxItems: 200, description: 'Other tranches and keys' }),
  ),
  keyValues: Type.Optional(
    Type.Array(AssumedKeyValues, {
      maxItems: 100,
      description: 'Other value lists; without a type, of that of the list the centre has',
    }),
  ),
  joins: Type.Optional(Type.Array(AssumedJoin, { maxItems: 100, description: 'Members that join services' })),
  leaves: Type.Optional(
    Type.Array(AssumedLeave, { maxItems: 100, description: 'Members that leave services' }),
  ),
  costs: Type.Optional(Type.Array(AssumedCost, { maxItems: 200, description: 'Changes of pools' })),
  usagePeriodId: Type.Optional({
    ...Uuid,
    description: 'An earlier period whose usage counts instead of that of the period',
  }),
});
