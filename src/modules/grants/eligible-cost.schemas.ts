import { type Static, Type } from 'typebox';
import { Cents, closed, Day, named, PageQuery } from '../../platform/http/schemas.ts';
import { Sum } from './grants.parts.schemas.ts';

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

const sum = {
  rowCount: Type.Integer(),
  amountCents: Sum,
  costLines: Type.String({ description: 'Address of exactly these cost lines' }),
};

export const FinancingView = named('GrantFinancing', {
  eligibleCents: Sum,
  notEligibleCents: Sum,
  grantCents: { ...Cents, description: 'What the eligible cost gives, at most what was awarded' },
  ownShareCents: { ...Cents, description: 'Eligible cost less the grant' },
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
  from: Day,
  to: Day,
  tags: Type.Array(closed({ tag: Type.String(), ...sum }), {
    description: 'A line with two tags stands under both, and counts once in `eligible`',
  }),
  eligible: closed(sum),
  notEligible: closed(sum, { description: 'Cost on the place of the grant that bears none of its tags' }),
  sharedCents: { ...Cents, description: 'Of the eligible cost, what bears a tag of another grant too' },
  financing: FinancingView,
  availableCents: { ...Cents, description: 'What can be drawn now' },
  balance: BalanceView,
});
export type EligibleCostView = Static<typeof EligibleCostView>;
