import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import { Cents, closed, named, nullable, PageQuery, pageOf, Uuid } from '../../../platform/http/schemas.ts';
import { PeriodName, SeenDeed } from '../receivables.schemas.ts';
import { CHARGE_GAPS, DOCUMENT_GAPS } from './settlement-figures.rules.ts';

const Credit = Type.Enum(['offset', 'payout', 'keep'], { title: 'SettlementCredit' });

const FinalDocument = named('SettlementDocument', {
  statementId: Uuid,
  number: Type.String(),
  claimCents: Cents,
  openCents: { ...Cents, description: 'Below zero is a credit' },
});

const Figures = {
  organisationId: Uuid,
  memberName: Type.String(),
  invoicedCents: { ...Cents, description: 'Instalments, gross' },
  paidCents: { ...Cents, description: 'Payments on them' },
  actualCents: { ...Cents, description: 'Final documents, gross, before instalments are set off' },
  settlementCents: { ...Cents, description: 'Actual less invoiced' },
  openCents: { ...Cents, description: 'Invoiced less paid; stays a claim of its own' },
  netDueCents: { ...Cents, description: 'Actual less paid' },
  documents: Type.Array(FinalDocument),
};

const MemberFiguresView = named('SettlementMemberFigures', Figures);

const Reasons = Type.Array(closed({ pointer: Type.String(), code: Type.String(), detail: Type.String() }), {
  description:
    'What stands against a member, against knowing what is charged, or by service the cost that no run shares out',
});

const OpenCorrection = named('OpenCorrection', {
  period: closed({ id: Uuid, code: Type.String() }),
  code: Type.Enum([...CHARGE_GAPS, 'DRAFT_OPEN']),
  memberName: nullable(Type.String()),
  statementId: nullable({ ...Uuid, description: 'The draft' }),
  text: Type.String(),
  errors: Reasons,
});
export type OpenCorrection = Static<typeof OpenCorrection>;

const OpenDraft = named('OpenDraft', {
  statementId: Uuid,
  memberName: Type.String(),
  kind: Type.Enum([326, 380, 381, 384]),
  text: Type.String(),
});
export type OpenDraft = Static<typeof OpenDraft>;

export const FiguresView = named('SettlementFigures', {
  period: PeriodName,
  members: Type.Array(MemberFiguresView),
  gaps: Type.Array(
    named('SettlementGap', {
      organisationId: nullable({ ...Uuid, description: 'Null where it is of the period as a whole' }),
      memberName: nullable(Type.String()),
      code: Type.Enum([...CHARGE_GAPS, ...DOCUMENT_GAPS]),
      differenceCents: nullable({
        ...Cents,
        description: 'Of `CHARGE_DIFFERS`: what is charged less what the final documents say, gross',
      }),
      errors: Reasons,
      text: Type.String(),
    }),
    { description: 'What keeps the period from being settled, by what a batch would draft now' },
  ),
  corrections: Type.Array(OpenCorrection, {
    description:
      'What is open of corrections of earlier periods that are billed in this one, and keeps it from being settled',
  }),
  drafts: Type.Array(OpenDraft, {
    description:
      'Documents of the period that are neither issued nor discarded, and keep it from being settled',
  }),
  uncoveredCost: Type.Array(closed({ serviceId: Uuid, serviceTitle: Type.String(), amountCents: Cents }), {
    description:
      'Cost of services that all members pay by price, which no run shares out: look whether the price brought it in. Keeps nothing from being settled',
  }),
  settlementId: nullable({ ...Uuid, description: 'Where it is settled already' }),
  contentHash: Type.String({ description: 'SHA-256 of period and members; what settling signs' }),
});
export type FiguresView = Static<typeof FiguresView>;

export const FiguresQuery = closed({
  periodId: Uuid,
  format: Type.Enum(['json', 'csv', 'xlsx'], { default: 'json' }),
  locale: Type.Enum(['de', 'en'], { default: 'de' }),
});
export type FiguresQuery = Static<typeof FiguresQuery>;

export const CreateSettlement = named('CreateSettlement', {
  centreId: OwnCentreId,
  periodId: Uuid,
  contentHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of the figures you saw' }),
  credits: Credit,
  exceptions: Type.Optional(
    Type.Array(closed({ organisationId: Uuid, credit: Credit }), {
      maxItems: 1000,
      description: 'Members for whom something else holds',
    }),
  ),
});
export type CreateSettlement = Static<typeof CreateSettlement>;

const SettledCredit = closed({
  decision: Credit,
  amountCents: { ...Cents, description: 'Credit of the final documents' },
  offsets: Type.Array(
    closed({ fromNumber: Type.String(), toNumber: Type.String(), amountCents: Cents, paymentId: Uuid }),
  ),
  payouts: Type.Array(closed({ number: Type.String(), amountCents: Cents })),
});

const SettledMember = named('SettledMember', { ...Figures, credit: nullable(SettledCredit) });
export type SettledMember = Static<typeof SettledMember>;

export const SettlementView = named('Settlement', {
  id: Uuid,
  centreId: Uuid,
  period: PeriodName,
  members: Type.Array(SettledMember, { description: 'Members see themselves' }),
  contentHash: nullable(
    Type.String({ description: 'SHA-256 of period and all members; null for members, who see one' }),
  ),
  settled: SeenDeed,
});
export type SettlementView = Static<typeof SettlementView>;
export const SettlementPage = pageOf(SettlementView);
export const SettlementQuery = closed({ ...PageQuery, periodId: Type.Optional(Uuid) });
export type SettlementQuery = Static<typeof SettlementQuery>;
