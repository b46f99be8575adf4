import { type Static, Type } from 'typebox';
import { Cents, closed, Day, named, nullable, Uuid } from '../../../platform/http/schemas.ts';
import { Turnover, Year } from './vat-activity-groups.schemas.ts';
import { VatTreatmentView } from './vat-determinations.schemas.ts';

/** Figures of § 19 for the year of the day, which no determination of another year can say. */
export const TurnoversOfYear = {
  previousYearTurnoverCents: Type.Optional({
    ...Turnover,
    description:
      'Total turnover (§ 19 UStG) of the year before the day; left out: not known, but in the year of a determination',
  }),
  yearToDateTurnoverCents: Type.Optional({
    ...Turnover,
    description: 'The same for the year of the day',
  }),
};

export const LawChangeQuery = closed({
  centreId: Type.Optional({ ...Uuid, description: 'The centre of your hat, or left out' }),
  day: Type.Optional({
    ...Day,
    description: 'Day of service to determine for; left out: the first one that no legacy option covers',
  }),
  year: Type.Optional({ ...Year, description: 'Whose posted amounts; left out: the year before the day' }),
  ...TurnoversOfYear,
  format: Type.Enum(['json', 'csv'], { default: 'json' }),
  locale: Type.Enum(['de', 'en'], { default: 'de', description: 'Of the CSV file' }),
});
export type LawChangeQuery = Static<typeof LawChangeQuery>;

const Change = Type.Enum(['UNCHANGED', 'CHANGED', 'REVIEW', 'UNDETERMINED'], { title: 'VatLawChange' });

const Row = named('VatLawChangeRow', {
  serviceId: Uuid,
  serviceCode: Type.String(),
  serviceTitle: Type.String(),
  organisationId: Uuid,
  memberName: Type.String(),
  postedCents: { ...Cents, description: 'Net, by posted runs and by valid invoices of prices' },
  pricedCents: { ...Cents, description: 'Of it by price' },
  determinationId: nullable({ ...Uuid, description: 'In force the day before' }),
  determinationNumber: nullable(Type.String()),
  before: nullable(VatTreatmentView),
  after: nullable(VatTreatmentView),
  basis: nullable(
    Type.Enum(['IN_FORCE', 'OPEN_QUESTION', 'RECOMPUTED'], {
      description:
        'What `after` was taken from: a determination of the day, a question about it, or the stored facts',
    }),
  ),
  change: Change,
  additionalVatCents: nullable({ ...Cents, description: 'On the posted amount; null where nobody can say' }),
});
export type LawChangeRowView = Static<typeof Row>;

export const LawChangeView = named('VatLawChangeReport', {
  day: Day,
  year: Type.Integer(),
  ruleSet: Type.String(),
  totals: closed({
    postedCents: Cents,
    pricedCents: Cents,
    changedCents: { ...Cents, description: 'Posted for what changes' },
    unclearCents: { ...Cents, description: 'Posted for what nobody can say yet' },
    additionalVatCents: { ...Cents, description: 'Rounded row by row; documents round once' },
  }),
  rows: Type.Array(Row),
});
export type LawChangeView = Static<typeof LawChangeView>;
