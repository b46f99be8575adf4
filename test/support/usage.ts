import type { Test } from 'tap';
import type { UsageEventView } from '../../src/modules/usage/index.ts';
import { fixedClock } from '../../src/platform/clock.ts';
import type { Hat } from '../../src/platform/context.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Caller, startTestApp, type TestApp } from './app.ts';

export interface UsageWorld {
  readonly test: TestApp;
  readonly clock: ReturnType<typeof fixedClock>;
  readonly erwitte: Hat;
  readonly lippetal: Hat;
  readonly centre: Hat;
  readonly finance: Caller;
  readonly member: Caller;
  readonly serviceId: string;
  /** A second service of the centre; Erwitte has both, Lippetal only this one. */
  readonly otherServiceId: string;
  /** A complete body with a fresh key. */
  readonly event: (change?: Record<string, unknown>) => Record<string, unknown>;
  readonly countEvents: () => Promise<number>;
}

export const NOW = '2026-11-20T12:00:00.000Z';

/** A centre with two members; agreements are in force in 2026. */
export async function startUsageWorld(t: Test): Promise<UsageWorld> {
  const clock = fixedClock(NOW);
  const test = await startTestApp(t, { clock });
  const erwitte = await test.organisation('Erwitte');
  const lippetal = await test.organisation('Lippetal');
  const centre = await test.centre('SOE', [erwitte, lippetal]);
  const serviceId = await addService(test, centre);
  const otherServiceId = await addService(test, centre);
  await addAgreement(test, centre, erwitte, [serviceId, otherServiceId]);
  await addAgreement(test, centre, lippetal, [otherServiceId]);
  return {
    test,
    clock,
    erwitte,
    lippetal,
    centre,
    serviceId,
    otherServiceId,
    finance: await test.caller(centre, ['finance']),
    member: await test.caller(erwitte, ['member-finance']),
    event: (change = {}) => ({
      organisationId: erwitte.id,
      serviceId,
      source: 'telephone-system',
      idempotencyKey: newId(),
      quantity: '1',
      occurredAt: '2026-11-02T10:00:00Z',
      ...change,
    }),
    countEvents: async () => {
      const [row] = await test.owner.sql<{ n: number }[]>`select count(*)::int as n from usage_events`;
      return row?.n ?? 0;
    },
  };
}

export async function addService({ owner }: TestApp, centre: Hat): Promise<string> {
  const id = newId();
  await owner.sql`insert into services (id, centre_id, code, title, category) values (${id}, ${centre.id}, ${`s-${id.slice(-12)}`}, 'Anruf', 'phone')`;
  return id;
}

export async function addAgreement(
  { owner: { sql } }: TestApp,
  centre: Hat,
  member: Hat,
  serviceIds: readonly string[],
  [from, to]: readonly [string, string] = ['2026-01-01', '2027-01-01'],
): Promise<string> {
  const agreementId = newId();
  const versionId = newId();
  await sql`insert into agreements (id, centre_id, title, mode) values (${agreementId}, ${centre.id}, 'Vereinbarung', 'delegating')`;
  await sql`insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, valid_to, organisation_ids, service_ids, data_protection_role)
    values (${versionId}, ${centre.id}, ${agreementId}, 1, 'in_force', ${from}, ${to}, ${[member.id]}, ${serviceIds}, 'controller')`;
  for (const serviceId of serviceIds) {
    await sql`insert into agreement_coverage (centre_id, agreement_version_id, organisation_id, service_id, valid_from, valid_to)
      values (${centre.id}, ${versionId}, ${member.id}, ${serviceId}, ${from}, ${to})`;
  }
  return versionId;
}

/** What the tests look at in answers: an event, a batch, a page, a summary or a problem. */
export interface Body extends UsageEventView {
  readonly results: readonly { readonly status: string; readonly id: string }[];
  readonly items: readonly UsageEventView[];
  readonly nextCursor: string | null;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly code: string }[];
  readonly from: string;
  readonly to: string;
  readonly groupBy: readonly string[];
}
