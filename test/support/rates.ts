import type { LightMyRequestResponse } from 'fastify';
import type { Caller } from './app.ts';
import type { CostingWorld } from './costing.ts';
import { must } from './services.ts';

export interface CardBody {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly numberToday: number | null;
  readonly draftNumber: number | null;
}

export interface CardVersionBody {
  readonly number: number;
  readonly status: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly contentHash: string;
  readonly availableActions: readonly string[];
}

export interface CardTerms {
  readonly validFrom: string;
  readonly validTo?: string;
  readonly interval: string;
  readonly prices: readonly object[];
}

export function unitPrice(serviceId: string, unitCents: number | string, more: object = {}) {
  return { serviceId, meter: 'cases', unit: 'case', model: 'unit', unitCents, ...more };
}

export const cardTerms = (prices: readonly object[], change: object = {}): CardTerms => ({
  validFrom: '2026-01-01',
  interval: 'month',
  prices,
  ...change,
});

/** Approves the draft of a card as it stands. */
export async function approve(caller: Caller, { id }: Pick<CardBody, 'id'>): Promise<LightMyRequestResponse> {
  const card = await must<CardBody>(caller, 'GET', `/rate-cards/${id}`);
  const number = card.draftNumber ?? 0;
  const { contentHash } = await must<CardVersionBody>(caller, 'GET', `/rate-cards/${id}/versions/${number}`);
  const etag = { 'if-match': `"${card.version}"` };
  return caller.call('POST', `/rate-cards/${id}/actions/approve`, { number, contentHash }, etag);
}

/** A card drafted by one and brought into force by another. */
export async function cardInForce(
  { finance, colleague }: Pick<CostingWorld, 'finance' | 'colleague'>,
  name: string,
  terms: CardTerms,
): Promise<CardBody> {
  const card = await must<CardBody>(finance, 'POST', '/rate-cards', { name, ...terms });
  const answer = await approve(colleague, card);
  if (answer.statusCode !== 200) throw new Error(`approve: ${answer.statusCode} ${answer.body}`);
  return answer.json();
}

/** Drafts the next version of a card and brings it into force. */
export async function nextVersion(
  { finance, colleague }: Pick<CostingWorld, 'finance' | 'colleague'>,
  card: Pick<CardBody, 'id'>,
  terms: CardTerms,
): Promise<CardBody> {
  await must(finance, 'POST', `/rate-cards/${card.id}/versions`, terms);
  const answer = await approve(colleague, card);
  if (answer.statusCode !== 200) throw new Error(`approve: ${answer.statusCode} ${answer.body}`);
  return answer.json();
}

export const pricedBy = (rateCard: string, serviceIds: readonly string[]) => ({
  prices: [{ rateCard, serviceIds }],
});
