import type { Test } from 'tap';
import { systemContext } from '../../src/platform/context.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Caller } from './app.ts';
import {
  addWording,
  type CostingWorld,
  createRun,
  fillQuarter,
  freeze,
  postRun,
  type RunBody,
  startCostingWorld,
  use,
} from './costing.ts';
import { buyer, leitwegId, seller } from './documents.ts';
import { sayWhoIssues } from './issuer.ts';
import { cardInForce, cardTerms, pricedBy, unitPrice } from './rates.ts';
import { must } from './services.ts';
import { determination, inForce } from './vat.ts';

export interface BatchBody {
  readonly id: string;
  readonly status: string;
  readonly contentHash: string;
  readonly payableCents: number;
  readonly version: number;
  readonly progress: { readonly statements: number; readonly issued: number; readonly rendered: number };
  readonly blocked: readonly {
    readonly organisationId: string;
    readonly statementId: string | null;
    readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
  }[];
  readonly failure: { readonly code: string } | null;
  readonly availableActions: readonly string[];
}

export interface StatementBody {
  readonly id: string;
  readonly organisationId: string;
  readonly memberName: string;
  readonly kind: number;
  readonly vatGroup: string;
  readonly status: string;
  readonly number: string | null;
  readonly supersededBy: string | null;
  readonly correctsId: string | null;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  readonly prepaidCents: number;
  readonly payableCents: number;
  readonly contentHash: string;
  readonly version: number;
  readonly dueOn: string | null;
  readonly created: { readonly by: object | null };
  readonly availableActions: readonly string[];
  readonly preceding: readonly { readonly number: string; readonly prepaidCents: number }[];
  readonly documents: readonly {
    readonly format: string;
    readonly sha256: string;
    readonly sizeBytes: number;
  }[];
  readonly obstacles: readonly {
    readonly code: string;
    readonly errors: readonly { readonly pointer: string; readonly code: string }[];
  }[];
}

export interface StatementLineBody {
  readonly serviceCode: string;
  readonly text: string;
  readonly netCents: number;
  readonly quantity: string;
  readonly vatCategory: string;
  readonly vatDeterminationId: string;
  readonly why: string | null;
  readonly usageEvents: readonly string[];
}

export const PROFILE = { seller: { ...seller, vatId: 'DE136695976' }, paymentDays: 30 };

/** Where the documents of a member go; the fine part of the Leitweg-ID tells one from another. */
export const recipientOf = (name: string, fine: string) => ({
  buyer: { ...buyer, name, leitwegId: leitwegId('059740028028', fine) },
  email: null,
  formats: [],
});

const first = { 'if-match': '"0"' };

/** What a centre says once before it issues its first document. */
export async function readyToIssue({
  finance,
  colleague,
  erwitte,
  anroechte,
  association,
}: Pick<CostingWorld, 'finance' | 'colleague' | 'erwitte' | 'anroechte' | 'association'>): Promise<void> {
  await sayWhoIssues(finance, colleague, PROFILE);
  for (const [hat, name, fine] of [
    [erwitte, 'Stadt Erwitte', 'ER'],
    [anroechte, 'Gemeinde Anröchte', 'AN'],
    [association, 'Zweckverband Hellweg', 'ZV'],
  ] as const) {
    await must(finance, 'PUT', `/billing-recipients/${hat.id}`, recipientOf(name, fine), first);
  }
}

/** Taxable at 19 % for all members and both services, in the year of the quarter. */
export async function taxable({
  finance,
  colleague,
  marriage,
  certificates,
  erwitte,
  anroechte,
  association,
}: CostingWorld): Promise<void> {
  for (const serviceId of [marriage, certificates]) {
    await inForce(finance, colleague, determination(serviceId, [erwitte.id, anroechte.id, association.id]));
  }
}

/** Two members that pay by price in a frozen quarter, ready to be billed. */
export async function pricedQuarter(t: Test): Promise<CostingWorld> {
  const world = await startCostingWorld(t);
  const { erwitte, anroechte, marriage } = world;
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 1_000)]));
  await addWording(world, [marriage], [erwitte, anroechte], null, {
    priceClause: pricedBy('Preise 2026', [marriage]),
  });
  await use(world, erwitte, marriage, '7');
  await use(world, anroechte, marriage, '4');
  await taxable(world);
  await readyToIssue(world);
  await freeze(world);
  return world;
}

/** A posted run of the quarter. */
export async function postedQuarter(world: CostingWorld): Promise<RunBody> {
  await fillQuarter(world);
  await freeze(world);
  return postRun(world, await createRun(world));
}

/** What the workers do with the jobs of statements, in the order they come. */
export async function work(world: Pick<CostingWorld, 'test' | 'clock' | 'centre'>): Promise<void> {
  const { test, clock, centre } = world;
  const { batches, rendering } = test.modules.billing;
  const ctx = systemContext(centre, clock.now(), newId());
  for (;;) {
    const [job] = await test.owner.sql<{ id: string; name: string; payload: Record<string, string> }[]>`
      select id, name, payload from outbox_jobs where name like 'billing.%' and completed_at is null order by id limit 1`;
    if (job === undefined) return;
    const { batchId = '', statementId = '' } = job.payload;
    if (job.name === 'billing.prepare-batch') await batches.prepare(ctx, batchId);
    if (job.name === 'billing.issue-batch') await batches.issueAll(ctx, batchId);
    if (job.name === 'billing.render-statement') await rendering.render(ctx, statementId);
    await test.owner.sql`update outbox_jobs set completed_at = now() where id = ${job.id}`;
  }
}

type World = Pick<CostingWorld, 'test' | 'clock' | 'centre' | 'finance' | 'periodId'>;

export async function prepare(world: World, more: object = {}): Promise<BatchBody> {
  const { finance, periodId } = world;
  const { id } = await must<BatchBody>(finance, 'POST', '/statement-batches', { periodId, ...more });
  await work(world);
  return must<BatchBody>(finance, 'GET', `/statement-batches/${id}`);
}

export async function issue(world: World, { id, version, contentHash }: BatchBody): Promise<BatchBody> {
  const { finance } = world;
  const etag = { 'if-match': `"${version}"` };
  await must(finance, 'POST', `/statement-batches/${id}/actions/issue`, { contentHash }, etag);
  await work(world);
  return must<BatchBody>(finance, 'GET', `/statement-batches/${id}`);
}

export async function statementsOf(caller: Caller, query = ''): Promise<StatementBody[]> {
  const { items } = await must<{ items: StatementBody[] }>(caller, 'GET', `/statements?limit=200${query}`);
  return items;
}

export const statement = (caller: Caller, id: string): Promise<StatementBody> =>
  must<StatementBody>(caller, 'GET', `/statements/${id}`);

/** Any step of a statement, with the ETag of the state given. */
export function statementStep(
  caller: Caller,
  { id, version }: Pick<StatementBody, 'id' | 'version'>,
  action: string,
  body: object = {},
) {
  return caller.call('POST', `/statements/${id}/actions/${action}`, body, { 'if-match': `"${version}"` });
}

/** Drafts a credit note over all of a document. */
export const creditNote = (
  caller: Caller,
  { id }: Pick<StatementBody, 'id'>,
  reason = 'Falscher Empfänger',
) => caller.call('POST', `/statements/${id}/credit-notes`, { reason });
