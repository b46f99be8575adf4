import { type Static, Type } from 'typebox';
import {
  closed,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../platform/http/schemas.ts';
import { ACTIONS, HOLD_REASONS, STATUSES } from './transitions.rules.ts';

export const StatusSchema = Type.Enum([...STATUSES], { title: 'ServiceRequestStatus' });
const PrioritySchema = Type.Enum(['urgent', 'high', 'normal', 'low'], { title: 'Priority' });
const HoldReasonSchema = Type.Enum([...HOLD_REASONS], { title: 'HoldReason' });
const Subject = text(200, { description: 'One line that says what it is about' });
const Description = text(20_000);
const ExternalReference = text(120, { description: 'Mark of the filing office, for example a file number' });
const FormData = Type.Record(Type.String(), Type.Unknown(), {
  description: 'Answers to the form of the service version',
});

export const CreateRequest = named('CreateServiceRequest', {
  serviceId: Uuid,
  subject: Subject,
  description: Type.Optional(Description),
  formData: FormData,
  priority: Type.Optional(PrioritySchema),
  externalReference: Type.Optional(ExternalReference),
  followsId: Type.Optional(
    Type.String({ format: 'uuid', description: 'Finished request this one takes up again' }),
  ),
  submit: Type.Boolean({
    default: false,
    description: 'Submit at once; otherwise it stays a draft, whose form may be incomplete',
  }),
});
export type CreateRequest = Static<typeof CreateRequest>;

export const ChangeRequest = named(
  'ChangeServiceRequest',
  {
    subject: Type.Optional(Subject),
    description: Type.Optional(nullable(Description)),
    formData: Type.Optional(FormData),
    priority: Type.Optional(PrioritySchema),
    externalReference: Type.Optional(nullable(ExternalReference)),
  },
  { minProperties: 1 },
);
export type ChangeRequest = Static<typeof ChangeRequest>;

const summary = {
  id: Uuid,
  number: Type.String({ examples: ['SOE-2026-000123'] }),
  status: StatusSchema,
  holdReason: nullable(HoldReasonSchema),
  priority: PrioritySchema,
  subject: Type.String(),
  centreId: Uuid,
  organisationId: Uuid,
  serviceId: Uuid,
  serviceTitle: Type.String(),
  serviceVersion: Type.Integer({ description: 'Version it was filed under' }),
  externalReference: nullable(Type.String()),
  teamId: nullable(Uuid),
  assigneeId: nullable(Uuid),
  createdAt: Moment,
  updatedAt: Moment,
  submittedAt: nullable(Moment),
  version: Type.Integer(),
  availableActions: Type.Array(Type.Enum([...ACTIONS], { title: 'ServiceRequestAction' }), {
    description: 'What you can do now under your hat',
  }),
};

export const RequestSummary = named('ServiceRequestSummary', summary);
export type RequestSummary = Static<typeof RequestSummary>;
export const RequestPage = pageOf(RequestSummary);

export const RequestView = named('ServiceRequest', {
  ...summary,
  description: nullable(Type.String()),
  formData: FormData,
  requester: closed({ id: Uuid, name: Type.String() }),
  agreementVersionId: Uuid,
  followsId: nullable(Uuid),
  resultCode: nullable(Type.String()),
  resultText: nullable(Type.String()),
  rejectionCode: nullable(Type.String()),
  receiptAt: nullable(Moment),
  acceptedAt: nullable(Moment),
  startedAt: nullable(Moment),
  resolvedAt: nullable(Moment),
  closesAt: nullable(
    Type.String({
      format: 'date-time',
      description: 'When it closes by itself unless the requester objects',
    }),
  ),
  closedAt: nullable(Moment),
  deadlines: Type.Array(Type.Unknown(), { description: 'None before a deadline policy is agreed' }),
});
export type RequestView = Static<typeof RequestView>;

export const RequestQuery = closed({
  ...PageQuery,
  centreId: Type.Optional(Uuid),
  organisationId: Type.Optional(Uuid),
  serviceId: Type.Optional(Uuid),
  teamId: Type.Optional(Uuid),
  assigneeId: Type.Optional(Uuid),
  status: Type.Optional(
    Type.Array(StatusSchema, { minItems: 1, maxItems: STATUSES.length, description: 'One or more' }),
  ),
  open: Type.Optional(Type.Boolean({ description: 'True: only those the centre still has to do' })),
  externalReference: Type.Optional(text(120)),
  q: Type.Optional(text(200, { description: 'Words of number, service, subject, description or reference' })),
  sort: Type.Enum(['newest', 'oldest'], { default: 'newest' }),
});
export type RequestQuery = Static<typeof RequestQuery>;

const Reason = text(2000);
const nothing = Type.Union([closed({}), Type.Null()]);
const optionalReason = Type.Union([closed({ reason: Type.Optional(Reason) }), Type.Null()]);

/** Body of each action. */
export const ACTION_BODIES = {
  submit: nothing,
  accept: nothing,
  reject: closed({
    code: Type.Enum(['not_responsible', 'incomplete', 'no_agreement', 'duplicate', 'other']),
    reason: Reason,
  }),
  assign: closed({ assigneeId: nullable(Uuid) }),
  start: nothing,
  hold: closed({ holdReason: HoldReasonSchema, reason: Type.Optional(Reason) }),
  resume: optionalReason,
  resolve: closed({
    resultCode: Type.Enum(['done', 'partly_done', 'not_possible', 'withdrawn']),
    resultText: text(20_000),
  }),
  'accept-result': nothing,
  object: closed({ reason: Reason }),
  close: nothing,
  cancel: optionalReason,
} as const;

/** What the bodies can hold, all together. */
export interface ActionInput {
  readonly reason?: string;
  readonly code?: string;
  readonly assigneeId?: string | null;
  readonly holdReason?: string;
  readonly resultCode?: string;
  readonly resultText?: string;
}

export const EventView = named('ServiceRequestEvent', {
  id: Uuid,
  type: Type.String(),
  fromStatus: nullable(StatusSchema),
  toStatus: nullable(StatusSchema),
  at: Moment,
  actor: nullable(
    closed({ id: Uuid, name: Type.String() }, { description: 'To members null for somebody of the centre' }),
  ),
  hat: closed({ kind: Type.String(), id: Uuid }),
  onBehalfOf: nullable(Uuid),
  reason: nullable(Type.String()),
  expectedVersion: nullable(Type.Integer()),
  details: Type.Record(Type.String(), Type.Unknown()),
});
export type EventView = Static<typeof EventView>;
export const EventPage = pageOf(EventView);

export const MessageView = named('Message', {
  id: Uuid,
  author: closed({ id: Uuid, name: Type.String(), hatKind: Type.String() }),
  body: Type.String(),
  createdAt: Moment,
});
export type MessageView = Static<typeof MessageView>;
export const MessagePage = pageOf(MessageView);
export const WriteMessage = named('WriteMessage', { body: text(20_000) });
export const PagingQuery = closed(PageQuery);
export type PagingQuery = Static<typeof PagingQuery>;
