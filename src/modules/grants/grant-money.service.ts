import { type Day, dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { textIn } from '../../platform/texts.ts';
import { audit } from '../audit/index.ts';
import { recordCostLine } from '../costing/index.ts';
import { endMoney, type MoneyEnd } from './grant-money.repo.ts';
import type { GrantStatus } from './grant-states.rules.ts';
import { GRANT_DAY_REFUSED, GRANT_MONEY_STATE_REFUSED, GRANT_STATE_REFUSED } from './grants.errors.ts';
import type { GrantRow } from './grants.repo.ts';

/** Money that moved: income where it came in, less income where it went back. */
export interface Movement {
  readonly text: 'received' | 'repaid';
  /** Of the drawdown or the clawback. */
  readonly number: number;
  readonly amountCents: number;
  readonly movedOn: Day;
  readonly bookedOn: Day;
  /** Where the request says the day of the ledger. */
  readonly dayPointer: string;
  readonly voucherNumber: string | undefined;
}

/** Books money of a grant on its place, so that runs set it off before they share; says the cost line. */
export function bookMovement(
  tx: HatTx,
  ctx: HatContext,
  grant: GrantRow,
  movement: Movement,
): Promise<string> {
  const { text, number, amountCents, bookedOn, voucherNumber, dayPointer } = movement;
  const { serviceId, costCentreId, costType } = grant;
  const words = { grant: grant.number, number: String(number) };
  const line = {
    ...(serviceId !== null && { serviceId }),
    ...(costCentreId !== null && { costCentreId }),
    ...(voucherNumber !== undefined && { voucherNumber }),
    category: 'grant' as const,
    bookedOn,
    costType,
    amountCents: text === 'received' ? amountCents : -amountCents,
    text: textIn('de', `grants.booking.${text}`, words),
  };
  return recordCostLine(tx, ctx, grant.centreId, line, dayPointer);
}

/** Day of the ledger, and where the request says it. */
export function bookingDay(movedOn: Day, pointer: string, bookedOn: Day | undefined) {
  if (bookedOn !== undefined) return { bookedOn, dayPointer: '/bookedOn' };
  return { bookedOn: movedOn, dayPointer: pointer };
}

/** @throws DomainError GRANT_DAY_REFUSED */
export function assertHappened(ctx: HatContext, day: Day, pointer: string): void {
  if (day <= dayOf(ctx.now)) return;
  throw new DomainError(GRANT_DAY_REFUSED, `${day} is in the future.`, { pointer });
}

/** @throws DomainError GRANT_STATE_REFUSED */
export function assertGrantIs(grant: GrantRow, states: readonly GrantStatus[]): void {
  if (states.includes(grant.status)) return;
  throw new DomainError(
    GRANT_STATE_REFUSED,
    `The grant ${grant.number} is ${grant.status}; this needs ${states.join(' or ')}.`,
  );
}

/** @throws DomainError PRECONDITION_FAILED, GRANT_MONEY_STATE_REFUSED */
export function assertOpen(
  row: { readonly version: number; readonly status: string; readonly number: number },
  version: number,
  open: string,
): void {
  if (row.version !== version) throw preconditionFailed();
  if (row.status === open) return;
  throw new DomainError(GRANT_MONEY_STATE_REFUSED, `Number ${row.number} is ${row.status}.`);
}

/** Ends what is still at the version it was read at. @throws DomainError PRECONDITION_FAILED */
export async function endOnce(
  tx: HatTx,
  ctx: HatContext,
  row: Parameters<typeof endMoney>[2],
  end: MoneyEnd,
): Promise<void> {
  if (!(await endMoney(tx, ctx, row, end))) throw preconditionFailed();
}

export async function auditMoney(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  grant: GrantRow,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await audit(tx, ctx, {
    action: `grants.${action}`,
    entityType: 'grant',
    entityId: grant.id,
    details: { grant: grant.number, ...details },
  });
}
