import {
  Cents,
  closed,
  Day,
  DecimalText,
  Id,
  list,
  mapOf,
  NonNegativeCents,
  Text,
} from '../../../platform/calculations/schema-parts.ts';

/** Of a key, as the cost clause names it. */
export const KeyType = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,49}$', examples: ['weighted_cases'] };
const Weights = mapOf(DecimalText);
const Mode = { enum: ['cascade', 'composite'] };

/** As the cost clause of an agreement says it; what a type needs is for its rules to say. */
const Key = closed(
  { type: KeyType },
  {
    values: Weights,
    meter: Text,
    basis: Text,
    keyName: Text,
    seat: Text,
    equivalents: Weights,
    grades: list(closed({ upTo: { type: ['string', 'null'] }, factor: DecimalText })),
  },
);

const Person = { member: Id, organisationId: Id, name: Text };

/** What a simulation took for given, as it stands in a calculation file. */
export const Assumptions = closed(
  {},
  {
    clauses: list(
      closed({
        pool: Id,
        mode: Mode,
        tranches: list(closed({ id: Id, label: Text, percent: DecimalText, key: Key })),
      }),
    ),
    keyValues: list(closed({ name: Text, type: Id, source: Text, values: Weights }, { basis: Text })),
    joins: list(
      closed(
        { ...Person, pools: list(Id) },
        {
          usage: list(closed({ pool: Id, meter: Text, unit: Text, quantity: DecimalText })),
          values: Weights,
        },
      ),
    ),
    leaves: list(closed({ ...Person, pools: list(closed({ pool: Id, savedCents: NonNegativeCents })) })),
    costs: list(closed({ pool: Id }, { percent: DecimalText, changeCents: Cents })),
    usagePeriod: closed({ code: Id, startsOn: Day, endsOn: Day }),
  },
);
