import type { DocumentLine, Netting } from './document.types.ts';

/** A service of which grants or other income are set off before it is shared out. */
export interface NettedService extends Netting {
  readonly code: string;
  readonly title: string;
  /** What is left of the cost. */
  readonly poolCents: number;
}

/** In the order of the lines, each once; none in most documents, and they look as if there were no such thing. */
export function nettedServices(lines: readonly DocumentLine[]): NettedService[] {
  const services = new Map<string, NettedService>();
  for (const { service, derivation } of lines) {
    if (derivation?.netting === undefined || services.has(service.code)) continue;
    services.set(service.code, { ...service, ...derivation.netting, poolCents: derivation.poolCents });
  }
  return [...services.values()];
}

/** A text that calls the pool cost, or what is left of it where something is set off. */
export function poolWord(lines: readonly DocumentLine[], key: string): string {
  return nettedServices(lines).length === 0 ? key : `${key}-net`;
}
