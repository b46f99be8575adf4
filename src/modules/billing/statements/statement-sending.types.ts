import type { Moment } from '../../../platform/clock.ts';
import type { StatementDocument } from '../documents/document.types.ts';
import type { DocumentFormat, StatementRow } from './statements.types.ts';

/** A file of a statement, without its bytes. */
export interface FileReference {
  readonly format: DocumentFormat;
  readonly sha256: string;
}

export interface StoredFile extends FileReference {
  readonly bytes: Buffer;
}

/** As much of a statement as sending it takes. */
export type SentStatement = Pick<StatementRow, 'id' | 'centreId' | 'organisationId'>;

/** What is mailed, and whose it is. */
export interface DispatchSubject {
  readonly entityType: 'statement' | 'dunning_notice';
  readonly id: string;
  readonly centreId: string;
  readonly organisationId: string;
}

export interface NewDispatch {
  readonly id: string;
  readonly trigger: 'automatic' | 'manual';
  readonly reason: string | null;
  readonly recipient: string;
  readonly files: readonly FileReference[];
}

export type AttemptStatus = 'sent' | 'refused' | 'failed';

export interface Attempt {
  readonly status: AttemptStatus;
  readonly answer: string;
  readonly at: Moment;
}

export interface DispatchRow extends NewDispatch {
  /** One of these is set. */
  readonly statementId: string | null;
  readonly noticeId: string | null;
  readonly centreId: string;
  readonly organisationId: string;
  readonly requestedBy: string;
  readonly requestedByName: string;
  readonly requestedAt: Moment;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
}

export interface StatementToSend {
  readonly dispatch: DispatchRow;
  readonly document: StatementDocument;
  readonly files: readonly StoredFile[];
}

export interface Verdict {
  readonly accepted: boolean;
  readonly report: Buffer;
}

export interface ValidationRow {
  readonly id: string;
  readonly format: DocumentFormat;
  readonly documentSha256: string;
  readonly accepted: boolean;
  readonly reportSizeBytes: number;
  readonly reportSha256: string;
  readonly validator: string;
  readonly at: Moment;
}
