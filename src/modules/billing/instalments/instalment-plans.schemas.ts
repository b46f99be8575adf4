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
import { PeriodName, SeenDeed } from '../receivables.schemas.ts';

const PlanCents = {
  ...EnteredCents,
  description: 'Net amount in euro cents for the whole period; below zero where the member gets money',
};

const StatedAmount = named('StatedInstalmentAmount', {
  organisationId: Uuid,
  serviceId: Uuid,
  amountCents: PlanCents,
});

export const CreatePlan = named('CreateInstalmentPlan', {
  centreId: OwnCentreId,
  periodId: Uuid,
  dueOn: Type.Array(Day, { minItems: 1, maxItems: 60, description: 'Days of the period, in any order' }),
  issueDaysBefore: Type.Integer({
    minimum: 0,
    maximum: 90,
    default: 30,
    description: 'Days from issue to due',
  }),
  usagePeriodId: Type.Optional({
    ...Uuid,
    description: 'An earlier period whose usage stands in for that of the period, which is not known yet',
  }),
  amounts: Type.Optional(
    Type.Array(StatedAmount, {
      minItems: 1,
      maxItems: 5000,
      description:
        'Amounts named by hand; left out, the budget of the period is shared out as a run would do it',
    }),
  ),
  replacesId: Type.Optional({
    ...Uuid,
    description: 'The plan in force that ends when this one is approved',
  }),
});
export type CreatePlan = Static<typeof CreatePlan>;

const Status = Type.Enum(['draft', 'submitted', 'in_force', 'ended', 'rejected'], {
  title: 'InstalmentPlanStatus',
});

const Progress = closed({
  count: Type.Integer({ description: 'Instalments: one for each member, VAT group and due day' }),
  issued: Type.Integer(),
  blocked: Type.Integer(),
  pending: Type.Integer(),
  amountCents: Cents,
  issuedCents: Cents,
});

export const PlanView = named('InstalmentPlan', {
  id: Uuid,
  centreId: Uuid,
  number: Type.String({ examples: ['SOE-A-2026-001'] }),
  status: Status,
  period: PeriodName,
  basis: Type.Enum(['budget', 'stated']),
  resultHash: nullable(Type.String({ description: 'Of the simulation that shared out the budget' })),
  usagePeriodId: nullable({ ...Uuid, description: 'Whose usage stood in; null for members' }),
  dueOn: Type.Array(Day),
  issueDaysBefore: Type.Integer(),
  replacesId: nullable(Uuid),
  invoicedCents: nullable({
    ...Cents,
    description: 'Net sum of earlier instalments of the period, which the plan set off; null for members',
  }),
  amountCents: { ...Cents, description: 'Net sum of all instalments; for members of their own' },
  progress: Progress,
  contentHash: nullable(
    Type.String({
      description:
        'SHA-256 of days and all shares; what an approval signs. Null for members, who see only their own',
    }),
  ),
  created: SeenDeed,
  submitted: nullable(SeenDeed),
  approved: nullable(SeenDeed),
  ended: nullable(SeenDeed),
  endReason: nullable(Type.String()),
  endedFrom: nullable(Day),
  availableActions: Type.Array(Type.Enum(['submit', 'approve', 'reject', 'end', 'issue-due'])),
  version: Type.Integer(),
});
export type PlanView = Static<typeof PlanView>;
export const PlanPage = pageOf(PlanView);

export const PlanQuery = closed({
  ...PageQuery,
  periodId: Type.Optional(Uuid),
  status: Type.Optional(Status),
});
export type PlanQuery = Static<typeof PlanQuery>;

export const PlanShareView = named('InstalmentPlanShare', {
  position: Type.Integer(),
  organisationId: Uuid,
  memberName: Type.String(),
  service: closed({ id: Uuid, code: Type.String(), title: Type.String() }),
  text: Type.String(),
  agreementReference: Type.String(),
  vatGroup: Type.String({ description: '`open …` where nobody has determined the VAT yet' }),
  amountCents: Cents,
  amountsCents: Type.Array(Cents, { description: 'By due day; they add up to the amount' }),
  derivation: nullable(Type.Object({}, { additionalProperties: true, description: 'As documents print it' })),
});
export type PlanShareView = Static<typeof PlanShareView>;
export const PlanSharePage = pageOf(PlanShareView);
export const PlanShareQuery = closed({ ...PageQuery, organisationId: Type.Optional(Uuid) });
export type PlanShareQuery = Static<typeof PlanShareQuery>;

const InstalmentStatus = Type.Enum(['pending', 'blocked', 'issued', 'cancelled', 'nothing_due'], {
  title: 'InstalmentStatus',
});
export const InstalmentView = named('Instalment', {
  id: Uuid,
  organisationId: Uuid,
  memberName: Type.String(),
  vatGroup: Type.String(),
  number: Type.Integer(),
  dueOn: Day,
  issueOn: Day,
  amountCents: { ...Cents, description: 'Net' },
  status: InstalmentStatus,
  statementId: nullable(Uuid),
  statementNumber: nullable(Type.String()),
  problems: Type.Array(closed({ code: Type.String(), detail: Type.String() }), {
    description:
      'What stood against issuing it at the last try; of a cancelled one why it is not asked for any more. The centre alone reads it; to members a blocked one is pending',
  }),
  checkedAt: nullable(Moment),
});
export type InstalmentView = Static<typeof InstalmentView>;
export const InstalmentPage = pageOf(InstalmentView);
export const InstalmentQuery = closed({
  ...PageQuery,
  status: Type.Optional(InstalmentStatus),
  organisationId: Type.Optional(Uuid),
});
export type InstalmentQuery = Static<typeof InstalmentQuery>;

export const ApprovePlan = named('ApproveInstalmentPlan', {
  contentHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'The content you approve' }),
});
export const RejectPlan = named('RejectInstalmentPlan', { reason: text(500) });
export const EndPlan = named('EndInstalmentPlan', {
  from: { ...Day, description: 'First due day on which nothing is asked for any more' },
  reason: text(500),
});
