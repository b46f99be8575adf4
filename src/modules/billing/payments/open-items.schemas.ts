import { type Static, Type } from 'typebox';
import {
  Cents,
  closed,
  Day,
  named,
  nullable,
  PageQuery,
  pageOf,
  Uuid,
} from '../../../platform/http/schemas.ts';

export const OpenItemView = named(
  'OpenItem',
  {
    statementId: { ...Uuid, description: 'The newest document of the chain' },
    chainId: { ...Uuid, description: 'The first document of the chain' },
    number: Type.String(),
    kind: Type.Integer({ description: 'UNTDID 1001 of the newest document: 326, 380, 384 or 381' }),
    centreId: Uuid,
    organisationId: Uuid,
    memberName: Type.String(),
    periodId: nullable(Uuid),
    periodCode: Type.String(),
    issuedOn: Day,
    dueOn: Day,
    claimCents: { ...Cents, description: 'Below zero where the member gets money back' },
    matchedCents: { ...Cents, description: 'Payments on any document of the chain' },
    writtenOffCents: { ...Cents, description: 'Asked for no more, as far as nobody paid it' },
    openCents: { ...Cents, description: 'Claim less payments and write-offs; below zero is a credit' },
    overdueSince: nullable({ ...Day, description: 'First day on which it was overdue' }),
    dunningBlockedUntil: nullable({
      ...Day,
      description: 'Last day on which the member is not reminded of it; for the centre only',
    }),
  },
  { description: 'A document with what corrected it: what is claimed, paid, written off and open' },
);
export type OpenItemView = Static<typeof OpenItemView>;
export const OpenItemPage = pageOf(OpenItemView);

export const OpenItemQuery = closed({
  ...PageQuery,
  organisationId: Type.Optional(Uuid),
  periodId: Type.Optional(Uuid),
  state: Type.Optional(Type.Enum(['open', 'settled', 'all'], { default: 'open' })),
  overdue: Type.Optional(Type.Boolean({ description: 'Only claims whose day is past' })),
});
export type OpenItemQuery = Static<typeof OpenItemQuery>;
