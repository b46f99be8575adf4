import { type Static, Type } from 'typebox';
import { Cents, closed, Day, named, nullable, Uuid } from '../../platform/http/schemas.ts';
import { BalanceView, FinancingView } from './eligible-cost.schemas.ts';
import { Sum } from './grants.parts.schemas.ts';
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
    id: Uuid,
    number: Type.String(),
    title: Type.String(),
    centre: Type.String(),
    operator: Type.String(),
    programme: Type.String(),
    authority: Type.String(),
    reference: closed({ title: Type.String(), date: Day }),
    lead: Type.String(),
    parties: texts,
    tags: texts,
  }),
  notice: Notice,
  rule: closed({ percent: Type.String(), capCents: Sum, source: Type.String() }),
  lines: Type.Array(
    closed({
      id: Uuid,
      bookedOn: Day,
      voucherNumber: nullable(Type.String()),
      costType: Type.String(),
      text: Type.String(),
      amountCents: Sum,
    }),
    { description: 'Eligible cost lines by day' },
  ),
  notEligible: closed({ rowCount: Type.Integer(), amountCents: Sum }),
  sharedCents: { ...Cents, description: 'Of the eligible cost, what bears a tag of another grant too' },
  financing: FinancingView,
  drawdowns: Type.Array(
    closed({
      number: Type.Integer(),
      status: Type.Enum(['requested', 'received', 'cancelled']),
      requestedOn: Day,
      costTo: Day,
      amountCents: Sum,
      receivedOn: nullable(Day),
      receivedCents: nullable(Sum),
      voucherNumber: nullable(Type.String()),
    }),
  ),
  clawbacks: Type.Array(
    closed({
      number: Type.Integer(),
      status: Type.Enum(['demanded', 'repaid', 'cancelled']),
      reason: Type.Enum(['eligible_cost', 'purpose_ended', 'other']),
      demandedOn: Day,
      dueOn: Day,
      amountCents: Sum,
      repaidOn: nullable(Day),
      voucherNumber: nullable(Type.String()),
    }),
  ),
  sums: closed({ receivedCents: Sum, repaidCents: Sum }),
  balance: BalanceView,
});
export type ProofOfUseView = Static<typeof ProofOfUseView>;
