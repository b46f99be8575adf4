import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { FieldError } from '../../platform/errors.ts';
import { hashOf } from '../../platform/hash.ts';
import { usageRulesOf } from '../catalogue/index.ts';
import { type Outcome, type Prepared, type Recorded, recordEach } from './usage.recording.ts';
import type { NewEvent } from './usage.repo.ts';
import { recordedUnits } from './usage.units.repo.ts';
import { type KnownUnits, unitFor, unitWarning, yearOf } from './usage.units.rules.ts';

/**
 * Records what was sent to us: fills in the units that were left out, and says of each event that it wrote what will be in somebody's
 * way later on. The number of statements does not grow with the events.
 */
export async function recordSent(
  tx: HatTx,
  ctx: HatContext,
  prepared: readonly Prepared[],
): Promise<Outcome[]> {
  const events = prepared.filter((one) => 'bodyHash' in one);
  if (events.length === 0) return recordEach(tx, ctx, prepared);
  const known = await readUnits(tx, ctx.hat.id, events);
  const completed = prepared.map((one) => ('bodyHash' in one ? withUnit(one, known) : one));
  const outcomes = await recordEach(tx, ctx, completed);
  return outcomes.map((outcome, at) => {
    const event = completed[at];
    if (outcome.status !== 'created' || event === undefined || !('bodyHash' in event)) return outcome;
    return withWarnings(outcome, unitWarning(event, known));
  });
}

function withWarnings(outcome: Recorded, warnings: FieldError[]): Recorded {
  return warnings.length === 0 ? outcome : { ...outcome, warnings };
}

async function readUnits(tx: HatTx, centreId: string, events: readonly NewEvent[]): Promise<KnownUnits> {
  const serviceIds = [...new Set(events.map(({ serviceId }) => serviceId))];
  const years = [...new Set(events.map(({ occurredAt }) => yearOf(dayOf(occurredAt))))];
  const meters = [...new Set(events.map(({ meter }) => meter))];
  const [recorded, rules] = await Promise.all([
    recordedUnits(tx, centreId, years, serviceIds, meters),
    usageRulesOf(tx, serviceIds),
  ]);
  return { recorded, rules };
}

function withUnit(event: NewEvent, known: KnownUnits): NewEvent {
  if (event.isUnitOpen !== true) return event;
  const unit = unitFor(event, known);
  if (unit === event.unit) return event;
  const { id, isUnitOpen, bodyHash: _, ...facts } = event;
  const changed = { ...facts, unit };
  return { ...changed, id, isUnitOpen, bodyHash: hashOf(changed) };
}
