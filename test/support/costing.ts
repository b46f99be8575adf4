import type { LightMyRequestResponse } from 'fastify';
import type { Test } from 'tap';
import { costingCalculations } from '../../src/modules/costing/index.ts';
import { runCompute } from '../../src/platform/calculations/run-compute.ts';
import { fixedClock } from '../../src/platform/clock.ts';
import type { Hat } from '../../src/platform/context.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Caller, startTestApp, type TestApp } from './app.ts';
import { must } from './services.ts';

export const CLOSED_AT = '2026-10-05T08:00:00.000Z';

export interface CostingWorld {
  readonly test: TestApp;
  readonly clock: ReturnType<typeof fixedClock>;
  readonly erwitte: Hat;
  readonly anroechte: Hat;
  /** A special-purpose association without AGS. */
  readonly association: Hat;
  readonly centre: Hat;
  readonly finance: Caller;
  readonly colleague: Caller;
  readonly auditor: Caller;
  readonly catalogueManager: Caller;
  readonly member: Caller;
  readonly otherMember: Caller;
  /** Finance of another centre that has its own members. */
  readonly stranger: Caller;
  readonly marriage: string;
  readonly certificates: string;
  readonly periodId: string;
}

export const STANDBY_AND_CASES = {
  mode: 'cascade',
  tranches: [
    { id: 'standby', label: 'Vorhaltung', percent: '30', key: { type: 'population', basis: 'census-2022' } },
    { id: 'use', label: 'Fälle', percent: '70.0', key: { type: 'cases', meter: 'cases' } },
  ],
};

/** A centre with three members, two services, clauses, figures, cost and usage of the third quarter of 2026. */
export async function startCostingWorld(t: Test): Promise<CostingWorld> {
  const clock = fixedClock(CLOSED_AT);
  const test = await startTestApp(t, { clock });
  const erwitte = await test.organisation('=Erwitte', '05974016');
  const anroechte = await test.organisation('Anröchte', '05974004');
  const association = await test.organisation('Zweckverband Hellweg');
  const centre = await test.centre('SOE', [erwitte, anroechte, association]);
  const neighbour = await test.centre('PB', [erwitte]);
  const { sql } = test.owner;
  for (const [hat, figure] of [
    [erwitte, 16000],
    [anroechte, 10000],
    [association, 1],
  ] as const) {
    await sql`insert into organisation_populations (organisation_id, as_of, basis, population, source) values
      (${hat.id}, '2025-12-31', 'census-2022', ${figure}, 'IT.NRW'), (${hat.id}, '2026-12-31', 'census-2022', 1, 'IT.NRW'),
      (${hat.id}, '2026-06-30', 'census-2011', 5, 'IT.NRW')`;
  }
  const finance = await test.caller(centre, ['finance'], 'Fina Finanz');
  const world = {
    test,
    clock,
    erwitte,
    anroechte,
    association,
    centre,
    finance,
    colleague: await test.caller(centre, ['finance'], 'Karla Kollegin'),
    auditor: await test.caller(centre, ['auditor']),
    catalogueManager: await test.caller(centre, ['catalogue-manager']),
    member: await test.caller(erwitte, ['member-finance']),
    otherMember: await test.caller(anroechte, ['member-admin']),
    stranger: await test.caller(neighbour, ['finance', 'centre-admin']),
    marriage: await addService(test, centre, 'marriage', 'Eheschließung'),
    certificates: await addService(test, centre, 'certificates', '@Urkunden'),
    periodId: (await must(finance, 'POST', '/billing-periods', { code: '2026-Q3' })).id,
  };
  return world;
}

export async function addService(
  { owner }: TestApp,
  centre: Hat,
  code: string,
  title: string,
): Promise<string> {
  const id = newId();
  await owner.sql`insert into services (id, centre_id, code, title, category) values (${id}, ${centre.id}, ${code}, ${title}, 'registry')`;
  return id;
}

/** A wording in force, and the coverage that follows from it. */
export async function addWording(
  { test: { owner }, centre }: CostingWorld,
  serviceIds: readonly string[],
  members: readonly Hat[],
  costClause: unknown,
  change: {
    agreementId?: string;
    from?: string;
    to?: string | null;
    number?: number;
    priceClause?: object;
  } = {},
): Promise<{ agreementId: string; versionId: string }> {
  const { sql } = owner;
  const { from = '2026-01-01', to = null, number = 1 } = change;
  const agreementId = change.agreementId ?? newId();
  const versionId = newId();
  const ids = members.map(({ id }) => id);
  if (change.agreementId === undefined) {
    await sql`insert into agreements (id, centre_id, title, mode) values (${agreementId}, ${centre.id}, 'Vereinbarung', 'delegating')`;
  }
  await sql`insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, valid_to, organisation_ids, service_ids, cost_clause, price_clause, data_protection_role)
    values (${versionId}, ${centre.id}, ${agreementId}, ${number}, 'in_force', ${from}, ${to}, ${ids}, ${serviceIds as string[]},
      ${costClause === null ? null : JSON.stringify(costClause)}::text::jsonb,
      ${change.priceClause === undefined ? null : JSON.stringify(change.priceClause)}::text::jsonb, 'controller')`;
  await sql`insert into agreement_coverage (centre_id, agreement_version_id, organisation_id, service_id, valid_from, valid_to)
    select ${centre.id}, ${versionId}, party, service, ${from}::date, ${to}::date from unnest(${ids}::uuid[]) party, unnest(${serviceIds as string[]}::uuid[]) service`;
  return { agreementId, versionId };
}

