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
} from '../../../platform/http/schemas.ts';
import { DOCUMENT_FORMATS } from './statements.types.ts';

const Format = Type.Enum([...DOCUMENT_FORMATS]);
const Sha256 = Type.String({ description: 'SHA-256, hexadecimal' });

export const SendStatement = named('SendStatement', {
  reason: text(500, {
    description: 'Why it is sent by hand; of a statement also why in spite of a rejection by the validator',
    examples: ['Anschrift berichtigt'],
  }),
});
export type SendStatement = Static<typeof SendStatement>;

export const DispatchStatus = Type.Enum(['waiting', 'sent', 'refused', 'failed'], {
  description:
    '`failed`: the last try came to nothing; it is tried again until the job is a dead letter. `refused`: by the mail server, or by a dunning block',
});

export const StatementDispatchView = named('StatementDispatch', {
  id: Uuid,
  statementId: nullable({ ...Uuid, description: 'Null where a dunning notice is mailed' }),
  noticeId: nullable({ ...Uuid, description: 'The dunning notice; null where a statement is mailed' }),
  trigger: Type.Enum(['automatic', 'manual']),
  reason: nullable(Type.String({ description: 'Null where it went by itself, and to members' })),
  status: DispatchStatus,
  to: Type.String({ description: "The recipient's address when it was asked for" }),
  files: Type.Array(closed({ format: Format, sha256: Sha256 })),
  requestedBy: nullable(closed({ id: Uuid, name: Type.String() })),
  requestedAt: Moment,
  sentAt: nullable(Moment),
  attempts: Type.Array(
    closed({
      status: Type.Enum(['sent', 'refused', 'failed']),
      answer: Type.String({ description: 'What the mail server said, or why it was not reached' }),
      at: Moment,
    }),
    { description: 'Oldest first; none are shown to members' },
  ),
});
export type StatementDispatchView = Static<typeof StatementDispatchView>;
export const StatementDispatchPage = pageOf(StatementDispatchView);
export const StatementDispatchQuery = closed(PageQuery);
export type StatementDispatchQuery = Static<typeof StatementDispatchQuery>;

export const CentreDispatchQuery = closed({
  ...PageQuery,
  status: Type.Optional(DispatchStatus),
  batchId: Type.Optional(Uuid),
  noticeId: Type.Optional(Uuid),
});
export type CentreDispatchQuery = Static<typeof CentreDispatchQuery>;

export const StatementValidationView = named('StatementValidation', {
  id: Uuid,
  format: Format,
  documentSha256: Sha256,
  accepted: Type.Boolean(),
  reportSha256: Sha256,
  reportSizeBytes: Type.Integer(),
  validator: Type.String({ description: 'Address of the validator' }),
  at: Moment,
});
export const StatementValidations = named('StatementValidations', {
  items: Type.Array(StatementValidationView),
});
export type StatementValidations = Static<typeof StatementValidations>;

export const ValidationParams = closed({ id: Uuid, validationId: Uuid });
