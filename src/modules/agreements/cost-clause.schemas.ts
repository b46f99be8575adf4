import { Type } from 'typebox';
import { named, nullable, text } from '../../platform/http/schemas.ts';

/** A share or a percentage: exact, not negative, up to six digits behind the point. */
const Weight = Type.String({
  pattern: '^\\d{1,18}(\\.\\d{1,6})?$',
  description: 'Exact decimal, not negative',
  examples: ['41.5'],
});
const Percent = Type.String({
  pattern: '^\\d{1,3}(\\.\\d{1,6})?$',
  description: 'Exact decimal; all tranches together are 100',
  examples: ['30'],
});

const GradeSchema = named('PopulationGrade', {
  upTo: nullable(
    Type.String({ pattern: '^[1-9]\\d{0,8}$', description: 'Inhabitants', examples: ['10000'] }),
  ),
  factor: Weight,
});

const TrancheKeySchema = named('TrancheKey', {
  type: Type.Enum(
    [
      'equal',
      'fixed',
      'seat',
      'population',
      'graded_population',
      'cases',
      'minutes',
      'weighted_cases',
      'area',
      'head_count',
      'values',
    ],
    { description: 'What the tranche is shared out by' },
  ),
  values: Type.Optional(
    Type.Record(Type.String({ minLength: 1, maxLength: 40 }), Weight, {
      description: 'fixed: shares as agreed, by AGS or id of the organisation',
    }),
  ),
  meter: Type.Optional(text(60, { description: 'cases, minutes: the usage meter that is counted' })),
  basis: Type.Optional(
    text(60, { description: 'population, graded_population: the census the figures build on' }),
  ),
  keyName: Type.Optional(
    text(60, {
      description:
        'values, area, head_count: name of the allocation key list of the centre; of this type, but for values',
    }),
  ),
  seat: Type.Optional(
    text(40, {
      description: 'seat: AGS or id of the party that bears this tranche alone, before the rest is shared',
    }),
  ),
  equivalents: Type.Optional(
    Type.Record(Type.String({ minLength: 1, maxLength: 60 }), Weight, {
      minProperties: 1,
      maxProperties: 20,
      description: 'weighted_cases: what one unit of each usage meter counts',
      examples: [{ cases: '1', 'complex-cases': '2.5' }],
    }),
  ),
  grades: Type.Optional(
    Type.Array(GradeSchema, {
      minItems: 1,
      maxItems: 20,
      description: 'graded_population: what an inhabitant counts, grade by grade; the last has no end',
    }),
  ),
});

const TrancheSchema = named('Tranche', {
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$', examples: ['standby'] }),
  label: text(120, { description: 'As printed on statements' }),
  percent: Percent,
  key: TrancheKeySchema,
});

/** The machine-readable allocation rule inside an agreement. */
export const CostClauseSchema = named('CostClause', {
  mode: Type.Enum(['cascade', 'composite'], {
    description: 'How cents are rounded: tranche by tranche, or once over the combined shares',
  }),
  tranches: Type.Array(TrancheSchema, { minItems: 1, maxItems: 20 }),
});
