/** Who holds the cluster, as far as its database session tells. */
export interface ClusterHolder {
  readonly pid: number | undefined;
  readonly label: string;
}

/** The embedded database cannot work here at all; the message says what to set instead. */
export class EmbeddedUnavailableError extends Error {
  readonly code = 'EMBEDDED_UNAVAILABLE';
  override readonly name = 'EmbeddedUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The embedded PostgreSQL cannot be used here (${reason}): set DATABASE_URL to a PostgreSQL server instead.`,
      options,
    );
  }
}

/** The files are in order, yet no server answered; the message carries the end of the server's log. */
export class EmbeddedStartError extends Error {
  readonly code = 'EMBEDDED_START_FAILED';
  override readonly name = 'EmbeddedStartError';
}

/** Another living application owns this cluster. */
export class EmbeddedInUseError extends Error {
  readonly code = 'EMBEDDED_IN_USE';
  override readonly name = 'EmbeddedInUseError';
  readonly holder: ClusterHolder;

  constructor(dataDir: string, holder: ClusterHolder) {
    const who = holder.pid === undefined ? 'another process' : `process ${holder.pid}`;
    const where = holder.label === '' ? '' : ` (${holder.label})`;
    super(
      `The embedded database in ${dataDir} is already in use by ${who}${where}: stop it, or set VERBUND_DATA_DIR to another directory.`,
    );
    this.holder = holder;
  }
}

/** Supervision has given up: the server kept dying. */
export class EmbeddedFailedError extends Error {
  readonly code = 'EMBEDDED_FAILED';
  override readonly name = 'EmbeddedFailedError';
}

/** `ENOENT` and the like, or `''` for anything that is no system error. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : '';
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
