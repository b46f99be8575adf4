import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import type { AllocationRunInput } from '../calculation.types.ts';
import { RUN_CORRECTS_NOTHING } from '../costing.errors.ts';
import { listCostCentres } from '../costs/cost-centres.repo.ts';
import { getRunRow } from './allocation-run-actions.service.ts';
import { listRunLines } from './allocation-run-lines.repo.ts';
import { findCalculation } from './allocation-runs.repo.ts';
import type { RunLineView } from './allocation-runs.schemas.ts';
import * as repo from './run-explanations.repo.ts';
import type { LineReason, RunDelta, RunDeltaQuery } from './run-explanations.schemas.ts';
import { costLinks, reasonForMember, reasonOfPool, usageLink } from './run-explanations.views.ts';

export type RunExplanationsService = ReturnType<typeof createRunExplanationsService>;

/** Answers to "why this amount" and "what has changed". Members read their own lines and the sums behind them. */
export function createRunExplanationsService(db: Database) {
  return {
    async why(ctx: HatContext, id: string, position: number): Promise<LineReason> {
      return withHatTx(db, ctx, async (tx) => {
        const run = await getRunRow(tx, id);
        const { number, periodCode, startsOn, endsOn } = run;
        const [line] = await listRunLines(tx, id, readerOf(ctx), position - 1, 1);
        if (line?.position !== position) throw new DomainError(NOT_FOUND, 'There is no such line.');
        // The period may have been open: then what counted is what was there.
        const usageEvents = usageLink(line, { ...run, recordedUntil: run.recordedUntil ?? run.createdAt });
        const { pool, costLines } = await costBehind(tx, ctx, id, line);
        return {
          run: { id, number, periodCode, startsOn, endsOn },
          line,
          pool,
          links: { usageEvents, costLines },
        };
      });
    },

    /** @throws DomainError RUN_CORRECTS_NOTHING */
    async deltas(
      ctx: HatContext,
      id: string,
      { limit, cursor, ...filter }: RunDeltaQuery,
    ): Promise<Page<RunDelta>> {
      const after =
        cursor === undefined
          ? undefined
          : decodeCursor('allocation-run-deltas', cursor, ['string', 'string', 'string'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        const run = await getRunRow(tx, id);
        if (run.correctsRunId === null) {
          throw new DomainError(RUN_CORRECTS_NOTHING, `The run ${run.number} corrects no other.`);
        }
        const pair = { runId: id, correctedId: run.correctsRunId };
        return repo.listRunDeltas(tx, pair, { ...filter, ...readerOf(ctx) }, after, limit + 1);
      });
      return toPage(
        rows,
        limit,
        'allocation-run-deltas',
        (row) => [row.serviceCode, row.trancheId ?? '', row.member],
        (row) => row,
      );
    },
  };
}

/** Cost is the centre's own: nobody else finds the calculation. What a member reads of it stands with its line. */
async function costBehind(
  tx: HatTx,
  { hat }: HatContext,
  runId: string,
  line: RunLineView,
): Promise<{ pool: LineReason['pool']; costLines: string[] }> {
  const text = await findCalculation(tx, runId);
  if (text === undefined) return { pool: reasonForMember(line), costLines: [] };
  const input = JSON.parse(text) as AllocationRunInput;
  const pool = input.pools.find(({ service }) => service.id === line.serviceId);
  if (pool === undefined) return { pool: null, costLines: [] };
  const costCentres =
    input.secondary === undefined ? [] : await listCostCentres(tx, hat.id, {}, undefined, null);
  const idByCode = new Map(costCentres.map(({ id, code }) => [code, id]));
  return { pool: reasonOfPool(input, pool), costLines: costLinks(input, pool, idByCode) };
}

function readerOf({ hat }: HatContext): { reader?: string } {
  return hat.kind === 'organisation' ? { reader: hat.id } : {};
}
