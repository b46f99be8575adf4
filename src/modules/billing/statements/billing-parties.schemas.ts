import { type Static, Type } from 'typebox';
import { closed, named, nullable, PageQuery, pageOf, text, Uuid } from '../../../platform/http/schemas.ts';
import { Deed } from '../receivables.schemas.ts';
import { FormatSchema } from './statements.schemas.ts';

const Address = named('PostalAddress', {
  street: text(120),
  postCode: text(12),
  city: text(80),
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1, two letters', examples: ['DE'] }),
});
const ElectronicAddress = named('ElectronicAddress', {
  scheme: Type.Enum(['EM', '0204', '0088', '9930'], {
    description: 'EAS list: EM e-mail, 0204 Leitweg-ID, 0088 GLN, 9930 German VAT id',
  }),
  value: text(120),
});
const Email = Type.String({ format: 'email', maxLength: 200 });

const account = {
  holder: text(100),
  iban: Type.String({ maxLength: 34, description: 'Without spaces' }),
  bic: Type.Optional(Type.String({ maxLength: 11 })),
};
const PayeeAccount = named('PayeeAccount', account, {
  description: 'Documents bear it once a second person confirmed it',
});

const sellerButAccount = {
  name: text(200, { description: 'The legal person that runs the centre' }),
  centreName: text(200, { description: 'The name members know' }),
  identifier: text(60, {
    description: 'How the books of the members call the seller; the only identity outside the scope of VAT',
  }),
  address: Address,
  contact: closed({ name: text(100), phone: text(40), email: Email }),
  electronicAddress: ElectronicAddress,
  taxNumber: Type.Optional(text(30)),
  vatId: Type.Optional(Type.String({ maxLength: 14, examples: ['DE136695976'] })),
};
const Seller = named('Seller', { ...sellerButAccount, bank: PayeeAccount });
const SellerOnRecord = named('SellerOnRecord', {
  ...sellerButAccount,
  bank: nullable(PayeeAccount),
});

const paymentDays = Type.Integer({ minimum: 1, maximum: 365, description: 'Days from issue to due' });
export const PutProfile = named('PutBillingProfile', { seller: Seller, paymentDays });
export type PutProfile = Static<typeof PutProfile>;
export const ProfileView = named('BillingProfile', {
  centreId: Uuid,
  seller: SellerOnRecord,
  paymentDays,
  account: nullable(
    named(
      'PayeeAccountDeeds',
      { recorded: Deed, confirmed: Deed },
      { description: 'Of the account in force; null where it was recorded before this took two people' },
    ),
  ),
  pendingAccount: nullable(
    named(
      'PendingPayeeAccount',
      { ...account, recorded: Deed },
      { description: 'Waits for a second person; until then documents bear the account in force' },
    ),
  ),
  version: Type.Integer(),
});
export type ProfileView = Static<typeof ProfileView>;

export const ProfileParams = closed({ centreId: Uuid });

const recipient = {
  buyer: named('Buyer', {
    name: text(200),
    department: Type.Optional(text(120)),
    address: Address,
    leitwegId: Type.String({ maxLength: 46, examples: ['04011000-1234512345-06'] }),
    electronicAddress: ElectronicAddress,
  }),
  email: nullable({ ...Email, description: 'Where documents are mailed to; null: the member fetches them' }),
  formats: Type.Array(FormatSchema, { uniqueItems: true, description: 'What goes with the mail' }),
};
export const PutRecipient = named('PutBillingRecipient', recipient);
export type PutRecipient = Static<typeof PutRecipient>;
export const RecipientView = named('BillingRecipient', {
  centreId: Uuid,
  organisationId: Uuid,
  memberName: Type.String(),
  ...recipient,
  version: Type.Integer({ description: '0 where nothing is recorded yet' }),
});
export type RecipientView = Static<typeof RecipientView>;
export const RecipientPage = pageOf(RecipientView);
export const RecipientQuery = closed(PageQuery);
export type RecipientQuery = Static<typeof RecipientQuery>;
export const RecipientParams = closed({ organisationId: Uuid });
