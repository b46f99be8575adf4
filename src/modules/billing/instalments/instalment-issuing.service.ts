import { type Day, dayOf, type Moment } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import { type HatContext, PLATFORM_HAT_ID, systemContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { newId } from '../../../platform/ids.ts';
import { enqueueAll } from '../../../platform/jobs/outbox.ts';
import { audit } from '../../audit/index.ts';
import { findPeriod } from '../../costing/index.ts';
import { checkDocument } from '../documents/index.ts';
import { type RecipientRow, recipientsOf } from '../statements/billing-parties.repo.ts';
import { findIssuer } from '../statements/issuer.service.ts';
import { documentOf } from '../statements/statement.rules.ts';
import { createDrafts, issueDrafts } from '../statements/statement-issuing.service.ts';
import {
  BILLING_PERIOD_SETTLED,
  BILLING_RECIPIENT_MISSING,
  DOCUMENT_REFUSED,
} from '../statements/statements.errors.ts';
import { discardDrafts, lockIssuing } from '../statements/statements.repo.ts';
import type { NewStatement } from '../statements/statements.types.ts';
import { vatThroughout } from '../vat/vat-in-force.service.ts';
import { listCentreIds } from '../vat/vat-turnover.repo.ts';
import {
  type DueLine,
  dueLines,
  type IssueProblem,
  instalmentDocument,
  noted,
  spreadByGroup,
} from './instalment-documents.ts';
import * as repo from './instalment-issuing.repo.ts';
import { getPlanRow } from './instalment-plan-actions.service.ts';
import { INSTALMENT_PERIOD_BILLED } from './instalment-plans.errors.ts';
import { listShares, lockPlans, type PlanRow } from './instalment-plans.repo.ts';
import { issueInstalmentsJob } from './instalments.jobs.ts';

export type InstalmentIssuingService = ReturnType<typeof createInstalmentIssuingService>;

/** A transaction issues no more than this, so that numbers are not held up for long. */
const PORTION = 100;

/** Issues the documents of instalments when their day comes, each once for ever. */
export function createInstalmentIssuingService(db: Database) {
  return {
    /** Asks for a job for each plan with something due, in every centre; safe to miss and to run twice. */
    async askForDue(now: Moment): Promise<void> {
      const platform = systemContext({ kind: 'platform', id: PLATFORM_HAT_ID }, now, newId());
      const centreIds = await withHatTx(db, platform, listCentreIds);
      for (const id of centreIds) {
        const ctx = systemContext({ kind: 'centre', id }, now, newId());
        await withHatTx(db, ctx, async (tx) => {
          const planIds = await repo.plansWithDue(tx, id, dayOf(now));
          await enqueueAll(
            tx,
            ctx,
            issueInstalmentsJob,
            planIds.map((planId) => ({ planId })),
          );
        });
      }
    },

    /** Each portion is a transaction of its own: a job that is cut off goes on where it stopped. */
    async issue(ctx: HatContext, planId: string): Promise<void> {
      let done = PORTION;
      while (done === PORTION) done = await withHatTx(db, ctx, (tx) => issuePortion(tx, ctx, planId));
    },
  };
}

interface DueDocument {
  readonly due: repo.DueInstalment;
  readonly lines: readonly DueLine[];
}

async function issuePortion(tx: HatTx, ctx: HatContext, planId: string): Promise<number> {
  const { centreId } = await getPlanRow(tx, planId);
  // Nobody ends or replaces the plan, bills the period finally or settles it meanwhile.
  await lockPlans(tx, centreId);
  await lockIssuing(tx, centreId);
  const plan = await getPlanRow(tx, planId);
  const today = dayOf(ctx.now);
  const due = await repo.lockDue(tx, planId, today, ctx.now, PORTION);
  if (due.length === 0) return 0;
  const reasonOf = await overReasons(tx, plan);
  const documents = await linesOf(
    tx,
    plan,
    due.filter((one) => reasonOf(one) === undefined),
  );
  const examined = await examine(tx, plan, documents, today);
  // The group of VAT may have changed since the plan was made.
  const ready = examined.ready.filter(({ statement }) => reasonOf(statement) === undefined);
  const over = [...due, ...examined.ready.map(({ id, statement }) => ({ ...statement, id }))].flatMap(
    (one) => {
      const reason = reasonOf(one);
      return reason === undefined ? [] : [{ id: one.id, problems: noted([reason]) }];
    },
  );
  await cancelOver(tx, ctx, plan, over);
  const ids = await createDrafts(
    tx,
    ctx,
    centreId,
    ready.map(({ statement }) => statement),
  );
  const refused = ids.length === 0 ? new Map() : await issueAll(tx, ctx, centreId, ids, today);
  const instalmentIds = ready.map(({ id }) => id);
  const placed = instalmentIds.map((id, at) => ({ id, statementId: ids[at] as string }));
  await repo.markIssued(
    tx,
    ctx.now,
    placed.filter(({ statementId }) => !refused.has(statementId)),
  );
  const late = placed.flatMap(({ id, statementId }) => {
    const problems = refused.get(statementId) as readonly IssueProblem[] | undefined;
    return problems === undefined ? [] : [{ id, problems: noted(problems) }];
  });
  await repo.markHeld(tx, ctx.now, 'blocked', [...examined.blocked, ...late]);
  return due.length;
}

/** Why nothing is paid in advance any more by a member in a group of VAT: its final document is there, or the period is settled. */
async function overReasons(
  tx: HatTx,
  { centreId, periodId, periodCode }: PlanRow,
): Promise<(one: repo.Charged) => IssueProblem | undefined> {
  const period = await findPeriod(tx, periodId);
  const settled = { problem: BILLING_PERIOD_SETTLED, detail: `${periodCode} is settled.` };
  if (period?.state === 'settled') return () => settled;
  const keyOf = ({ organisationId, vatGroup }: repo.Charged) => `${organisationId} ${vatGroup}`;
  const billed = new Set((await repo.billedFinally(tx, centreId, periodId)).map(keyOf));
  const final = {
    problem: INSTALMENT_PERIOD_BILLED,
    detail: `The final document of ${periodCode} is issued.`,
  };
  return (one) => (billed.has(keyOf(one)) ? final : undefined);
}

async function cancelOver(
  tx: HatTx,
  ctx: HatContext,
  { id, number }: PlanRow,
  over: readonly repo.HeldInstalment[],
): Promise<void> {
  if (over.length === 0) return;
  await repo.markHeld(tx, ctx.now, 'cancelled', over);
  await audit(tx, ctx, {
    action: 'billing.instalments-cancelled',
    entityType: 'instalment_plan',
    entityId: id,
    details: {
      number,
      cancelled: over.length,
      codes: [...new Set(over.flatMap(({ problems }) => problems.map(({ code }) => code)))],
    },
  });
}

async function linesOf(tx: HatTx, plan: PlanRow, due: readonly repo.DueInstalment[]): Promise<DueDocument[]> {
  const organisationIds = [...new Set(due.map(({ organisationId }) => organisationId))];
  const shares = await listShares(tx, plan.id, { organisationIds });
  const spread = spreadByGroup(shares, plan.dueOn.length);
  const groups = groupBy(shares, ({ organisationId, vatGroup }) => `${organisationId} ${vatGroup}`);
  return due.map((one) => ({
    due: one,
    lines: dueLines(groups.get(`${one.organisationId} ${one.vatGroup}`) ?? [], spread, one.number),
  }));
}

interface Examined {
  readonly ready: readonly { readonly id: string; readonly statement: NewStatement }[];
  readonly blocked: readonly { readonly id: string; readonly problems: { code: string; detail: string }[] }[];
}

/** Tells what can be issued from what cannot and why, in a fixed number of queries; nothing is written for what cannot. */
async function examine(
  tx: HatTx,
  plan: PlanRow,
  documents: readonly DueDocument[],
  today: Day,
): Promise<Examined> {
  const shares = documents.flatMap(({ lines }) => lines.map(({ share }) => share));
  const { centreId, startsOn: from, endsOn: to } = plan;
  const answers = await vatThroughout(
    tx,
    centreId,
    shares.map(({ serviceId, organisationId }) => ({ serviceId, organisationId, from, to })),
  );
  const found = await findIssuer(tx, centreId);
  const organisationIds = [...new Set(documents.map(({ due }) => due.organisationId))];
  const recipients = await recipientsOf(tx, centreId, organisationIds);
  const recipientById = new Map(recipients.map((recipient) => [recipient.organisationId, recipient]));
  const ready: { id: string; statement: NewStatement }[] = [];
  const blocked: { id: string; problems: { code: string; detail: string }[] }[] = [];
  let next = 0;
  for (const { due, lines } of documents) {
    const made = instalmentDocument(plan, due, lines, answers.slice(next, next + lines.length));
    next += lines.length;
    const problems =
      'problems' in made
        ? made.problems
        : obstaclesOf(made.statement, found, recipientById.get(due.organisationId), today);
    if ('statement' in made && problems.length === 0) ready.push({ id: due.id, statement: made.statement });
    else blocked.push({ id: due.id, problems: noted(problems) });
  }
  return { ready, blocked };
}

/** As issuing would find them, but before there is a draft that would have to be discarded. */
function obstaclesOf(
  statement: NewStatement,
  found: Awaited<ReturnType<typeof findIssuer>>,
  recipient: RecipientRow | undefined,
  issuedOn: Day,
): IssueProblem[] {
  const missing = [
    ...('gap' in found ? [found.gap] : []),
    ...(recipient === undefined
      ? [{ problem: BILLING_RECIPIENT_MISSING, detail: 'The member has no address for its documents.' }]
      : []),
  ];
  if ('gap' in found || recipient === undefined) return missing;
  const { dueOn } = statement;
  const facts = { number: 'ENTWURF', issuedOn, dueOn: dueOn === null || dueOn < issuedOn ? issuedOn : dueOn };
  const { startsOn, endsOn } = statement.period;
  const drafted = { ...statement, startsOn, endsOn };
  return checkDocument(documentOf(drafted, statement.lines, found.issuer, recipient, facts)).map(
    ({ pointer, detail }) => ({ problem: DOCUMENT_REFUSED, detail: `${pointer} ${detail}` }),
  );
}

/** What was refused after all, by statement; its drafts are discarded. */
async function issueAll(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  ids: readonly string[],
  today: Day,
): Promise<Map<string, IssueProblem[]>> {
  const { blocked } = await issueDrafts(tx, ctx, centreId, ids, today);
  await discardDrafts(
    tx,
    blocked.map(({ statement }) => statement.id),
  );
  return new Map(
    blocked.map(({ statement, obstacles }) => [
      statement.id,
      obstacles.map(({ problem, detail }) => ({ problem, detail })),
    ]),
  );
}
