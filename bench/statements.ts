import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import type { Sql } from 'postgres';
import { renderStatementFiles } from '../src/modules/billing/index.ts';
import { createModules, type Modules } from '../src/modules.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type HatContext, systemContext } from '../src/platform/context.ts';
import { type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { newId } from '../src/platform/ids.ts';
import { createQueueSystem } from '../src/platform/jobs/queues.ts';
import { startWorkers } from '../workers/main.ts';
import { BENCH_SECRET } from './world.ts';

const SERVICES = 10;
const YEAR = '2025';
const POLL_MS = 500;
const SETTINGS = {
  mail: undefined,
  validator: undefined,
  accessTokenSeconds: 600,
  sessions: { authSecret: BENCH_SECRET, refreshTokenSeconds: 600, passwordCost: 12, loginAttempts: 10 },
};

export interface StatementFigures {
  /** Statements from the request for a batch until all files are kept, a second. */
  readonly kept: number;
  /** The same files drawn one after the other and thrown away, a second. */
  readonly drawn: number;
  readonly peakMegabytes: number;
}

/** A year's statements of a centre with many members, each with all of its files, by the workers of one process. */
export async function statementsOfYear(
  target: DatabaseTarget,
  sql: Sql,
  members: number,
  say: (line: string) => void,
): Promise<StatementFigures> {
  const db = openDatabase(target, 'verbund_app', 10);
  const outbox = openDatabase(target, 'verbund_jobs', 3);
  const modules = createModules({ db, clock: systemClock, settings: SETTINGS });
  const queues = createQueueSystem({ backend: 'postgres', database: target });
  const log = pino({ level: 'warn' });
  const workers = startWorkers({ modules, queues, outbox, clock: systemClock, log, concurrency: 2 });
  try {
    const { centreId, people } = await makeCentre(sql, members);
    const [finance, second] = people.map((id) => as(centreId, id)) as [HatContext, HatContext];
    const periodId = await postRun(modules, finance, second);
    await sayWhoGetsWhat(modules, sql, centreId, finance, second);
    const { seconds, peakMegabytes } = await bill(modules, finance, periodId, members, say);
    const drawn = await drawnAlone(sql, centreId);
    return { kept: members / seconds, drawn, peakMegabytes };
  } finally {
    await workers.stop();
    await Promise.all([db.end(), outbox.end()]);
  }
}

const as = (centreId: string, id: string): HatContext => ({
  ...systemContext({ kind: 'centre', id: centreId }, systemClock.now(), newId()),
  actor: { id, name: 'Messung', kind: 'user' },
});

/** Services that all members share by head and by size, and what they cost. */
async function makeCentre(sql: Sql, members: number): Promise<{ centreId: string; people: string[] }> {
  const [centreId, operatorId, agreementId, versionId] = Array.from({ length: 4 }, newId) as [
    string,
    string,
    string,
    string,
  ];
  const ids = Array.from({ length: members }, newId);
  const services = Array.from({ length: SERVICES }, newId);
  const people = [newId(), newId()];
  const clause = {
    mode: 'cascade',
    tranches: [
      { id: 'standby', label: 'Vorhaltung', percent: '40', key: { type: 'equal' } },
      {
        id: 'size',
        label: 'Nach Größe',
        percent: '60',
        key: { type: 'fixed', values: Object.fromEntries(ids.map((id, at) => [id, String(at + 1)])) },
      },
    ],
  };
  await sql`insert into organisations (id, name, kind) select id, 'Mitglied ' || at, 'municipality' from unnest(${[operatorId, ...ids]}::uuid[]) with ordinality as m (id, at)`;
  await sql`insert into centres (id, operator_id, code, name) values (${centreId}, ${operatorId}, 'BIL', 'Abrechnungszentrum')`;
  await sql`insert into centre_members (centre_id, organisation_id, joined_on) select ${centreId}, id, '2020-01-01' from unnest(${ids}::uuid[]) id`;
  await sql`insert into services (id, centre_id, code, title, category) select id, ${centreId}, 'service-' || at, 'Leistung ' || at, 'bench' from unnest(${services}::uuid[]) with ordinality as s (id, at)`;
  await sql`insert into agreements (id, centre_id, title, mode) values (${agreementId}, ${centreId}, 'Vereinbarung', 'delegating')`;
  await sql`insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, data_protection_role, organisation_ids, service_ids, cost_clause)
    values (${versionId}, ${centreId}, ${agreementId}, 1, 'in_force', '2020-01-01', 'controller', ${ids}::uuid[], ${services}::uuid[], ${JSON.stringify(clause)}::text::jsonb)`;
  await sql`insert into users (id, email, name, password_hash) select id, id || '@example.org', 'Messung', '-' from unnest(${people}::uuid[]) id`;
  await sql`insert into cost_lines (id, centre_id, service_id, booked_on, cost_type, amount_cents, text, kind, category, recorded_by, recorded_at)
    select gen_random_uuid(), ${centreId}, id, '2025-06-30', 'Personal', 40000000 + at, 'Jahr', 'actual', 'cost', ${people[0] ?? ''}::uuid, now() from unnest(${services}::uuid[]) with ordinality as s (id, at)`;
  return { centreId, people };
}

async function postRun({ costing }: Modules, finance: HatContext, second: HatContext): Promise<string> {
  const { periods, runs } = costing;
  let period = await periods.create(finance, { code: YEAR });
  for (const action of ['close', 'freeze'] as const)
    period = await periods.act(finance, period.id, action, period.version);
  let run = await runs.create(finance, { periodId: period.id });
  const { id, resultHash } = run;
  run = await runs.act(finance, id, run.version, { action: 'submit' });
  run = await runs.act(second, id, run.version, { action: 'approve', resultHash });
  await runs.act(finance, id, run.version, { action: 'post' });
  return period.id;
}

const ADDRESS = { street: 'Hauptstraße 1', postCode: '00000', city: 'Musterstadt', country: 'DE' };
const MAIL = { scheme: 'EM', value: 'rechnung@example.org' };

async function sayWhoGetsWhat(
  { billing, vat }: Modules,
  sql: Sql,
  centreId: string,
  finance: HatContext,
  second: HatContext,
): Promise<void> {
  await billing.parties.putProfile(finance, centreId, 0, {
    seller: {
      name: 'Trägerstadt',
      centreName: 'Abrechnungszentrum',
      identifier: 'BENCH',
      address: ADDRESS,
      contact: { name: 'Kasse', phone: '+49 0000 0000-0', email: 'kasse@example.org' },
      electronicAddress: MAIL,
      bank: { holder: 'Kasse', iban: 'DE02120300000000202051' },
      taxNumber: '000/0000/0000',
    },
    paymentDays: 30,
  } as never);
  await billing.parties.confirmAccount(second, centreId, 1);
  const buyer = {
    name: 'Mitglied',
    address: ADDRESS,
    leitwegId: '04011000-1234512345-06',
    electronicAddress: MAIL,
  };
  await sql`insert into billing_recipients (centre_id, organisation_id, buyer, formats)
    select ${centreId}, organisation_id, ${JSON.stringify(buyer)}::text::jsonb, '{}' from centre_members where centre_id = ${centreId}`;
  const members = await sql<{ id: string }[]>`
    select organisation_id as id from centre_members where centre_id = ${centreId}`;
  const services = await sql<{ id: string }[]>`select id from services where centre_id = ${centreId}`;
  for (const { id } of services)
    await determine(
      vat,
      id,
      members.map((member) => member.id),
      finance,
      second,
    );
}

const FACTS = {
  consideration: true,
  sameLegalEntity: false,
  providerType: 'PUBLIC_LAW',
  recipientType: 'PUBLIC_LAW',
  legacyOption: false,
  basis: 'PRIVATE',
  smallBusinessWaived: true,
  previousYearTurnoverCents: 30_000_000,
  yearToDateTurnoverCents: 6_000_000,
};

async function determine(
  { determinations }: Modules['vat'],
  serviceId: string,
  organisationIds: string[],
  finance: HatContext,
  second: HatContext,
): Promise<void> {
  const made = await determinations.create(finance, {
    serviceId,
    organisationIds,
    validFrom: `${YEAR}-01-01`,
    validTo: `${Number(YEAR) + 1}-01-01`,
    facts: FACTS,
    grounds: 'Vertrag',
    evidence: [{ kind: 'agreement', title: 'Vertrag', date: '2020-01-01', fileNumber: '1' }],
  } as never);
  const { version, contentHash } = await determinations.act(finance, made.id, made.version, {
    action: 'submit',
  });
  await determinations.act(second, made.id, version, { action: 'approve', contentHash });
}

async function bill(
  { billing: { batches } }: Modules,
  finance: HatContext,
  periodId: string,
  members: number,
  say: (line: string) => void,
): Promise<{ seconds: number; peakMegabytes: number }> {
  const started = performance.now();
  const elapsed = () => ((performance.now() - started) / 1000).toFixed(1);
  const { id } = await batches.create(finance, { periodId });
  let peak = 0;
  let isSigned = false;
  let next = 0;
  for (;;) {
    await pause(POLL_MS);
    peak = Math.max(peak, process.memoryUsage.rss());
    const { status, progress, version, contentHash, failure, blocked } = await batches.get(finance, id);
    if (failure !== null || blocked.length > 0) throw new Error(JSON.stringify({ failure, blocked }));
    if (status === 'ready' && contentHash !== null && !isSigned) {
      say(`  ${progress.statements} drafts after ${elapsed()} s`);
      await batches.issue(finance, id, version, contentHash);
      isSigned = true;
    }
    if (progress.rendered >= next && progress.rendered > 0) {
      say(
        `  ${progress.rendered} of ${members} with all files after ${elapsed()} s, ${Math.round(process.memoryUsage.rss() / 1_048_576)} MB`,
      );
      next = progress.rendered + members / 4;
    }
    if (progress.rendered === members) break;
  }
  return { seconds: (performance.now() - started) / 1000, peakMegabytes: Math.round(peak / 1_048_576) };
}

/** Some of the documents, drawn by nothing but the renderers. */
async function drawnAlone(sql: Sql, centreId: string): Promise<number> {
  const rows = await sql<{ document: Parameters<typeof renderStatementFiles>[0] }[]>`
    select document from statements where centre_id = ${centreId} limit 40`;
  const started = performance.now();
  for (const { document } of rows) await renderStatementFiles(document);
  return rows.length / ((performance.now() - started) / 1000);
}
