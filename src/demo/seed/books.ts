import type { RunDetailView } from '../../modules/costing/index.ts';
import type { UsageEventInput } from '../../modules/usage/index.ts';
import type { Modules } from '../../modules.ts';
import { dayOf, type Moment } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import { ledgerCsv } from '../ledger.ts';
import { randomFor } from '../random.ts';
import { reportedEvents } from '../reported.ts';
import type { Ags, ServiceSpec } from '../world/index.ts';
import { whoIs } from './accounts.ts';
import { known, type SeededCentre } from './centres.ts';
import { asPerson, once, type SeededPerson } from './contexts.ts';
import { at, type Quarter, quarterBefore, quarterOf, weekdays } from './days.ts';
import { seedGrant } from './grants.ts';
import { type Hats, hatOf } from './organisations.ts';
import { seedInstalments, seedPayments } from './receivables.ts';

const BATCH = 1000;
const MINUTE = 60;
/** Cases that the members' own systems counted before they moved over. */
const LEGACY_SOURCE = 'altverfahren';

/** How far the books of the last quarter have come, by centre; where nothing is said, the period is still open. */
const BOOKS: Readonly<Record<string, 'posted' | 'in_review'>> = {
  SOE: 'posted',
  TSC: 'posted',
  FSS: 'in_review',
};

/** The last quarter: usage, cost, in some centres the run that shares it out and what comes of it; and what the current one begins with. */
export async function seedBooks(
  modules: Modules,
  centre: SeededCentre,
  crew: readonly SeededPerson[],
  hats: Hats,
  now: Moment,
): Promise<void> {
  const { hat, hatName, spec } = centre;
  const as = (role: string): HatContext => asPerson(whoIs(crew, hatName, role), hatName, hat, now);
  const quarter = quarterBefore(dayOf(now));
  const members = new Map(spec.members.map((ags) => [ags, hatOf(hats, `organisation:${ags}`).id]));
  await seedUsage(modules, centre, members, quarter, as('finance'));
  await modules.costing.costLines.importFile(
    once(as('finance'), `ledger:${quarter.code}`),
    { bytes: Buffer.from(ledgerCsv(spec, quarter)), format: 'csv' },
    { repeat: false, dryRun: false },
  );
  const { periods } = modules.costing;
  const { id } = await periods.create(once(as('finance'), `period:${quarter.code}`), { code: quarter.code });
  const current = quarterOf(dayOf(now));
  const { id: currentId } = await periods.create(once(as('finance'), `period:${current.code}`), {
    code: current.code,
  });
  await seedGrant(modules, centre, hats, as);
  const goal = BOOKS[spec.code];
  if (goal === undefined) return;
  await seedRun(modules, id, goal, as);
  if (goal !== 'posted') return;
  await seedStatements(modules, id, as('finance'));
  await seedPayments(modules, id, as('finance'));
  await seedInstalments(modules, centre, { current, currentId, lastId: id }, as);
}

/** Members are sent what they pay; the workers make the files. */
async function seedStatements({ billing }: Modules, periodId: string, ctx: HatContext): Promise<void> {
  const { batches } = billing;
  const { id } = await batches.create(once(ctx, 'statements'), { periodId });
  await batches.prepare(ctx, id);
  const { status, version, contentHash, failure, blocked } = await batches.get(ctx, id);
  if (failure !== null || blocked.length > 0) throw new Error(JSON.stringify({ failure, blocked }));
  if (status === 'ready' && contentHash !== null) await batches.issue(ctx, id, version, contentHash);
  await batches.issueAll(ctx, id);
}

async function seedUsage(
  { usage }: Modules,
  { spec, serviceIds }: SeededCentre,
  members: ReadonlyMap<Ags, string>,
  quarter: Quarter,
  ctx: HatContext,
): Promise<void> {
  const events = spec.services.flatMap((service) =>
    legacyEvents(service, known(serviceIds, service.code), members, quarter),
  );
  for (const report of spec.reported ?? []) {
    const targets = { serviceId: known(serviceIds, report.service), organisationIds: members };
    for (const month of [0, 1, 2]) events.push(...reportedEvents(report, quarter, month, targets));
  }
  for (let from = 0; from < events.length; from += BATCH)
    await usage.recordBatch(ctx, events.slice(from, from + BATCH));
}

/** One event for each case of the quarter; each counts once, however often this runs. */
function legacyEvents(
  { code, usage, perQuarter, sample }: ServiceSpec,
  serviceId: string,
  members: ReadonlyMap<Ags, string>,
  quarter: Quarter,
): UsageEventInput[] {
  const random = randomFor(`legacy ${code} ${quarter.code}`);
  const days = weekdays(quarter.firstDay, quarter.endDay);
  return Object.entries(perQuarter).flatMap(([ags, cases]) =>
    Array.from({ length: cases }, (_, index): UsageEventInput => {
      const { formData } = sample(random);
      const { quantity } = usage;
      return {
        organisationId: members.get(ags) ?? '',
        serviceId,
        source: LEGACY_SOURCE,
        idempotencyKey: `${code}/${quarter.code}/${ags}/${index}`,
        meter: usage.meter,
        unit: usage.unit,
        quantity: 'fixed' in quantity ? quantity.fixed : String(formData[quantity.formField.slice(1)]),
        occurredAt: at(random.pick(days), random.between(8 * MINUTE, 16 * MINUTE)),
      };
    }),
  );
}

/** Finance computes and submits; another person approves. */
async function seedRun(
  { costing }: Modules,
  periodId: string,
  goal: 'posted' | 'in_review',
  as: (role: string) => HatContext,
): Promise<void> {
  const { periods, runs } = costing;
  let period = await periods.get(as('finance'), periodId);
  for (const [state, action] of [
    ['open', 'close'],
    ['grace', 'freeze'],
  ] as const)
    if (period.state === state) period = await periods.act(as('finance'), periodId, action, period.version);
  const { id } = await runs.create(once(as('finance'), `run:${period.code}`), { periodId });
  let run: RunDetailView = await runs.get(as('finance'), id);
  if (run.status === 'draft') run = await runs.act(as('finance'), id, run.version, { action: 'submit' });
  if (goal === 'in_review') return;
  const { resultHash } = run;
  if (run.status === 'in_review')
    run = await runs.act(as('centre-admin'), id, run.version, { action: 'approve', resultHash });
  if (run.status === 'approved') await runs.act(as('finance'), id, run.version, { action: 'post' });
}
