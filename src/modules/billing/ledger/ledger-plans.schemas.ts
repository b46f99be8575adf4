import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  closed,
  Day,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { ACCOUNT_KINDS } from './ledger.types.ts';

const Account = Type.String({
  pattern: '^[A-Za-z0-9](?:[A-Za-z0-9./ _-]{0,38}[A-Za-z0-9])?$',
  description: 'A number as the finance program knows it',
  examples: ['4321000'],
});

const Rule = named(
  'LedgerAccountRule',
  {
    serviceId: nullable({ ...Uuid, description: 'Null: any service' }),
    kind: nullable(
      Type.Enum([...ACCOUNT_KINDS], {
        description: 'Null: any but instalments, whose account is the liability for advance payments',
      }),
    ),
    vatCategory: nullable(
      Type.Enum(['S', 'E', 'O'], { description: 'Taxable, exempt, out of scope. Null: any' }),
    ),
    ratePercent: nullable(
      Type.String({
        pattern: '^\\d{1,2}(\\.\\d{1,2})?$',
        description: 'With S. Null: any',
        examples: ['19'],
      }),
    ),
    account: Account,
    product: nullable(Account),
    costObject: nullable(Account),
    vatAccount: nullable({ ...Account, description: 'Needed where there is VAT' }),
    taxKey: nullable(
      Type.String({ pattern: '^[A-Za-z0-9]{1,10}$', description: 'How the finance program calls this VAT' }),
    ),
  },
  {
    description:
      'The most specific rule holds: service before kind, kind before category, category before rate',
  },
);

const Debtor = closed({ organisationId: Uuid, account: Account });

const fields = {
  name: text(100, { examples: ['Kontenplan 2026'] }),
  validFrom: { ...Day, description: 'First day of issue of the documents that are booked by it' },
  collectiveDebtor: nullable({
    ...Account,
    description: 'Personal account of members without one of their own',
  }),
  rules: Type.Array(Rule, { minItems: 1, maxItems: 2000 }),
  debtors: Type.Array(Debtor, { maxItems: 2000 }),
};

export const LedgerPlanInput = named('LedgerAccountPlanInput', { centreId: OwnCentreId, ...fields });
export type LedgerPlanInput = Static<typeof LedgerPlanInput>;

export const LedgerPlanView = named('LedgerAccountPlan', {
  id: Uuid,
  centreId: Uuid,
  name: Type.String(),
  validFrom: Day,
  collectiveDebtor: nullable(Type.String()),
  rules: Type.Array(Rule),
  debtors: Type.Array(Debtor),
  isUsed: Type.Boolean({
    description: 'Whether documents were exported by it, so that it is not changed any more',
  }),
  version: Type.Integer(),
});
export type LedgerPlanView = Static<typeof LedgerPlanView>;
export const LedgerPlanPage = pageOf(LedgerPlanView);
export const LedgerPlanQuery = closed(PageQuery);
export type LedgerPlanQuery = Static<typeof LedgerPlanQuery>;
