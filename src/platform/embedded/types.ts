/** The part of a pino logger that is used here. */
export interface EmbeddedLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Bare numbers on purpose: the server needs no passwd entry, only `initdb` does. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export type ServerSettings = Readonly<Record<string, string | number | boolean>>;

/** Everything needed to start, find and stop the server of one data directory. */
export interface Cluster {
  readonly dataDir: string;
  /** Real path of the PostgreSQL data directory; may lie outside `dataDir`, behind a symlink. */
  readonly pgData: string;
  readonly socketDir: string;
  readonly port: number;
  readonly logFile: string;
  readonly binDir: string;
  /** Undefined when the server runs as the user of this process. */
  readonly runAs: ServerUser | undefined;
  readonly settings: ServerSettings;
  /** Written by initdb, so that a server can be told from one of a deleted directory with the same path. */
  readonly systemId: string;
}
