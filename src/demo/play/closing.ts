import type { RunDetailView, RunLineView } from '../../modules/costing/index.ts';
import type { RequestView } from '../../modules/requests/index.ts';
import { ledgerCsv, ledgerTotalCents } from '../ledger.ts';
import { reportedEvents } from '../reported.ts';
import { known } from '../seed/centres.ts';
import type { Quarter } from '../seed/days.ts';
import type { Client } from './client.ts';
import type { Stage } from './stage.ts';
import { until } from './weeks.ts';

/** What does not add up; the play fails with it. */
export class InconsistentError extends Error {
  override readonly name = 'InconsistentError';
}

export function assertEqual(what: string, found: unknown, expected: unknown): void {
  if (found === expected) return;
  throw new InconsistentError(`${what}: ${String(found)} statt ${String(expected)}`);
}

/** Other programs report the usage of a month; says how many events. */
export async function reportMonth(stage: Stage, quarter: Quarter, month: number): Promise<number> {
  const { centre, organisationIds, programs } = stage;
  let count = 0;
  for (const usage of centre.spec.reported ?? []) {
    const program = programs.get(usage.account);
    if (program === undefined) throw new Error(`there is no account ${usage.account}`);
    const serviceId = known(centre.serviceIds, usage.service);
    const events = reportedEvents(usage, quarter, month, { serviceId, organisationIds });
    if (usage.shape === 'calls') await sendStream(program, events);
    else await program.call('POST', '/usage-events', { body: events });
    count += events.length;
  }
  return count;
}

async function sendStream(program: Client, events: readonly object[]): Promise<void> {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const answer = await program.call<string>('POST', '/usage-events', {
    file: { text, contentType: 'application/x-ndjson' },
  });
  const results = answer
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { status: string });
  assertEqual('Zeilen der Antwort', results.length, events.length);
  assertEqual('abgelehnte Zeilen', results.filter(({ status }) => status === 'refused').length, 0);
}

/** Waits until the timers have closed every result, and all of it is counted. */
export async function settled(
  { finance, caseworkers: [lead] }: Stage,
  { code }: Quarter,
  filed: number,
): Promise<void> {
  if (lead === undefined) throw new Error('a centre has caseworkers');
  await until('results are closed', async () => {
    const open = '/service-requests?status=submitted,accepted,in_progress,on_hold,resolved&limit=1';
    const { items } = await lead.call<{ items: RequestView[] }>('GET', open.replaceAll(',', '&status='));
    return items.length === 0 ? true : undefined;
  });
  await until('closed requests are counted', async () => {
    const summary = await finance.call<{ items: { source: string; eventCount: number }[] }>(
      'GET',
      `/usage-summary?period=${code}&groupBy=source`,
    );
    const counted = summary.items.filter(({ source }) => source === 'request');
    return counted.reduce((sum, { eventCount }) => sum + eventCount, 0) === filed ? true : undefined;
  });
}

/** A posted run with its lines. */
export interface PostedRun {
  readonly stage: Stage;
  readonly run: RunDetailView;
  readonly lines: readonly RunLineView[];
}

/** The finance staff's work after the end of the quarter; another person approves. */
export async function closeBooks(stage: Stage, quarter: Quarter): Promise<PostedRun> {
  const { finance, approver, centre } = stage;
  await importLedger(stage, quarter);
  let period = await finance.call<{ id: string; version: number }>('POST', '/billing-periods', {
    body: { code: quarter.code },
  });
  for (const action of ['close', 'freeze'])
    period = await step(finance, `/billing-periods/${period.id}`, action, {}, period.version);
  let run = await finance.call<RunDetailView>('POST', '/allocation-runs', { body: { periodId: period.id } });
  const path = `/allocation-runs/${run.id}`;
  run = await step(finance, path, 'submit', {}, run.version);
  run = await step(approver, path, 'approve', { resultHash: run.resultHash }, run.version);
  run = await step(finance, path, 'post', {}, run.version);
  assertEqual(`${centre.spec.code}: Zustand des Laufs`, run.status, 'posted');
  return { stage, run, lines: await linesOf(finance, path) };
}

function step<T>(by: Client, path: string, action: string, body: object, version: number): Promise<T> {
  return by.call('POST', `${path}/actions/${action}`, { body, version });
}

/** Cost comes as a file from the ledger: first a dry run, then in earnest. */
async function importLedger({ finance, centre: { spec } }: Stage, quarter: Quarter): Promise<void> {
  const file = { text: ledgerCsv(spec, quarter), contentType: 'text/csv' };
  const expected = ledgerTotalCents(spec, quarter);
  const preview = await finance.call<{ amountCents: number; issueCount: number }>(
    'POST',
    '/cost-line-imports?dryRun=true',
    { file },
  );
  assertEqual(`${spec.code}: Fehler im Probelauf`, preview.issueCount, 0);
  assertEqual(`${spec.code}: Summe des Probelaufs`, preview.amountCents, expected);
  const imported = await finance.call<{ amountCents: number }>('POST', '/cost-line-imports', { file });
  assertEqual(`${spec.code}: Summe des Imports`, imported.amountCents, expected);
}

async function linesOf(finance: Client, path: string): Promise<RunLineView[]> {
  const lines: RunLineView[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: RunLineView[]; nextCursor: string | null } = await finance.call(
      'GET',
      `${path}/lines?limit=200${after}`,
    );
    lines.push(...page.items);
    cursor = page.nextCursor;
  }
  return lines;
}

/** Everything that must add up: lines, services, members, and what each member itself is shown. */
export async function assertConsistent({ stage, run, lines }: PostedRun, quarter: Quarter): Promise<void> {
  const { spec } = stage.centre;
  const sumOf = (items: readonly { amountCents: number }[]): number =>
    items.reduce((sum, { amountCents }) => sum + amountCents, 0);
  assertEqual(`${spec.code}: Summe des Laufs`, run.amountCents, ledgerTotalCents(spec, quarter));
  assertEqual(`${spec.code}: Summe der Zeilen`, sumOf(lines), run.amountCents);
  for (const pool of run.pools)
    assertEqual(
      `${spec.code}: Summe der Zeilen von ${pool.serviceCode}`,
      sumOf(lines.filter(({ serviceId }) => serviceId === pool.serviceId)),
      pool.amountCents,
    );
  for (const { organisationId, member, amountCents } of run.members) {
    const own = lines.filter((line) => line.organisationId === organisationId);
    assertEqual(`${spec.code}: Summe der Zeilen von ${member}`, sumOf(own), amountCents);
    const seen = await stage.payers.get(member)?.call<RunDetailView>('GET', `/allocation-runs/${run.id}`);
    assertEqual(`${spec.code}: Betrag, den ${member} sieht`, seen?.amountCents, amountCents);
    assertEqual(`${spec.code}: Mitglieder, die ${member} sieht`, seen?.members.length, 1);
  }
}
