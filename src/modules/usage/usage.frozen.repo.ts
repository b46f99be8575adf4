import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { FrozenDays } from './usage.warnings.rules.ts';

/** Periods of the centre that take no usage any more, of days in `[from, to)`. Asked by who holds the freezing off, nothing is missed. */
export async function frozenDays(
  { sql }: HatTx,
  centreId: string,
  from: Day,
  to: Day,
): Promise<FrozenDays[]> {
  return sql<FrozenDays[]>`
    select code, starts_on as "startsOn", ends_on as "endsOn" from billing_periods
    where centre_id = ${centreId} and recorded_until is not null and starts_on < ${to} and ends_on > ${from}`;
}
