import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  Cents,
  closed,
  Day,
  EnteredCents,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { Deed, Person, SeenDeed } from '../receivables.schemas.ts';
import { UNCLEAR_REASONS } from './matching.rules.ts';

const Paid = { ...EnteredCents, description: 'Euro cents; above zero came in, below zero went out' };

const NewMatch = named('NewPaymentMatch', {
  statementId: { ...Uuid, description: 'Any document of the chain' },
  amountCents: Paid,
});

export const CreatePayment = named('CreatePayment', {
  centreId: OwnCentreId,
  organisationId: Uuid,
  amountCents: Paid,
  bookedOn: Day,
  text: text(500, { description: 'What the bank statement says, or why it is recorded' }),
  matches: Type.Optional(
    Type.Array(NewMatch, { maxItems: 100, description: 'What it is for; the rest is a credit' }),
  ),
});
export type CreatePayment = Static<typeof CreatePayment>;

export const CreateMatches = named('CreatePaymentMatches', {
  organisationId: Type.Optional({ ...Uuid, description: 'Whose the payment is, where nobody knew' }),
  matches: Type.Array(NewMatch, {
    maxItems: 100,
    description: 'None, with the member named: all of it is a credit of the member',
  }),
});
export type CreateMatches = Static<typeof CreateMatches>;

export const ReversePayment = named('ReversePayment', { reason: text(500) });
export type ReversePayment = Static<typeof ReversePayment>;

export const CreateOffset = named('CreatePaymentOffset', {
  fromStatementId: { ...Uuid, description: 'A document with a credit' },
  toStatementId: { ...Uuid, description: 'A document with an open claim' },
  amountCents: { ...EnteredCents, minimum: 1 },
});
export type CreateOffset = Static<typeof CreateOffset>;

const Kind = Type.Enum(['by_hand', 'bank', 'offset', 'reversal'], { title: 'PaymentKind' });
const Basis = Type.Enum(['number', 'numbers', 'amount', 'by_hand', 'offset', 'reversal'], {
  title: 'PaymentMatchBasis',
});

export const MatchView = named('PaymentMatch', {
  id: Uuid,
  paymentId: Uuid,
  statementId: Uuid,
  statementNumber: Type.String(),
  chainId: Uuid,
  amountCents: Cents,
  basis: Basis,
  releasesId: nullable({ ...Uuid, description: 'The match that this one takes back' }),
  by: nullable(Person),
  at: Moment,
});
export type MatchView = Static<typeof MatchView>;

export const PaymentView = named('Payment', {
  id: Uuid,
  centreId: Uuid,
  organisationId: nullable(Uuid),
  kind: Kind,
  amountCents: Cents,
  matchedCents: Cents,
  creditCents: { ...Cents, description: 'What is left of it and belongs to the member' },
  bookedOn: Day,
  text: Type.String(),
  counterparty: nullable(closed({ name: nullable(Type.String()), iban: nullable(Type.String()) })),
  bankReference: nullable(Type.String()),
  importId: nullable(Uuid),
  reversesId: nullable(Uuid),
  reversedById: nullable(Uuid),
  unclear: nullable(
    closed({
      reason: Type.Enum([...UNCLEAR_REASONS], { title: 'UnclearReason' }),
      text: Type.String(),
      candidates: Type.Array(Uuid, { description: 'Statements it might be for' }),
      clearedAt: nullable(Moment),
    }),
  ),
  recorded: SeenDeed,
  version: Type.Integer(),
});
export type PaymentView = Static<typeof PaymentView>;
export const PaymentPage = pageOf(PaymentView);

export const PaymentQuery = closed({
  ...PageQuery,
  status: Type.Optional(
    Type.Enum(['unclear', 'credit', 'matched'], {
      description:
        '`unclear`: nobody knows what it is for; `credit`: something is left; `matched`: nothing is',
    }),
  ),
  organisationId: Type.Optional(Uuid),
  importId: Type.Optional(Uuid),
});
export type PaymentQuery = Static<typeof PaymentQuery>;

export const MatchList = named('PaymentMatchList', { items: Type.Array(MatchView) });
export const ReleaseParams = closed({ id: Uuid, matchId: Uuid });

export const CreatePayerAccount = named('CreatePayerAccount', {
  centreId: OwnCentreId,
  organisationId: Uuid,
  iban: Type.String({ minLength: 5, maxLength: 42, examples: ['DE02 1203 0000 0000 2020 51'] }),
});
export type CreatePayerAccount = Static<typeof CreatePayerAccount>;

export const PayerAccountView = named('PayerAccount', {
  id: Uuid,
  organisationId: Uuid,
  memberName: Type.String(),
  iban: Type.String(),
  recorded: Deed,
  confirmed: nullable(Deed),
  retiredAt: nullable(Moment),
  version: Type.Integer(),
});
export type PayerAccountView = Static<typeof PayerAccountView>;
export const PayerAccountPage = pageOf(PayerAccountView);
export const PayerAccountQuery = closed({
  ...PageQuery,
  organisationId: Type.Optional(Uuid),
  confirmed: Type.Optional(
    Type.Boolean({ description: '`false`: what waits for a second person, and is not retired' }),
  ),
});
export type PayerAccountQuery = Static<typeof PayerAccountQuery>;
