import { type Static, Type } from 'typebox';
import { Cents, closed, Day, named, nullable } from '../../../platform/http/schemas.ts';
import { comparedMember, comparedRow, comparisonFields, comparisonHead } from '../../costing/index.ts';
import { TurnoversOfYear } from './vat-law-change.schemas.ts';

export const CompareWithVat = named('CompareAllocationRunsWithVat', {
  ...comparisonFields,
  vat: closed({
    day: { ...Day, description: 'Day of service by whose law the scenario is taxed' },
    ...TurnoversOfYear,
  }),
});
export type CompareWithVat = Static<typeof CompareWithVat>;

const Side = named('ComparedVat', {
  netCents: Cents,
  result: nullable(Type.Enum(['OUT_OF_SCOPE', 'EXEMPT', 'TAXABLE', 'REVIEW'])),
  rule: nullable(Type.String()),
  ratePercent: nullable(Type.Integer()),
  basis: nullable(
    Type.Enum(['IN_FORCE', 'OPEN_QUESTION', 'RECOMPUTED'], {
      description: 'A determination, a question about it, or the asserted facts determined anew',
    }),
  ),
  unclear: nullable(
    Type.Enum(['UNDETERMINED', 'REVIEW'], {
      description: 'Why nobody can say: nothing determined, a fact missing',
    }),
  ),
  vatCents: nullable({ ...Cents, description: 'Null where nobody can say' }),
  grossCents: nullable({ ...Cents, description: 'Null where nobody can say' }),
});

const Sums = named('ComparedVatSums', {
  netCents: Cents,
  vatCents: { ...Cents, description: 'Of what can be said; rounded row by row' },
  unclearCents: { ...Cents, description: 'Net amounts of which nobody can say' },
  unclearRows: Type.Integer(),
  grossCents: nullable({ ...Cents, description: 'Null as long as something is unclear' }),
});
const sums = named('ComparedVatOfMember', { base: Sums, scenario: Sums });

/** As the caller named them. */
const namedTurnovers = {
  previousYearTurnoverCents: nullable({ ...Cents, description: 'As it was assumed; null: not said' }),
  yearToDateTurnoverCents: nullable({ ...Cents, description: 'As it was assumed; null: not said' }),
};

export const VatComparison = named('VatComparison', {
  ...comparisonHead,
  vat: closed({
    heldOn: { ...Day, description: 'Today, or the eve of the day: what holds then is the base' },
    day: Day,
    ruleSet: Type.String({ description: 'Rules of the day' }),
    ...namedTurnovers,
    totals: sums,
  }),
  members: Type.Array(named('VatComparisonMember', { ...comparedMember, vat: sums })),
  rows: Type.Array(
    named('VatComparisonRow', {
      ...comparedRow,
      vat: closed({ base: nullable(Side), scenario: nullable(Side) }),
    }),
  ),
});
export type VatComparison = Static<typeof VatComparison>;
