import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import { computeGrant } from './grant.rules.ts';
import * as repo from './grant-programmes.repo.ts';
import type {
  CreateGrantProgramme,
  GrantProgrammeQuery,
  GrantProgrammeView,
  RecordGrantRule,
} from './grant-programmes.schemas.ts';
import { testSavings } from './savings.rules.ts';

const LIST = 'grant-programmes';

export type GrantProgrammesService = ReturnType<typeof createGrantProgrammesService>;

/** Guidelines as the centre reads them: figures with their source, valid from a day, never changed. */
export function createGrantProgrammesService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateGrantProgramme): Promise<GrantProgrammeView> {
      ownCentre(ctx, input.centreId);
      assertFigures(input.rule, '/rule');
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        await repo.insertProgramme(tx, ctx, id, input);
        const { name, authority } = input;
        const entry = { entityType: 'grant_programme', entityId: id, details: { name, authority } };
        await audit(tx, ctx, { action: 'grants.programme-recorded', ...entry });
        return recordRule(tx, ctx, id, input.rule);
      });
    },

    get: (ctx: HatContext, id: string): Promise<GrantProgrammeView> =>
      withHatTx(db, ctx, (tx) => getProgramme(tx, id)),

    async list(ctx: HatContext, { limit, cursor }: GrantProgrammeQuery): Promise<Page<GrantProgrammeView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listProgrammes(tx, ctx.hat.id, before, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => row,
      );
    },

    recordRule: (ctx: HatContext, id: string, rule: RecordGrantRule): Promise<GrantProgrammeView> =>
      withHatTxOnce(db, ctx, async (tx) => {
        await getProgramme(tx, id);
        ownCentre(ctx);
        assertFigures(rule, '');
        return recordRule(tx, ctx, id, rule);
      }),
  };
}

async function recordRule(
  tx: HatTx,
  ctx: HatContext,
  programmeId: string,
  rule: RecordGrantRule,
): Promise<GrantProgrammeView> {
  await repo.lockProgramme(tx, programmeId);
  const id = newId();
  await repo.insertRule(tx, ctx, programmeId, id, rule);
  await audit(tx, ctx, {
    action: 'grants.rule-recorded',
    entityType: 'grant_programme',
    entityId: programmeId,
    details: { ruleVersionId: id, ...rule },
  });
  return getProgramme(tx, programmeId);
}

async function getProgramme(tx: HatTx, id: string): Promise<GrantProgrammeView> {
  const programme = await repo.findProgramme(tx, id);
  if (programme === undefined) throw new DomainError(NOT_FOUND, 'There is no such grant programme.');
  return programme;
}

/** Figures that no grant could be computed by are refused when they are recorded. */
function assertFigures(rule: RecordGrantRule, at: string): void {
  try {
    computeGrant({ rule, parties: 2, eligibleCents: 0 });
    testSavings({ costBeforeCents: 1, costAfterCents: 1, requiredPercent: rule.savingsPercent });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const pointer = `${at}${(error.errors[0]?.pointer ?? '').replace('/rule', '')}`;
    throw new DomainError(error.problem, error.message, { pointer, cause: error });
  }
}
