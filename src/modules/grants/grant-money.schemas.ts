import { type Static, Type } from 'typebox';
import {
  Cents,
  closed,
  Day,
  IdParams,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../platform/http/schemas.ts';
import {
  BookedOn,
  ClawbackStatus,
  DrawdownStatus,
  End,
  Id,
  On,
  PositiveAmount,
  Step,
  Sum,
  VoucherNumber,
} from './grants.parts.schemas.ts';

export const MoneyParams = closed({
  ...IdParams.properties,
  number: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
export const MoneyQuery = closed(PageQuery);
export type MoneyQuery = Static<typeof MoneyQuery>;
export const CancelGrantMoney = named('CancelGrantMoney', { reason: text(500) });

export const RequestGrantDrawdown = named('RequestGrantDrawdown', {
  amountCents: PositiveAmount,
  requestedOn: On,
  costTo: { ...Day, description: 'Day after the last whose cost is claimed' },
});
export type RequestGrantDrawdown = Static<typeof RequestGrantDrawdown>;

export const ReceiveGrantDrawdown = named(
  'ReceiveGrantDrawdown',
  {
    receivedOn: On,
    amountCents: Type.Optional(PositiveAmount),
    bookedOn: BookedOn,
    voucherNumber: VoucherNumber,
  },
  { description: 'amountCents: what came in, at most what was asked for; left out: all of it' },
);
export type ReceiveGrantDrawdown = Static<typeof ReceiveGrantDrawdown>;

const booking = {
  bookedOn: nullable(Day),
  voucherNumber: nullable(Type.String()),
  costLineId: nullable({ ...Uuid, description: 'The line by which it is set off before allocation' }),
};
const made = {
  created: Step,
  ended: nullable(End),
  version: Type.Integer(),
};

export const GrantDrawdownView = named('GrantDrawdown', {
  grantId: Id,
  number: Type.Integer(),
  status: DrawdownStatus,
  amountCents: Sum,
  requestedOn: On,
  costTo: On,
  eligibleCents: { ...Cents, description: 'Eligible cost before `costTo`, when it was asked for' },
  entitledCents: { ...Cents, description: 'What that gave' },
  receivedCents: nullable(Sum),
  receivedOn: nullable(Day),
  ...booking,
  ...made,
  availableActions: Type.Array(Type.Enum(['receive', 'cancel'])),
});
export type GrantDrawdownView = Static<typeof GrantDrawdownView>;
export const GrantDrawdownPage = pageOf(GrantDrawdownView);

export const Reason = Type.Enum(['eligible_cost', 'purpose_ended', 'other'], {
  title: 'GrantClawbackReason',
  description:
    'eligible_cost: more was received than eligible cost gives. purpose_ended: the purpose was given up early, by days. other: the amount is stated',
});

export const DemandGrantClawback = named(
  'DemandGrantClawback',
  {
    reason: Reason,
    grounds: text(2000),
    reference: Type.Optional(text(100, { description: 'File number of the demand' })),
    demandedOn: On,
    dueOn: On,
    amountCents: Type.Optional(PositiveAmount),
    endedOn: Type.Optional({
      ...Day,
      description: 'For `purpose_ended` only: first day on which the purpose was no longer served',
    }),
  },
  { description: 'amountCents: for the reason `other` only; the others are computed' },
);
export type DemandGrantClawback = Static<typeof DemandGrantClawback>;

export const RepayGrantClawback = named('RepayGrantClawback', {
  repaidOn: On,
  bookedOn: BookedOn,
  voucherNumber: VoucherNumber,
});
export type RepayGrantClawback = Static<typeof RepayGrantClawback>;

const Derivation = closed(
  {
    rule: Type.Enum(['eligible_cost', 'purpose_ended', 'stated']),
    eligibleCents: Type.Optional(Sum),
    entitledCents: Type.Optional(Sum),
    receivedCents: Type.Optional(Sum),
    clawedBackCents: Type.Optional(Sum),
    keptCents: Type.Optional(Sum),
    purposeDays: Type.Optional(Type.Integer()),
    lostDays: Type.Optional(Type.Integer()),
    exactCents: Type.Optional(Type.String()),
  },
  {
    description:
      'How the amount came about. eligible_cost: received − clawedBack − entitled. purpose_ended: kept × lostDays / purposeDays, exact and then rounded. stated: at most kept',
  },
);

export const GrantClawbackView = named('GrantClawback', {
  grantId: Id,
  number: Type.Integer(),
  status: ClawbackStatus,
  reason: Reason,
  grounds: Type.String(),
  reference: nullable(Type.String()),
  amountCents: Sum,
  derivation: Derivation,
  demandedOn: On,
  dueOn: On,
  repaidOn: nullable(Day),
  ...booking,
  ...made,
  availableActions: Type.Array(Type.Enum(['repay', 'cancel'])),
});
export type GrantClawbackView = Static<typeof GrantClawbackView>;
export const GrantClawbackPage = pageOf(GrantClawbackView);
