export {
  type ClusterHolder,
  EmbeddedFailedError,
  EmbeddedInUseError,
  EmbeddedStartError,
  EmbeddedUnavailableError,
} from './errors.ts';
export { type Embedded, type EmbeddedOptions, type Machine, startEmbedded } from './start.ts';
export { startThrowaway, type Throwaway, type ThrowawayOptions } from './throwaway.ts';
export type { EmbeddedLogger, ServerSettings } from './types.ts';
