import { type Static, Type } from 'typebox';
import { closed, Day, named, nullable } from '../../platform/http/schemas.ts';
import { BalanceView, FinancingView } from './eligible-cost.schemas.ts';
import { Reason } from './grant-money.schemas.ts';
import { ClawbackStatus, DrawdownStatus, Id, On, Reference, Sum } from './grants.parts.schemas.ts';
import { Notice } from './grants.schemas.ts';

export const ProofQuery = closed({
  format: Type.Enum(['json', 'xlsx', 'pdf'], { default: 'json' }),
  locale: Type.Enum(['de', 'en'], { default: 'de', description: 'Language of the files' }),
});
export type ProofQuery = Static<typeof ProofQuery>;

const texts = Type.Array(Type.String());

export const ProofOfUseView = named('ProofOfUse', {
  asOf: { ...Day, description: 'The books of this day' },
  hash: Type.String({ description: 'SHA-256 of all that is said, whatever the day' }),
  submittedHash: nullable(
    Type.String({ description: 'Of the proof that was submitted; another one: the books went on' }),
  ),
  grant: closed({
    id: Id,
    number: Type.String(),
    title: Type.String(),
    centre: Type.String(),
    operator: Type.String(),
    programme: Type.String(),
    authority: Type.String(),
    reference: Reference,
    lead: Type.String(),
    parties: texts,
    tags: texts,
  }),
  notice: Notice,
  rule: closed({ percent: Type.String(), capCents: Sum, source: Type.String() }),
  lines: Type.Array(
    closed({
      id: Id,
      bookedOn: On,
      voucherNumber: nullable(Type.String()),
      costType: Type.String(),
      text: Type.String(),
      amountCents: Sum,
    }),
    { description: 'Eligible cost lines by day' },
  ),
  notEligible: closed({ rowCount: Type.Integer(), amountCents: Sum }),
  sharedCents: Sum,
  financing: FinancingView,
  drawdowns: Type.Array(
    closed({
      number: Type.Integer(),
      status: DrawdownStatus,
      requestedOn: On,
      costTo: On,
      amountCents: Sum,
      receivedOn: nullable(Day),
      receivedCents: nullable(Sum),
      voucherNumber: nullable(Type.String()),
    }),
  ),
  clawbacks: Type.Array(
    closed({
      number: Type.Integer(),
      status: ClawbackStatus,
      reason: Reason,
      demandedOn: On,
      dueOn: On,
      amountCents: Sum,
      repaidOn: nullable(Day),
      voucherNumber: nullable(Type.String()),
    }),
  ),
  sums: closed({ receivedCents: Sum, repaidCents: Sum }),
  balance: BalanceView,
});
export type ProofOfUseView = Static<typeof ProofOfUseView>;
