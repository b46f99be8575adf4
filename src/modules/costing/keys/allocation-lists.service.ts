import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError, type FieldError, type Problem } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { VALIDATION_FAILED } from '../../../platform/json.errors.ts';
import { ALLOCATION_KEY_EMPTY, NEGATIVE_WEIGHT } from '../../../platform/money/index.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { KEY_IMPORT_BROKEN, KEY_MEMBER_UNKNOWN } from '../costing.errors.ts';
import { SHOWN_ISSUES, toFieldError } from '../costs/import-issues.ts';
import { readListFile } from './allocation-list-imports.ts';
import * as repo from './allocation-lists.repo.ts';
import { isPositive, longWeights, negativeWeights } from './allocation-lists.rules.ts';
import type {
  AllocationKeyQuery,
  AllocationKeyView,
  CreateAllocationKey,
  KeyImportPreview,
  KeyImportQuery,
} from './allocation-lists.schemas.ts';

export type AllocationListsService = ReturnType<typeof createAllocationListsService>;

/** Value lists that cost clauses name, in versions. */
export function createAllocationListsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateAllocationKey): Promise<AllocationKeyView> {
      const centreId = ownCentre(ctx, input.centreId);
      checkWeights(input.values);
      return withHatTxOnce(db, ctx, async (tx) => {
        const members = await repo.listMemberNames(tx, centreId);
        const errors = checkNames(Object.keys(input.values), members);
        if (errors.length > 0) {
          throw new DomainError(KEY_MEMBER_UNKNOWN, `The list: ${errors[0]?.detail}.`, { errors });
        }
        return record(tx, ctx, input);
      });
    },

    get: (ctx: HatContext, id: string): Promise<AllocationKeyView> =>
      withHatTx(db, ctx, (tx) => getList(tx, id)),

    /** Says what an import of the file would record; writes nothing. */
    async previewImport(ctx: HatContext, file: Uint8Array, query: KeyImportQuery): Promise<KeyImportPreview> {
      const centreId = ownCentre(ctx);
      const { values, issues } = await withHatTx(db, ctx, (tx) =>
        readListFile(tx, centreId, file, query.numberFormat),
      );
      return {
        dryRun: true,
        rowCount: Object.keys(values).length,
        values,
        issues: issues.slice(0, SHOWN_ISSUES).map(({ row, column, code, reason }) => ({
          row: row ?? null,
          column: column ?? null,
          code,
          reason,
        })),
      };
    },

    /** Records the list of the file, or nothing. @throws DomainError KEY_IMPORT_BROKEN with every broken cell */
    async importFile(ctx: HatContext, file: Uint8Array, query: KeyImportQuery): Promise<AllocationKeyView> {
      const centreId = ownCentre(ctx);
      const { numberFormat, dryRun: _no, ...list } = query;
      return withHatTxOnce(db, ctx, async (tx) => {
        const { values, issues } = await readListFile(tx, centreId, file, numberFormat);
        if (issues.length === 0) return record(tx, ctx, { ...list, values: { ...values } });
        const errors = issues.slice(0, SHOWN_ISSUES).map(toFieldError);
        throw new DomainError(KEY_IMPORT_BROKEN, `Nothing was recorded. ${errors[0]?.detail}`, { errors });
      });
    },

    async list(
      ctx: HatContext,
      { limit, cursor, name }: AllocationKeyQuery,
    ): Promise<Page<AllocationKeyView>> {
      const [before] =
        cursor === undefined ? [] : decodeCursor('allocation-keys', cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listLists(tx, ctx.hat.id, name, before, limit + 1));
      return toPage(
        rows,
        limit,
        'allocation-keys',
        (row) => [row.id],
        (row) => row,
      );
    },
  };
}

async function record(tx: HatTx, ctx: HatContext, input: CreateAllocationKey): Promise<AllocationKeyView> {
  const id = newId();
  await repo.insertList(tx, ctx, id, input);
  const view = await getList(tx, id);
  await audit(tx, ctx, {
    action: 'costing.allocation-key-recorded',
    entityType: 'allocation_key',
    entityId: id,
    details: { name: view.name, number: view.number, asOf: view.asOf },
  });
  return view;
}

/** None is negative, all have as many decimals as can be kept, and some are above zero. */
function checkWeights(values: Readonly<Record<string, string>>): void {
  const refuse = (problem: Problem, errors: readonly FieldError[]) => {
    const [first] = errors;
    if (first !== undefined) throw new DomainError(problem, `${first.pointer} ${first.detail}.`, { errors });
  };
  refuse(NEGATIVE_WEIGHT, negativeWeights(values));
  refuse(VALIDATION_FAILED, longWeights(values));
  if (Object.values(values).some(isPositive)) return;
  const detail = 'All weights are 0: nothing can be shared out by them.';
  throw new DomainError(ALLOCATION_KEY_EMPTY, detail, { pointer: '/values' });
}

function checkNames(
  names: readonly string[],
  members: readonly { id: string; ags: string | null }[],
): FieldError[] {
  const idByName = new Map(
    members.flatMap(
      ({ id, ags }) =>
        (ags === null
          ? [[id, id]]
          : [
              [id, id],
              [ags, id],
            ]) as [string, string][],
    ),
  );
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const name of names) {
    const id = idByName.get(name);
    const pointer = `/values/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (id === undefined)
      errors.push({ pointer, code: 'unknown', detail: `${name} is no member of the centre` });
    else if (seen.has(id)) errors.push({ pointer, code: 'repeated', detail: `${name} is named twice` });
    else seen.add(id);
  }
  return errors;
}

async function getList(tx: HatTx, id: string): Promise<AllocationKeyView> {
  const row = await repo.findList(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such allocation key.');
  return row;
}
