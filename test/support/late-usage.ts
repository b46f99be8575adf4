import type { LightMyRequestResponse } from 'fastify';
import type { Caller, TestApp } from './app.ts';
import type { CostingWorld } from './costing.ts';
import { must } from './services.ts';
import { issue, postedQuarter, prepare, readyToIssue, taxable } from './statements.ts';

export interface PeriodBody {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly frozenAt: string | null;
  readonly recordedUntil: string | null;
  readonly lateEvents: number;
  readonly correctionBillingPeriod: {
    readonly id: string;
    readonly code: string;
    readonly state: string;
  } | null;
  readonly availableActions: readonly string[];
}

export const readPeriod = (caller: Caller, id: string): Promise<PeriodBody> =>
  must<PeriodBody>(caller, 'GET', `/billing-periods/${id}`);

/** Admits what is late, with the ETag of the period as it stands. */
export async function admit(caller: Caller, id: string, body: object = {}): Promise<LightMyRequestResponse> {
  const { version } = await readPeriod(caller, id);
  const url = `/billing-periods/${id}/actions/admit-late-usage`;
  return caller.call('POST', url, { reason: 'Nachmeldung', ...body }, { 'if-match': `"${version}"` });
}

export interface CorrectionBody {
  readonly code: string;
  readonly memberName: string | null;
  readonly statementId: string | null;
}

export interface FiguresBody {
  readonly gaps: readonly { readonly code: string; readonly errors: readonly object[] }[];
  readonly drafts: readonly object[];
  readonly contentHash: string;
  readonly corrections: readonly CorrectionBody[];
}

export const figuresOf = (caller: Caller, periodId: string): Promise<FiguresBody> =>
  must<FiguresBody>(caller, 'GET', `/settlements/figures?periodId=${periodId}`);

/** Settles with the figures that are there. */
export async function settle(
  caller: Caller,
  periodId: string,
  credits = 'keep',
): Promise<LightMyRequestResponse> {
  const { contentHash } = await figuresOf(caller, periodId);
  return caller.call('POST', '/settlements', { periodId, contentHash, credits });
}

/** What is done now was done before the period was settled, as where an earlier version passed its drafts over. */
export async function beforeSettling<T>(
  { owner: { sql } }: Pick<TestApp, 'owner'>,
  periodId: string,
  work: () => Promise<T>,
): Promise<T> {
  await sql`update billing_periods set state = 'frozen' where id = ${periodId} and state = 'settled'`;
  const done = await work();
  await sql`update billing_periods set state = 'settled' where id = ${periodId}`;
  return done;
}

/** The quarter is shared out and its documents are issued. */
export async function billedQuarter(world: CostingWorld) {
  await taxable(world);
  await readyToIssue(world);
  const run = await postedQuarter(world);
  await issue(world, await prepare(world));
  return run;
}
