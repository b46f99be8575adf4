import { type Static, Type } from 'typebox';
import { Cents, closed, Day, named, PageQuery } from '../../platform/http/schemas.ts';
import { On, Sum } from './grants.parts.schemas.ts';

const To = Type.Optional({ ...Day, description: 'Day after the last; left out: the whole approved period' });

export const EligibleCostQuery = closed({ to: To });
export type EligibleCostQuery = Static<typeof EligibleCostQuery>;

export const GrantCostLineQuery = closed({
  ...PageQuery,
  eligible: Type.Boolean({
    default: true,
    description: 'false: cost on the place of the grant without a tag',
  }),
  tag: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  to: To,
});
export type GrantCostLineQuery = Static<typeof GrantCostLineQuery>;

const CostSum = named('GrantCostSum', {
  rowCount: Type.Integer(),
  amountCents: Sum,
  costLines: Type.String({ description: 'Address of exactly these cost lines' }),
});

export const FinancingView = named('GrantFinancing', {
  eligibleCents: Sum,
  notEligibleCents: Sum,
  grantCents: Sum,
  ownShareCents: Sum,
  netPoolCents: { ...Cents, description: 'All cost less the grant: what members share' },
});

export const BalanceView = named('GrantBalance', {
  toDrawCents: Sum,
  toRepayCents: {
    ...Cents,
    description: 'Demanded and not yet paid back, or received beyond what cost gives',
  },
});

export const EligibleCostView = named('GrantEligibleCost', {
  from: On,
  to: On,
  tags: Type.Array(closed({ tag: Type.String(), ...CostSum.properties }), {
    description: 'A line with two tags stands under both, and counts once in `eligible`',
  }),
  eligible: CostSum,
  notEligible: CostSum,
  sharedCents: { ...Cents, description: 'Of the eligible cost, what bears a tag of another grant too' },
  financing: FinancingView,
  availableCents: Sum,
  balance: BalanceView,
});
export type EligibleCostView = Static<typeof EligibleCostView>;
