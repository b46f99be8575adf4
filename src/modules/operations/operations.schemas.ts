import { type Static, Type } from 'typebox';
import { closed, Moment, named, nullable, PageQuery, pageOf, Uuid } from '../../platform/http/schemas.ts';

export const DeadLetterView = named('DeadLetter', {
  id: Uuid,
  queue: Type.String(),
  name: Type.String({ examples: ['requests.process'] }),
  payload: Type.Record(Type.String(), Type.Unknown()),
  failure: nullable(Type.String()),
  failedAt: Moment,
  createdAt: Moment,
  requestId: Type.String({ description: 'Request that caused the job' }),
  redrives: Type.Integer({ description: 'Times it was handed over again' }),
});
export type DeadLetterView = Static<typeof DeadLetterView>;
export const DeadLetterPage = pageOf(DeadLetterView);
export const DeadLetterQuery = closed(PageQuery);
export type DeadLetterQuery = Static<typeof DeadLetterQuery>;

export const AuditView = named('AuditEntry', {
  id: Uuid,
  at: Moment,
  actor: nullable(
    closed(
      { id: Uuid, name: Type.String(), kind: Type.String() },
      { description: 'To members null for somebody of the centre' },
    ),
  ),
  hat: closed({ kind: Type.String(), id: Uuid }),
  onBehalfOf: nullable(Uuid),
  requestId: Type.String(),
  action: Type.String(),
  entityType: Type.String(),
  entityId: Uuid,
  details: Type.Record(Type.String(), Type.Unknown()),
});
export type AuditView = Static<typeof AuditView>;
export const AuditPage = pageOf(AuditView);
export const AuditQuery = closed({ ...PageQuery, entityId: Type.Optional(Uuid) });
export type AuditQuery = Static<typeof AuditQuery>;