/** Usage through the API, on a day of the quarter. */
export async function use(
  { finance }: CostingWorld,
  organisation: Hat,
  serviceId: string,
  quantity: string,
  change: Record<string, unknown> = {},
): Promise<void> {
  await must(finance, 'POST', '/usage-events', {
    organisationId: organisation.id,
    serviceId,
    source: 'counter',
    idempotencyKey: newId(),
    quantity,
    occurredAt: '2026-08-01T10:00:00Z',
    ...change,
  });
}

export async function addCost(
  { finance }: CostingWorld,
  serviceId: string,
  amountCents: number,
  bookedOn = '2026-08-15',
): Promise<void> {
  await must(finance, 'POST', '/cost-lines', {
    serviceId,
    bookedOn,
    costType: 'Personal',
    amountCents,
    text: 'Gehälter',
  });
}

/** Agreement, usage and cost from which a first run can be computed. */
export async function fillQuarter(world: CostingWorld): Promise<void> {
  const { erwitte, anroechte, association, marriage, certificates } = world;
  await addWording(world, [marriage], [erwitte, anroechte, association], STANDBY_AND_CASES);
  await addWording(world, [certificates], [erwitte, anroechte], {
    mode: 'composite',
    tranches: [
      { id: 'half', label: 'Kopf', percent: '50', key: { type: 'equal' } },
      {
        id: 'rest',
        label: 'Anteil',
        percent: '50',
        key: { type: 'fixed', values: { '05974016': '02', [anroechte.id]: '1' } },
      },
    ],
  });
  await use(world, erwitte, marriage, '7');
  await use(world, anroechte, marriage, '4');
  await use(world, erwitte, marriage, '90', { meter: 'minutes' });
  await use(world, anroechte, marriage, '100', { occurredAt: '2026-10-01T00:00:00Z' });
  await addCost(world, marriage, 1_000_000);
  await addCost(world, marriage, -99_999, '2026-07-01');
  await addCost(world, marriage, 5, '2026-10-01');
  await addCost(world, certificates, 10_001, '2026-09-30');
}

export interface RunBody {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly version: number;
  readonly amountCents: number;
  readonly inputHash: string;
  readonly resultHash: string;
  readonly availableActions: readonly string[];
  readonly correctsRunId: string | null;
  readonly created: { readonly by: { readonly name: string } | null };
  readonly pools: readonly { readonly serviceCode: string; readonly amountCents: number }[];
  readonly members: readonly { readonly member: string; readonly amountCents: number }[];
}

export interface LineBody {
  readonly position: number;
  readonly serviceCode: string;
  readonly organisationId: string;
  readonly member: string;
  readonly trancheId: string | null;
  readonly amountCents: number;
  readonly roundingCents: number;
  readonly exactCents: string;
  readonly parts: readonly {
    readonly share: string;
    readonly weight: string;
    readonly weightTotal: string;
    readonly key: { readonly type: string; readonly asOf?: string; readonly values?: unknown };
  }[];
}

export interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

export const problemOf = (answer: LightMyRequestResponse): ProblemBody => answer.json();

export function createRun({ finance, periodId }: CostingWorld, more: object = {}): Promise<RunBody> {
  return must<RunBody>(finance, 'POST', '/allocation-runs', { periodId, ...more });
}

/** Any step of a run, with the ETag of the state given. */
export function act(
  caller: Caller,
  run: Pick<RunBody, 'id' | 'version'>,
  action: string,
  body?: object,
): Promise<LightMyRequestResponse> {
  const etag = { 'if-match': `"${run.version}"` };
  return caller.call('POST', `/allocation-runs/${run.id}/actions/${action}`, body, etag);
}

export async function step(
  caller: Caller,
  run: Pick<RunBody, 'id' | 'version'>,
  action: string,
  body?: object,
): Promise<RunBody> {
  const answer = await act(caller, run, action, body);
  if (answer.statusCode !== 200) throw new Error(`${action}: ${answer.statusCode} ${answer.body}`);
  return answer.json();
}

/** Moves the period to frozen, from wherever it stands. */
export async function freeze({ finance, periodId }: CostingWorld): Promise<void> {
  for (const action of ['close', 'freeze']) await movePeriod(finance, periodId, action);
}

export async function movePeriod(
  caller: Caller,
  periodId: string,
  action: string,
): Promise<{ state: string; version: number }> {
  const { version } = await must(caller, 'GET', `/billing-periods/${periodId}`);
  const etag = { 'if-match': `"${version}"` };
  return must(caller, 'POST', `/billing-periods/${periodId}/actions/${action}`, undefined, etag);
}

/** From a draft to a posted run, with a second pair of eyes. */
export async function postRun(world: CostingWorld, draft: RunBody): Promise<RunBody> {
  const submitted = await step(world.finance, draft, 'submit');
  const approved = await step(world.colleague, submitted, 'approve', { resultHash: draft.resultHash });
  return step(world.finance, approved, 'post');
}

export async function linesOf(caller: Caller, id: string, query = 'limit=200'): Promise<LineBody[]> {
  const { items } = await must<{ items: LineBody[] }>(caller, 'GET', `/allocation-runs/${id}/lines?${query}`);
  return items;
}

/** Exit code of `verbund compute --verify` for the text of a file. */
export async function verifyFile(text: string): Promise<number> {
  const sink = { write: () => true };
  const stdin = (async function* () {
    yield text;
  })();
  const readFile = () => Promise.reject(new Error('no files here'));
  return runCompute(['--verify', '-'], { stdin, stdout: sink, stderr: sink, readFile }, costingCalculations);
}
