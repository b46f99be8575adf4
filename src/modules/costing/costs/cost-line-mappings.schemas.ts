import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import { closed, Moment, named, PageQuery, pageOf, text, Uuid } from '../../../platform/http/schemas.ts';

const header = (description: string) => text(100, { description });

/** Which column of the file is which field. */
const Columns = named('CostLineColumns', {
  bookedOn: header('Day of cost'),
  costType: header('Cost type'),
  amountCents: header('Amount'),
  costCentre: Type.Optional(header('Code of the cost centre')),
  service: Type.Optional(header('Code of the service')),
  text: Type.Optional(header('Text')),
  voucherNumber: Type.Optional(header('Voucher number')),
  grantTags: Type.Optional(header('Programmes, separated by commas')),
  kind: Type.Optional(header('Ist or Plan')),
  category: Type.Optional(header('Kosten, Förderung or Ertrag')),
  debitCredit: Type.Optional(header('S or H')),
});

const rules = {
  columns: Columns,
  categories: Type.Record(
    Type.String({ minLength: 1, maxLength: 60 }),
    Type.Enum(['cost', 'grant', 'other_income']),
    {
      maxProperties: 500,
      description: 'Cost types whose lines are income; all others are cost',
      examples: [{ 'Zuweisungen vom Land': 'grant' }],
    },
  ),
  dayFormat: Type.Enum(['iso', 'german', 'compact'], {
    description: 'iso: 2026-01-31; german: 31.01.2026; compact: 20260131',
  }),
  numberFormat: Type.Enum(['german', 'english'], {
    description: 'german: 1.234,56; english: 1,234.56; a minus may stand behind the number',
  }),
  sign: Type.Enum(['cost_positive', 'cost_negative', 'debit_credit'], {
    description: 'How the ledger tells cost from income; debit_credit: by the column of S and H',
  }),
};

export const CreateMapping = named('CreateCostLineMapping', {
  centreId: OwnCentreId,
  name: text(60, { examples: ['Infoma newsystem'] }),
  ...rules,
  categories: Type.Optional(rules.categories),
});
export type CreateMapping = Static<typeof CreateMapping>;

export const ReplaceMapping = named('ReplaceCostLineMapping', {
  name: text(60),
  ...rules,
  categories: Type.Optional(rules.categories),
});
export type ReplaceMapping = Static<typeof ReplaceMapping>;

export const MappingView = named('CostLineMapping', {
  id: Uuid,
  centreId: Uuid,
  name: Type.String(),
  ...rules,
  version: Type.Integer(),
  createdAt: Moment,
});
export type MappingView = Static<typeof MappingView>;
export const MappingPage = pageOf(MappingView);
export const MappingQuery = closed(PageQuery);
export type MappingQuery = Static<typeof MappingQuery>;
