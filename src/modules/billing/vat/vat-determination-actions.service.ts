import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { audit } from '../../audit/index.ts';
import { FOUR_EYES_REQUIRED, isSecondPerson } from '../../costing/index.ts';
import {
  VAT_APPROVAL_MISMATCH,
  VAT_DETERMINATION_OVERLAPS,
  VAT_DETERMINATION_STATE_REFUSED,
} from './vat.errors.ts';
import * as coverage from './vat-coverage.repo.ts';
import * as repo from './vat-determinations.repo.ts';
import { needsSecondPerson, VAT_ACTIONS, type VatAction } from './vat-states.rules.ts';

/** What an action says beside its name. */
export type VatCommand =
  | { readonly action: 'submit' }
  | { readonly action: 'approve'; readonly contentHash: string }
  | { readonly action: 'reject'; readonly reason: string };

/** Moves a determination one step, if its state, the eyes and what is signed allow it. */
export async function actOnDetermination(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  version: number,
  command: VatCommand,
): Promise<void> {
  const { action } = command;
  const row = await getDeterminationRow(tx, id);
  if (row.version !== version) throw preconditionFailed();
  assertState(row, action);
  if (needsSecondPerson(action, row.status)) assertSecondPerson(ctx, row);
  if (action === 'approve') assertContent(row, command.contentHash);
  await repo.lockDeterminations(tx, row.centreId);
  const step = stepOf(ctx, row, command);
  if (!(await repo.updateDetermination(tx, id, version, VAT_ACTIONS[action].to, step)))
    throw preconditionFailed();
  if (action === 'approve') await bringIntoForce(tx, ctx, row);
  await auditStep(tx, ctx, `billing.vat-${action}`, row, {
    from: row.status,
    contentHash: row.contentHash,
    ...('reason' in command && { reason: command.reason }),
  });
}

export async function getDeterminationRow(tx: HatTx, id: string): Promise<repo.DeterminationRow> {
  const row = await repo.findDetermination(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such determination of VAT.');
  return row;
}

/** From its first day on it takes the place of what it names, and of nothing else. */
async function bringIntoForce(tx: HatTx, ctx: HatContext, row: repo.DeterminationRow): Promise<void> {
  const overlaps = await coverage.findOverlaps(tx, row);
  if (overlaps.length > 0) {
    throw new DomainError(
      VAT_DETERMINATION_OVERLAPS,
      `${overlaps.join(', ')} ${overlaps.length === 1 ? 'holds' : 'hold'} on some of the days of ${row.number}.`,
    );
  }
  const named = await repo.holdDeterminations(tx, row.centreId, row.supersedes);
  const gone = new Set(await coverage.cutSuperseded(tx, row));
  await coverage.insertCoverage(tx, row);
  const { actor, now } = ctx;
  for (const old of named) {
    if (old.status !== 'review' && !gone.has(old.id)) continue;
    const step = {
      ended_by: actor.id,
      ended_by_name: actor.name,
      ended_at: now,
      end_reason: row.number,
    };
    await repo.updateDetermination(tx, old.id, old.version, 'superseded', step);
    await auditStep(tx, ctx, 'billing.vat-supersede', old, { from: old.status, by: row.number });
  }
}

async function auditStep(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  { id, number }: { readonly id: string; readonly number: string },
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const entry = { action, entityType: 'vat_determination', entityId: id, details: { number, ...details } };
  await audit(tx, ctx, entry);
}

function assertState(row: repo.DeterminationRow, action: VatAction): void {
  const { from } = VAT_ACTIONS[action];
  if (from.includes(row.status)) return;
  throw new DomainError(
    VAT_DETERMINATION_STATE_REFUSED,
    `The determination ${row.number} is ${row.status}; ${action} needs ${from.join(' or ')}.`,
  );
}

function assertSecondPerson(ctx: HatContext, row: repo.DeterminationRow): void {
  if (isSecondPerson({ actorId: ctx.actor.id, onBehalfOf: ctx.onBehalfOf }, row)) return;
  throw new DomainError(
    FOUR_EYES_REQUIRED,
    `This takes somebody who neither made nor submitted the determination ${row.number}.`,
  );
}

function assertContent(row: repo.DeterminationRow, contentHash: string): void {
  if (contentHash === row.contentHash) return;
  throw new DomainError(VAT_APPROVAL_MISMATCH, `The determination ${row.number} says something else.`, {
    pointer: '/contentHash',
  });
}

function stepOf(
  { actor, now }: HatContext,
  row: repo.DeterminationRow,
  command: VatCommand,
): repo.DeterminationStep {
  switch (command.action) {
    case 'submit':
      return { submitted_by: actor.id, submitted_by_name: actor.name, submitted_at: now };
    case 'approve':
      return {
        approved_by: actor.id,
        approved_by_name: actor.name,
        approved_at: now,
        approved_content_hash: row.contentHash,
      };
    case 'reject':
      return {
        ended_by: actor.id,
        ended_by_name: actor.name,
        ended_at: now,
        end_reason: command.reason,
      };
  }
}
