import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  Cents,
  closed,
  Day,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';

export const Step = closed({ by: nullable(closed({ id: Uuid, name: Type.String() })), at: Moment });

export const CreateBatch = named('CreateStatementBatch', {
  centreId: OwnCentreId,
  periodId: Uuid,
  dueOn: Type.Optional({
    ...Day,
    description: 'Day by which members pay; left out: so many days after issue as the profile says',
  }),
  notes: Type.Optional(
    Type.Array(text(1000), { maxItems: 5, description: 'Remarks printed on every document, in German' }),
  ),
});
export type CreateBatch = Static<typeof CreateBatch>;

const BatchStatusSchema = Type.Enum(['preparing', 'ready', 'issuing', 'issued', 'failed', 'discarded'], {
  title: 'StatementBatchStatus',
});

const Errors = Type.Array(closed({ pointer: Type.String(), code: Type.String(), detail: Type.String() }));

const Blocked = named('BlockedMember', {
  organisationId: Uuid,
  memberName: Type.String(),
  statementId: nullable({ ...Uuid, description: 'Null where there is not even a draft' }),
  errors: Errors,
});

export const BatchView = named('StatementBatch', {
  id: Uuid,
  centreId: Uuid,
  periodId: Uuid,
  periodCode: Type.String(),
  runId: nullable({ ...Uuid, description: 'The posted run that is charged' }),
  status: BatchStatusSchema,
  dueOn: nullable(Day),
  notes: Type.Array(Type.String()),
  contentHash: nullable(
    Type.String({ description: 'SHA-256 of all that the drafts say; what issuing signs' }),
  ),
  payableCents: { ...Cents, description: 'Sum over the statements, credit notes taken off' },
  progress: closed(
    {
      statements: Type.Integer(),
      issued: Type.Integer({ description: 'Those with a number' }),
      rendered: Type.Integer({ description: 'Those with all their files' }),
      sent: Type.Integer({ description: 'Those whose last dispatch the mail server took' }),
      refused: Type.Integer({ description: 'Those whose last dispatch the mail server refused' }),
      failed: Type.Integer({ description: 'Those whose last dispatch came to nothing so far' }),
      rejected: Type.Integer({ description: 'Those whose e-invoice the validator rejected' }),
    },
    { description: 'How many statements of the batch have come how far' },
  ),
  blocked: Type.Array(Blocked, { description: 'Members that are left out, and what stands against them' }),
  failure: nullable(
    closed({
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String(),
      code: Type.String(),
      errors: Type.Optional(Errors),
    }),
  ),
  created: Step,
  issued: nullable(Step),
  availableActions: Type.Array(Type.Enum(['issue', 'discard'])),
  version: Type.Integer(),
});
export type BatchView = Static<typeof BatchView>;
export const BatchPage = pageOf(BatchView);

export const BatchQuery = closed({
  ...PageQuery,
  periodId: Type.Optional(Uuid),
  status: Type.Optional(BatchStatusSchema),
});
export type BatchQuery = Static<typeof BatchQuery>;

export const SignContent = named('SignStatements', {
  contentHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'What you saw and want to issue' }),
});
