import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import type { Departure, DepartureRule } from '../organisations/index.ts';
import { MEMBER_IS_PARTY } from './agreements.errors.ts';
import * as coverage from './coverage.repo.ts';

/** A member leaves once no agreement in force binds it beyond its last day; drafts are checked again when brought into force. */
export const departureOfParty: DepartureRule = { problem: MEMBER_IS_PARTY, assertMayLeave };

async function assertMayLeave(tx: HatTx, departure: Departure): Promise<void> {
  await coverage.lockCoverage(tx, departure.centreId);
  const titles = await coverage.findBindingBeyond(tx, departure);
  if (titles.length === 0) return;
  const named = titles.map((title) => `"${title}"`).join(', ');
  throw new DomainError(MEMBER_IS_PARTY, `In force beyond ${departure.leftOn}: ${named}.`, {
    pointer: '/leftOn',
  });
}
