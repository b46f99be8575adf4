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
import { LEDGER_PLAN_DAY_TAKEN, LEDGER_PLAN_REFUSED, LEDGER_PLAN_USED } from './ledger.errors.ts';
import { checkPlan } from './ledger-plan.rules.ts';
import * as repo from './ledger-plans.repo.ts';
import type { LedgerPlanInput, LedgerPlanQuery, LedgerPlanView } from './ledger-plans.schemas.ts';

const LIST = 'ledger-account-plans';

export type LedgerPlansService = ReturnType<typeof createLedgerPlansService>;

/** On which accounts documents are booked; all numbers are the centre's own. */
export function createLedgerPlansService(db: Database) {
  return {
    async create(ctx: HatContext, input: LedgerPlanInput): Promise<LedgerPlanView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        await assertSound(tx, centreId, input);
        await onItsDay(input, () => repo.insertPlan(tx, centreId, id, input));
        return keep(tx, ctx, 'billing.ledger-plan-created', id, input);
      });
    },

    async change(
      ctx: HatContext,
      id: string,
      version: number,
      input: LedgerPlanInput,
    ): Promise<LedgerPlanView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTx(db, ctx, async (tx) => {
        const plan = await repo.lockPlan(tx, id);
        if (plan === undefined) throw unknownPlan();
        if (plan.isUsed) throw new DomainError(LEDGER_PLAN_USED, 'Documents were exported by this plan.');
        await assertSound(tx, centreId, input);
        const isChanged = await onItsDay(input, () => repo.updatePlan(tx, id, version, input));
        if (!isChanged) throw preconditionFailed();
        return keep(tx, ctx, 'billing.ledger-plan-changed', id, input);
      });
    },

    get: (ctx: HatContext, id: string): Promise<LedgerPlanView> =>
      withHatTx(db, ctx, (tx) => getPlan(tx, id)),

    async list(ctx: HatContext, { limit, cursor }: LedgerPlanQuery): Promise<Page<LedgerPlanView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listPlans(tx, ctx.hat.id, before, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.validFrom],
        (row) => row,
      );
    },
  };
}

async function getPlan(tx: HatTx, id: string): Promise<LedgerPlanView> {
  const row = await repo.findPlan(tx, id);
  if (row === undefined) throw unknownPlan();
  return row;
}

function unknownPlan(): DomainError {
  return new DomainError(NOT_FOUND, 'There is no such account plan.');
}

async function assertSound(tx: HatTx, centreId: string, input: LedgerPlanInput): Promise<void> {
  const serviceIds = input.rules.flatMap(({ serviceId }) => serviceId ?? []);
  const memberIds = input.debtors.map(({ organisationId }) => organisationId);
  const services = await repo.knownServices(tx, centreId, serviceIds);
  const members = await repo.knownMembers(tx, centreId, memberIds);
  const errors = checkPlan(input, services, members);
  const [first] = errors;
  if (first === undefined) return;
  throw new DomainError(LEDGER_PLAN_REFUSED, `${first.pointer} ${first.detail}.`, { errors });
}

function onItsDay<T>({ validFrom }: LedgerPlanInput, work: () => Promise<T>): Promise<T> {
  return mapConstraints(
    {
      ledger_account_plans_valid_from_key: {
        problem: LEDGER_PLAN_DAY_TAKEN,
        detail: `Another plan begins on ${validFrom}.`,
        errors: [{ pointer: '/validFrom', code: 'taken', detail: 'is the first day of another plan' }],
      },
    },
    work,
  );
}

async function keep(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  entityId: string,
  { rules, debtors, name, validFrom }: LedgerPlanInput,
): Promise<LedgerPlanView> {
  await repo.putAccounts(tx, ctx.hat.id, entityId, rules, debtors);
  const details = { name, validFrom, rules: rules.length, debtors: debtors.length };
  await audit(tx, ctx, { action, entityType: 'ledger_account_plan', entityId, details });
  return getPlan(tx, entityId);
}
