import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import type { AllocationRunInput } from '../calculation.types.ts';
import { type ComparisonFile, comparisonFile } from '../scenarios/run-comparison-files.ts';
import type { CompareRuns, ComparisonQuery, RunComparison } from '../scenarios/run-comparisons.schemas.ts';
import { compareRuns } from '../scenarios/run-comparisons.service.ts';
import { simulateRun } from '../scenarios/run-simulation.service.ts';
import { toRunFile } from './allocation-run.rules.ts';
import { actOnRun, getRunRow, type RunCommand } from './allocation-run-actions.service.ts';
import { createRun } from './allocation-run-creation.service.ts';
import { type ExportFile, exportLines, fileText } from './allocation-run-exports.ts';
import { listRunLines } from './allocation-run-lines.repo.ts';
import * as repo from './allocation-runs.repo.ts';
import type {
  CreateRun,
  ExportQuery,
  RunDetailView,
  RunLineQuery,
  RunLineView,
  RunQuery,
  RunView,
} from './allocation-runs.schemas.ts';
import { toRunView } from './allocation-runs.views.ts';
import type { RunPeriods } from './run-periods.rules.ts';
import { periodsOfRuns } from './run-periods.service.ts';

export type AllocationRunsService = ReturnType<typeof createAllocationRunsService>;

/** Runs that share out the cost of a period: computed once, signed by a second person, posted for good. */
export function createAllocationRunsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateRun): Promise<RunDetailView> {
      ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) => getRun(tx, ctx, await createRun(tx, ctx, input)));
    },

    /** The calculation file of a run that is stored nowhere. */
    async simulate(ctx: HatContext, input: CreateRun): Promise<string> {
      ownCentre(ctx, input.centreId);
      return fileText(await withHatTx(db, ctx, (tx) => simulateRun(tx, input)));
    },

    /** A scenario beside what is, for programs or as a file. */
    async compare(
      ctx: HatContext,
      input: CompareRuns,
      query: ComparisonQuery,
    ): Promise<RunComparison | ComparisonFile> {
      const comparison = await withHatTx(db, ctx, (tx) => compareRuns(tx, ctx, input));
      return comparisonFile(comparison, dayOf(ctx.now), query);
    },

    get: (ctx: HatContext, id: string): Promise<RunDetailView> =>
      withHatTx(db, ctx, (tx) => getRun(tx, ctx, id)),

    async list(ctx: HatContext, { limit, cursor, ...filter }: RunQuery): Promise<Page<RunView>> {
      const [before] =
        cursor === undefined ? [] : decodeCursor('allocation-runs', cursor, ['string'] as const);
      const { rows, periods } = await withHatTx(db, ctx, async (tx) => {
        const found = await repo.listRuns(tx, ctx, filter, before, limit + 1);
        return { rows: found, periods: await periodsFor(tx, ctx, found) };
      });
      return toPage(
        rows,
        limit,
        'allocation-runs',
        (row) => [row.id],
        (row) => toRunView(ctx, row, periods.get(row.id)),
      );
    },

    async listLines(
      ctx: HatContext,
      id: string,
      { limit, cursor, ...filter }: RunLineQuery,
    ): Promise<Page<RunLineView>> {
      const [after] =
        cursor === undefined ? [] : decodeCursor('allocation-run-lines', cursor, ['number'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        await getRunRow(tx, id);
        return listRunLines(tx, id, { ...filter, ...readerOf(ctx) }, after, limit + 1);
      });
      return toPage(
        rows,
        limit,
        'allocation-run-lines',
        (row) => [row.position],
        (row) => row,
      );
    },

    async act(ctx: HatContext, id: string, version: number, command: RunCommand): Promise<RunDetailView> {
      return withHatTx(db, ctx, async (tx) => {
        await getRunRow(tx, id);
        ownCentre(ctx);
        await actOnRun(tx, ctx, id, version, command);
        return getRun(tx, ctx, id);
      });
    },

    /** The calculation file, the same bytes each time. It holds the figures of all members: centres only. */
    async calculation(ctx: HatContext, id: string): Promise<ExportFile> {
      return withHatTx(db, ctx, async (tx) => {
        const { number } = await getRunRow(tx, id);
        const input = await repo.findCalculation(tx, id);
        if (input === undefined)
          throw new DomainError(NOT_FOUND, 'There is no calculation of this run for you.');
        return { name: `${number}.json`, text: fileText(toRunFile(JSON.parse(input) as AllocationRunInput)) };
      });
    },

    async exportLines(ctx: HatContext, id: string, query: ExportQuery): Promise<ExportFile> {
      const { organisationId } = query;
      return withHatTx(db, ctx, async (tx) => {
        const run = toRunView(ctx, await getRunRow(tx, id), undefined);
        const filter = organisationId === undefined ? {} : { organisationId };
        const lines = await listRunLines(tx, id, { ...filter, ...readerOf(ctx) });
        return exportLines(run, lines, query);
      });
    },
  };
}

async function getRun(tx: HatTx, ctx: HatContext, id: string): Promise<RunDetailView> {
  const row = await getRunRow(tx, id);
  const periods = (await periodsFor(tx, ctx, [row])).get(id);
  const totals = await repo.runTotals(tx, id, readerOf(ctx).reader);
  const unsharedCost = await repo.unsharedCost(tx, id);
  return { ...toRunView(ctx, row, periods), ...totals, unsharedCost };
}

/** Only the centre acts on runs. */
async function periodsFor(
  tx: HatTx,
  { hat }: HatContext,
  rows: readonly repo.RunRow[],
): Promise<Map<string, RunPeriods>> {
  return hat.kind === 'centre' ? periodsOfRuns(tx, rows) : new Map();
}

/** Members read their own lines. */
function readerOf({ hat }: HatContext): { reader?: string } {
  return hat.kind === 'organisation' ? { reader: hat.id } : {};
}
