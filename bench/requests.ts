import { systemClock } from '../src/platform/clock.ts';
import type { Database } from '../src/platform/db/database.ts';
import { newId } from '../src/platform/ids.ts';
import type { Shape } from './load.ts';
import type { World } from './world.ts';

/** What callers send to the API. */

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

export function usageBatch({ memberId: organisationId, serviceId, finance }: World, size: number): Shape {
  const headers = { ...bearer(finance), 'content-type': 'application/json' };
  const occurredAt = systemClock.now();
  const event = () => ({
    organisationId,
    serviceId,
    source: 'bench',
    idempotencyKey: newId(),
    quantity: '1',
    occurredAt,
  });
  return {
    method: 'POST',
    path: '/api/v1/usage-events',
    setupRequest: (request) => ({
      ...request,
      headers,
      body: JSON.stringify(Array.from({ length: size }, event)),
    }),
  };
}

/** Each with a key of its own, as a careful client sends it. */
export function filing(world: World): Shape {
  const body = JSON.stringify({
    serviceId: world.serviceId,
    subject: 'Geburtsurkunde',
    formData: { registerNumber: 'G 12/2026', copies: 2 },
    submit: true,
  });
  const headers = { ...bearer(world.requester), 'content-type': 'application/json' };
  return {
    method: 'POST',
    path: '/api/v1/service-requests',
    setupRequest: (request) => ({ ...request, body, headers: { ...headers, 'idempotency-key': newId() } }),
  };
}

export async function reading(sql: Database['sql'], world: World): Promise<Shape> {
  const rows = await sql<{ id: string }[]>`select id from service_requests limit 1000`;
  let next = 0;
  const headers = bearer(world.requester);
  const setupRequest: NonNullable<Shape['setupRequest']> = (request) => {
    next = (next + 1) % rows.length;
    return { ...request, path: `/api/v1/service-requests/${rows[next]?.id}` };
  };
  return { method: 'GET', headers, setupRequest };
}

export function listing(world: World): Shape {
  return {
    method: 'GET',
    path: `/api/v1/service-requests?teamId=${world.teamId}&open=true&limit=50`,
    headers: bearer(world.caseworker),
  };
}
