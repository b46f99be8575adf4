import type { Day, Moment } from '../../../platform/clock.ts';
import type { LedgerWords } from './ledger.types.ts';

/** What a file says of the export that it belongs to. */
export interface FileFacts {
  readonly number: string;
  readonly isRepetition: boolean;
  readonly createdAt: Moment;
  readonly createdOn: Day;
  /** First and last day of issue of the documents in it. */
  readonly firstDay: Day;
  readonly lastDay: Day;
  readonly say: LedgerWords;
}

export interface RenderedFile {
  readonly bytes: Buffer;
  readonly rowCount: number;
  readonly fileName: string;
  readonly mediaType: string;
}
