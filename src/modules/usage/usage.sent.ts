import { type Day, dayOf, plusDays } from '../../platform/clock.ts';
import { groupBy } from '../../platform/collections.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { costClausesFor } from '../agreements/index.ts';
import { usageRulesOf } from '../catalogue/index.ts';
import { frozenDays } from './usage.frozen.repo.ts';
import { inUnit, type Outcome, type Prepared, type Recorded, recordEach } from './usage.recording.ts';
import type { NewEvent } from './usage.repo.ts';
import type { UsageEventView } from './usage.schemas.ts';
import { recordedUnits } from './usage.units.repo.ts';
import {
  type CountedMeter,
  type KnownUnits,
  meterInYear,
  nameOfMeter,
  type RecordedUnit,
  unitFor,
  unitWarning,
} from './usage.units.rules.ts';
import { lateWarning, meterWarning } from './usage.warnings.rules.ts';

/**
 * Records what was sent to us: fills in the units that were left out, and says of each event that it wrote what will be in somebody's
 * way later on. The number of statements does not grow with the events.
 * @param memory what is known of units from what was sent before, by one sender in one stream
 */
export async function recordSent(
  tx: HatTx,
  ctx: HatContext,
  prepared: readonly Prepared[],
  memory: UnitMemory = { recorded: new Map(), rules: new Map() },
): Promise<Outcome[]> {
  const events = prepared.filter((one) => 'bodyHash' in one);
  if (events.length === 0) return recordEach(tx, ctx, prepared);
  const known = await readUnits(tx, ctx.hat.id, events, memory);
  const completed = prepared.map((one) => ('bodyHash' in one ? withUnit(one, known) : one));
  const outcomes = await recordEach(tx, ctx, completed);
  const written = completed.flatMap((one, at) =>
    'bodyHash' in one && outcomes[at]?.status === 'created' ? [{ event: one, at }] : [],
  );
  if (written.length === 0) return outcomes;
  const serviceIds = serviceIdsOf(events);
  const { from, to } = daysOf(written.map(({ event }) => event));
  const [clauses, frozen] = await Promise.all([
    costClausesFor(tx, ctx.hat.id, serviceIds, from, to),
    frozenDays(tx, ctx.hat.id, from, to),
  ]);
  // Most events of a file are of a few services, members and days.
  for (const alike of groupBy(written, ({ event }) => warnedBy(event)).values()) {
    const { event } = alike[0] as (typeof alike)[number];
    const warnings = [
      ...unitWarning(event, known),
      ...meterWarning(event, clauses),
      ...lateWarning(event, frozen),
    ];
    if (warnings.length === 0) continue;
    for (const { at } of alike) {
      const outcome = outcomes[at] as Outcome;
      if (outcome.status !== 'refused') outcomes[at] = { ...outcome, warnings };
    }
  }
  return outcomes;
}

/** A correction lies on the day of what it corrects, and comes too late where that is frozen. */
export async function withLateness(
  tx: HatTx,
  ctx: HatContext,
  recorded: Recorded,
  event: Pick<UsageEventView, 'occurredAt' | 'occurredOn'>,
): Promise<Recorded> {
  if (recorded.status === 'existing') return recorded;
  const { occurredOn: day } = event;
  const warnings = lateWarning(event, await frozenDays(tx, ctx.hat.id, day, plusDays(day, 1)));
  return warnings.length === 0 ? recorded : { ...recorded, warnings };
}

/** All that warnings follow from. */
const warnedBy = ({ serviceId, organisationId, occurredAt, unit, meter }: NewEvent): string =>
  JSON.stringify([serviceId, organisationId, dayOf(occurredAt), unit, meter]);

const serviceIdsOf = (events: readonly NewEvent[]): string[] => [
  ...new Set(events.map(({ serviceId }) => serviceId)),
];

/** From the first day of use to the day after the last. */
function daysOf(events: readonly NewEvent[]): { from: Day; to: Day } {
  const days = events.map(({ occurredAt }) => dayOf(occurredAt)).sort();
  return { from: days[0] as Day, to: plusDays(days.at(-1) as Day, 1) };
}

/** What is known of units, kept for as long as a sender sends: a stream asks once for each meter and not with each chunk. */
export interface UnitMemory extends KnownUnits {
  readonly recorded: Map<string, readonly RecordedUnit[]>;
  readonly rules: Map<string, CountedMeter | undefined>;
}

async function readUnits(
  tx: HatTx,
  centreId: string,
  events: readonly NewEvent[],
  { recorded, rules }: UnitMemory,
): Promise<KnownUnits> {
  const meters = new Map(events.map(meterInYear).map((meter) => [nameOfMeter(meter), meter]));
  const newMeters = [...meters].filter(([name]) => !recorded.has(name));
  const newServices = serviceIdsOf(events).filter((id) => !rules.has(id));
  if (newMeters.length + newServices.length === 0) return { recorded, rules };
  const [units, counted] = await Promise.all([
    recordedUnits(
      tx,
      centreId,
      newMeters.map(([, meter]) => meter),
    ),
    usageRulesOf(tx, newServices),
  ]);
  const byMeter = groupBy(units, nameOfMeter);
  for (const [name] of newMeters) recorded.set(name, byMeter.get(name) ?? []);
  for (const id of newServices) rules.set(id, counted.get(id));
  return { recorded, rules };
}

const withUnit = (event: NewEvent, known: KnownUnits): NewEvent =>
  event.isUnitOpen === true ? inUnit(event, unitFor(event, known)) : event;
