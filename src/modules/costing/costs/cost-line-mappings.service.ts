import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { COST_LINE_MAPPING_BROKEN } from './cost-centres.errors.ts';
import { checkMapping } from './cost-line-fields.ts';
import * as repo from './cost-line-mappings.repo.ts';
import type {
  CreateMapping,
  MappingQuery,
  MappingView,
  ReplaceMapping,
} from './cost-line-mappings.schemas.ts';

export type CostLineMappingsService = ReturnType<typeof createCostLineMappingsService>;

/** How the ledgers of a centre write their files, saved once and used for each import. */
export function createCostLineMappingsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateMapping): Promise<MappingView> {
      const centreId = ownCentre(ctx, input.centreId);
      assertSound(input);
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        await repo.insertMapping(tx, centreId, id, input);
        await audited(tx, ctx, id, 'created', input);
        return getMapping(tx, id);
      });
    },

    get: (ctx: HatContext, id: string): Promise<MappingView> =>
      withHatTx(db, ctx, (tx) => getMapping(tx, id)),

    async list(ctx: HatContext, { limit, cursor }: MappingQuery): Promise<Page<MappingView>> {
      const [after] =
        cursor === undefined ? [] : decodeCursor('cost-line-mappings', cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listMappings(tx, ctx.hat.id, after, limit + 1));
      return toPage(
        rows,
        limit,
        'cost-line-mappings',
        (row) => [row.name],
        (row) => row,
      );
    },

    async replace(ctx: HatContext, id: string, version: number, input: ReplaceMapping): Promise<MappingView> {
      ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        await getMapping(tx, id);
        assertSound(input);
        if (!(await repo.replaceMapping(tx, id, version, input))) throw preconditionFailed();
        await audited(tx, ctx, id, 'changed', input);
        return getMapping(tx, id);
      });
    },
  };
}

function assertSound(input: ReplaceMapping): void {
  const errors = checkMapping({ ...input, categories: input.categories ?? {} });
  if (errors.length === 0) return;
  throw new DomainError(COST_LINE_MAPPING_BROKEN, `The mapping: ${errors[0]?.detail}.`, { errors });
}

async function audited(
  tx: HatTx,
  ctx: HatContext,
  entityId: string,
  what: string,
  { name }: ReplaceMapping,
): Promise<void> {
  const action = `costing.cost-line-mapping-${what}`;
  await audit(tx, ctx, { action, entityType: 'cost_line_mapping', entityId, details: { name } });
}

async function getMapping(tx: HatTx, id: string): Promise<MappingView> {
  const row = await repo.findMapping(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such mapping.');
  return row;
}
