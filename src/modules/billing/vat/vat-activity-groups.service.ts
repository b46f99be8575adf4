import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { VAT_GROUP_NAME_TAKEN, VAT_SERVICE_GROUPED, VAT_SERVICE_UNKNOWN } from './vat.errors.ts';
import * as repo from './vat-activity-groups.repo.ts';
import type {
  ChangeVatActivityGroup,
  CreateVatActivityGroup,
  RecordVatForecast,
  VatActivityGroupQuery,
  VatActivityGroupView,
} from './vat-activity-groups.schemas.ts';

const LIST = 'vat-activity-groups';

export type VatActivityGroupsService = ReturnType<typeof createVatActivityGroupsService>;

/** Which services are like activities, and what turnover they are expected to have in a calendar year. */
export function createVatActivityGroupsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateVatActivityGroup): Promise<VatActivityGroupView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        await named(input, () => repo.insertGroup(tx, centreId, id, input.name));
        return keepServices(tx, ctx, 'billing.vat-group-created', id, input);
      });
    },

    async change(
      ctx: HatContext,
      id: string,
      version: number,
      input: ChangeVatActivityGroup,
    ): Promise<VatActivityGroupView> {
      ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        await getGroup(tx, id);
        if (!(await named(input, () => repo.updateGroup(tx, id, version, input)))) throw preconditionFailed();
        return keepServices(tx, ctx, 'billing.vat-group-changed', id, input);
      });
    },

    async recordForecast(
      ctx: HatContext,
      id: string,
      input: RecordVatForecast,
    ): Promise<VatActivityGroupView> {
      ownCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) => {
        await getGroup(tx, id);
        await repo.insertForecast(tx, ctx, newId(), id, input);
        const { year, amountCents } = input;
        await auditGroup(tx, ctx, 'billing.vat-forecast-recorded', id, { year, amountCents });
        return getGroup(tx, id);
      });
    },

    get: (ctx: HatContext, id: string): Promise<VatActivityGroupView> =>
      withHatTx(db, ctx, (tx) => getGroup(tx, id)),

    async list(
      ctx: HatContext,
      { limit, cursor }: VatActivityGroupQuery,
    ): Promise<Page<VatActivityGroupView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listGroups(tx, ctx.hat.id, before, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => row,
      );
    },
  };
}

async function getGroup(tx: HatTx, id: string): Promise<VatActivityGroupView> {
  const row = await repo.findGroup(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such group of like activities.');
  return row;
}

async function keepServices(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  id: string,
  { name, serviceIds }: ChangeVatActivityGroup,
): Promise<VatActivityGroupView> {
  const errors = (detail: string) => [{ pointer: '/serviceIds', code: 'refused', detail }];
  await mapConstraints(
    {
      vat_activity_group_services_service_fkey: {
        problem: VAT_SERVICE_UNKNOWN,
        detail: 'One of the services is none of the centre.',
        errors: errors('names a service that is none of the centre'),
      },
      vat_activity_group_services_pkey: {
        problem: VAT_SERVICE_GROUPED,
        detail: 'One of the services belongs to a group already.',
        errors: errors('names a service twice, or one of another group'),
      },
    },
    () => repo.putServices(tx, ctx.hat.id, id, serviceIds),
  );
  await auditGroup(tx, ctx, action, id, { name, serviceIds });
  return getGroup(tx, id);
}

function named<T>({ name }: { readonly name: string }, work: () => Promise<T>): Promise<T> {
  return mapConstraints(
    {
      vat_activity_groups_name_key: {
        problem: VAT_GROUP_NAME_TAKEN,
        detail: `There is a group "${name}" already.`,
        errors: [{ pointer: '/name', code: 'taken', detail: 'is the name of another group' }],
      },
    },
    work,
  );
}

function auditGroup(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  id: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return audit(tx, ctx, { action, entityType: 'vat_activity_group', entityId: id, details });
}
