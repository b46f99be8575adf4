import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../platform/http/own-centre.ts';
import {
  closed,
  Day,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../platform/http/schemas.ts';
import { GrantRuleView } from './grant-programmes.schemas.ts';
import {
  Amount,
  Decision,
  End,
  Id,
  On,
  PositiveAmount,
  Reference,
  Step,
  Sum,
  Tags,
} from './grants.parts.schemas.ts';

const Party = named('GrantPartyInput', { organisationId: Id, decision: Type.Optional(nullable(Decision)) });

const application = {
  title: text(200),
  appliedOn: { ...Day, description: 'Decides which rule of the programme applies' },
  serviceId: Type.Optional(
    nullable({ ...Uuid, description: 'Where the money is set off: a service or a cost centre' }),
  ),
  costCentreId: Type.Optional(nullable(Uuid)),
  costType: text(60, { description: 'Under which the money is booked' }),
  parties: Type.Array(Party, { minItems: 1, maxItems: 500, description: 'Members of the centre' }),
  leadOrganisationId: Id,
  tags: Type.Optional(Tags),
  costBeforeCents: PositiveAmount,
  costAfterCents: Amount,
  savingsJustification: Type.Optional(
    nullable(text(2000, { description: 'Why the grant is asked for though less is saved' })),
  ),
  plannedEligibleCents: PositiveAmount,
};

export const CreateGrant = named(
  'CreateGrant',
  { centreId: OwnCentreId, programmeId: Id, ...application },
  {
    description:
      'costBeforeCents, costAfterCents: what the parties spend per year, each for themselves and together. tags: of the cost that is claimed; left out, all tags of the rule',
  },
);
export type CreateGrant = Static<typeof CreateGrant>;
/** What is left out stays as it is. */
export const ChangeGrant = named('ChangeGrant', Type.Partial(Type.Object(application)).properties);
export type ChangeGrant = Static<typeof ChangeGrant>;

export const RecordGrantNotice = named('RecordGrantNotice', {
  number: text(100, { description: 'File number of the notice' }),
  noticeOn: On,
  awardedCents: PositiveAmount,
  approvedFrom: { ...Day, description: 'First day whose cost is eligible' },
  approvedTo: { ...Day, description: 'Day after the last' },
  purposeEndsOn: Type.Optional({ ...Day, description: 'Day after the last; left out: as the rule says' }),
  proofDueOn: Type.Optional({ ...Day, description: 'Left out: as the rule says' }),
});
export type RecordGrantNotice = Static<typeof RecordGrantNotice>;
export const AwardGrant = named('AwardGrant', {
  contentHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'The content you confirm' }),
});
export const EndGrantStep = named('EndGrantStep', { reason: text(500) });
export const SubmitGrantProof = named('SubmitGrantProof', {
  submittedOn: On,
  reference: text(100, { description: 'File number of what was sent' }),
});

export type SubmitGrantProof = Static<typeof SubmitGrantProof>;

export const GrantStatusName = Type.Enum(
  ['draft', 'applied', 'noticed', 'awarded', 'proved', 'closed', 'withdrawn'],
  { title: 'GrantStatus' },
);
const Action = Type.Enum(
  ['submit', 'record-notice', 'reject-notice', 'award', 'submit-proof', 'close', 'withdraw'],
  { title: 'GrantAction' },
);

const Savings = closed({
  costBeforeCents: Sum,
  costAfterCents: Sum,
  savedCents: Sum,
  percent: Type.String({ description: 'Cut off after four decimals' }),
  requiredPercent: Type.String(),
  isMet: Type.Boolean(),
  justification: nullable(Type.String()),
});

const Planned = closed(
  {
    eligibleCents: Sum,
    capCents: Sum,
    percentCents: Sum,
    grantCents: Sum,
    ownShareCents: Sum,
  },
  { description: 'What the rule gives for the planned cost' },
);

export const Notice = named('GrantNotice', {
  number: Type.String(),
  noticeOn: On,
  awardedCents: Sum,
  approvedFrom: On,
  approvedTo: On,
  purposeEndsOn: On,
  proofDueOn: On,
});

const Sums = named(
  'GrantSums',
  {
    drawnCents: Sum,
    receivedCents: Sum,
    clawedBackCents: Sum,
    repaidCents: Sum,
  },
  { description: 'drawn: received, and still asked for. clawedBack: demanded back, whether paid or not' },
);

const DeadlineView = closed({
  kind: Type.Enum(['proof', 'purpose_end']),
  dueOn: On,
  state: Type.Enum(['open', 'soon', 'overdue', 'done']),
  remindedAt: nullable(Moment),
});

export const GrantView = named('Grant', {
  id: Id,
  centreId: Id,
  number: Type.String({ examples: ['SOE-F-2026-001'] }),
  title: Type.String(),
  status: GrantStatusName,
  programme: closed({
    id: Id,
    name: Type.String(),
    authority: Type.String(),
    reference: Reference,
  }),
  rule: GrantRuleView,
  appliedOn: On,
  serviceId: nullable(Uuid),
  costCentreId: nullable(Uuid),
  costType: Type.String(),
  parties: Type.Array(
    closed({
      organisationId: Id,
      name: Type.String(),
      isLead: Type.Boolean(),
      decision: nullable(Decision),
    }),
  ),
  tags: Type.Array(Type.String()),
  savings: Savings,
  planned: Planned,
  notice: nullable(Notice),
  noticed: nullable(Step),
  contentHash: nullable(
    Type.String({ description: 'SHA-256 of application and notice; what an award signs' }),
  ),
  awarded: nullable(Step),
  proof: nullable(
    closed({
      submittedOn: On,
      reference: Type.String(),
      eligibleCents: Sum,
      grantCents: Sum,
      hash: Type.String({ description: 'SHA-256 of the proof as it was then' }),
      recorded: Step,
    }),
  ),
  ended: nullable(End),
  sums: Sums,
  deadlines: Type.Array(DeadlineView),
  created: Step,
  availableActions: Type.Array(Action),
  version: Type.Integer(),
});
export type GrantView = Static<typeof GrantView>;
export const GrantPage = pageOf(GrantView);

export const GrantQuery = closed({
  ...PageQuery,
  status: Type.Optional(GrantStatusName),
  programmeId: Type.Optional(Uuid),
});
export type GrantQuery = Static<typeof GrantQuery>;
