import type { UsageEventInput } from '../modules/usage/index.ts';
import { randomFor } from './random.ts';
import { at, monthsOf, type Quarter, weekdays } from './seed/days.ts';
import type { Ags, ReportedUsage } from './world/index.ts';

const MINUTE = 60;
const LINES = ['Bürgerservice', 'Ordnung', 'Soziales', 'Zulassung'];
/** The exchange counts in steps of six seconds: tenths of a minute are exact. */
const STEP_SECONDS = 6;

export interface UsageTargets {
  readonly serviceId: string;
  readonly organisationIds: ReadonlyMap<Ags, string>;
}

/** What another program reports about one month. Invented, and the same in every run. */
export function reportedEvents(
  usage: ReportedUsage,
  quarter: Quarter,
  month: number,
  { serviceId, organisationIds }: UsageTargets,
): UsageEventInput[] {
  const months = [...monthsOf(quarter), quarter.endDay];
  const days = weekdays(months[month] as string, months[month + 1] as string);
  const random = randomFor(`${usage.source} ${quarter.code} ${month}`);
  return Object.entries(usage.perMonth).flatMap(([ags, amount]): UsageEventInput[] => {
    const { source, meter, unit } = usage;
    const organisationId = organisationIds.get(ags) ?? '';
    const event = { organisationId, serviceId, source, meter, unit };
    if (usage.shape === 'total') {
      const occurredAt = at(days.at(-1) as string, 12 * MINUTE);
      const quantity = String(amount + random.between(-2, 4));
      return [{ ...event, idempotencyKey: `${months[month]}/${ags}`, quantity, occurredAt }];
    }
    return Array.from({ length: amount }, (_, index) => {
      const seconds = random.between(3, 95) * STEP_SECONDS;
      return {
        ...event,
        idempotencyKey: `${months[month]}/${ags}/${index}`,
        quantity: (seconds / MINUTE).toFixed(1),
        occurredAt: at(random.pick(days), random.between(8 * MINUTE, 18 * MINUTE)),
        attributes: { line: random.pick(LINES), seconds },
      };
    });
  });
}
