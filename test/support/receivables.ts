import type { Test } from 'tap';
import { putRecipient } from '../../src/modules/billing/statements/billing-parties.repo.ts';
import { treatmentOf } from '../../src/modules/billing/statements/charged-lines.ts';
import { vatGroupOf } from '../../src/modules/billing/statements/statement.rules.ts';
import { createDrafts, issueDrafts } from '../../src/modules/billing/statements/statement-issuing.service.ts';
import type { NewStatement } from '../../src/modules/billing/statements/statements.types.ts';
import { vatFor } from '../../src/modules/billing/vat/vat-in-force.service.ts';
import { insertRunLines } from '../../src/modules/costing/runs/allocation-run-lines.repo.ts';
import { dayOf, plusDays } from '../../src/platform/clock.ts';
import { type Hat, systemContext } from '../../src/platform/context.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import { newId } from '../../src/platform/ids.ts';
import { sumCents } from '../../src/platform/money/index.ts';
import type { Caller, TestApp } from './app.ts';
import { addWording, type CostingWorld, movePeriod, startCostingWorld } from './costing.ts';
import { buyer, seller } from './documents.ts';
import { putIssuer } from './issuer.ts';
import { must } from './services.ts';
import { determination, inForce } from './vat.ts';

export const OWN_IBAN = seller.bank.iban;

/** Shares that need no usage: half by head, half 2 : 1. */
const CLAUSE = (anroechte: Hat) => ({
  mode: 'cascade',
  tranches: [
    { id: 'half', label: 'Kopf', percent: '50', key: { type: 'equal' } },
    {
      id: 'rest',
      label: 'Anteil',
      percent: '50',
      key: { type: 'fixed', values: { '05974016': '2', [anroechte.id]: '1' } },
    },
  ],
});

export interface ReceivablesWorld extends CostingWorld {
  /** The fourth quarter of 2026, open, with a budget. */
  readonly planned: string;
}

/** The costing world with who issues, who receives, VAT of both services, and a budget of the fourth quarter. */
export async function startReceivablesWorld(t: Test): Promise<ReceivablesWorld> {
  const world = await startCostingWorld(t);
  const { test, finance, colleague, erwitte, anroechte, marriage, certificates, centre } = world;
  await addWording(world, [marriage, certificates], [erwitte, anroechte], CLAUSE(anroechte));
  await withHatTx(test.db, finance.context, async (tx) => {
    await putIssuer(tx, finance.context, seller);
    for (const { id: organisationId } of [erwitte, anroechte])
      await putRecipient(tx, centre.id, 0, { organisationId, buyer, email: null, formats: ['pdf'] });
  });
  for (const service of [marriage, certificates])
    await inForce(finance, colleague, determination(service, [erwitte.id, anroechte.id]));
  const planned = (await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' })).id;
  await budget(finance, marriage, 1_000_001);
  await budget(finance, certificates, 50_000);
  return { ...world, planned };
}

/** The fourth quarter is over. */
export const PLANNED_OVER = '2027-01-04T09:00:00.000Z';

/** The planned period ends and is frozen; it stays January. */
export async function freezePlanned({ clock, finance, planned }: ReceivablesWorld): Promise<void> {
  clock.set(PLANNED_OVER);
  for (const action of ['close', 'freeze']) await movePeriod(finance, planned, action);
}

export async function budget(
  caller: Caller,
  serviceId: string,
  amountCents: number,
  bookedOn = '2026-10-15',
) {
  const line = { costType: 'Personal', text: 'Ansatz', kind: 'budget' };
  await must(caller, 'POST', '/cost-lines', { serviceId, bookedOn, amountCents, ...line });
}

export interface PlanBody {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly version: number;
  readonly amountCents: number;
  readonly invoicedCents: number;
  readonly contentHash: string;
  readonly resultHash: string | null;
  readonly availableActions: readonly string[];
  readonly progress: { readonly count: number; readonly issued: number; readonly blocked: number };
}

export const DUE = ['2026-10-20', '2026-11-20', '2026-12-18'];

export const planOf = ({ planned }: ReceivablesWorld, change: object = {}) => ({
  periodId: planned,
  dueOn: DUE,
  issueDaysBefore: 14,
  ...change,
});

export function planStep(
  caller: Caller,
  { id, version }: Pick<PlanBody, 'id' | 'version'>,
  action: string,
  body: object = {},
) {
  return caller.call('POST', `/instalment-plans/${id}/actions/${action}`, body, {
    'if-match': `"${version}"`,
  });
}

export async function planMust(
  caller: Caller,
  plan: Pick<PlanBody, 'id' | 'version'>,
  action: string,
  body: object = {},
): Promise<PlanBody> {
  const answer = await planStep(caller, plan, action, body);
  if (answer.statusCode !== 200) throw new Error(`${action}: ${answer.statusCode} ${answer.body}`);
  return answer.json();
}

export async function planInForce(world: ReceivablesWorld, change: object = {}): Promise<PlanBody> {
  const { finance, colleague } = world;
  const draft = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world, change));
  const submitted = await planMust(finance, draft, 'submit');
  return planMust(colleague, submitted, 'approve', { contentHash: draft.contentHash });
}

/** The job of the day, as the worker runs it after the task. */
export async function runDue({ test, clock, centre }: ReceivablesWorld): Promise<void> {
  const { instalments } = test.modules.receivables;
  await instalments.askForDue(clock.now());
  await runInstalmentJobs({ test, clock, centre });
}

/** The jobs that were asked for; says how many. */
export async function runInstalmentJobs({
  test,
  clock,
  centre,
}: Pick<ReceivablesWorld, 'test' | 'clock' | 'centre'>): Promise<number> {
  const { instalments } = test.modules.receivables;
  const jobs = await test.owner.sql<{ payload: { planId: string } }[]>`
    delete from outbox_jobs where name = 'billing.issue-instalments' returning payload`;
  for (const { payload } of jobs)
    await instalments.issue(systemContext(centre, clock.now(), newId()), payload.planId);
  return jobs.length;
}

interface IssuedDocument {
  readonly id: string;
  readonly number: string;
  readonly kind: 326 | 380 | 384 | 381;
  readonly payableCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
}

/** As a document names what it corrects. */
const reference = ({ id, number, kind, grossCents }: IssuedDocument) => ({
  statementId: id,
  number,
  kind,
  issuedOn: '2026-10-05',
  grossCents,
  prepaidCents: 0,
  prepaidVatCents: 0,
});

interface Issued {
  readonly kind?: 326 | 380 | 384 | 381;
  readonly netCents: number;
  /** The planned one, if none is named. */
  readonly period?: NewStatement['period'];
  /** The document that is replaced or taken back. */
  readonly corrects?: IssuedDocument;
  readonly dueOn?: string;
  readonly preceding?: NewStatement['preceding'];
}

/** An issued document of a member, at 19 % VAT; says id, number and what is to be paid. */
export async function issued(
  world: ReceivablesWorld,
  member: Hat,
  { kind = 326, netCents, period, corrects, dueOn, preceding = [] }: Issued,
): Promise<IssuedDocument> {
  const { test, clock, finance, centre, marriage, planned } = world;
  const ctx = { ...finance.context, now: clock.now() };
  const charged = period ?? {
    id: planned,
    code: '2026-Q4',
    startsOn: '2026-10-01',
    endsOn: '2027-01-01',
  };
  return withHatTx(test.db, ctx, async (tx) => {
    const question = {
      centreId: centre.id,
      serviceId: marriage,
      organisationId: member.id,
      day: plusDays(charged.endsOn, -1),
    };
    const holding = await vatFor(tx, question);
    const vat = treatmentOf(holding);
    const statement: NewStatement = {
      organisationId: member.id,
      kind,
      vatGroup: vatGroupOf(vat),
      batchId: null,
      runId: null,
      period: charged,
      correctsId: corrects?.id ?? null,
      dueOn: dueOn ?? null,
      agreementReference: 'Vereinbarung',
      notes: [],
      preceding: corrects === undefined ? preceding : [reference(corrects), ...preceding],
      lines: [
        {
          serviceId: marriage,
          organisationId: member.id,
          vatDeterminationId: holding.id,
          runId: null,
          runPosition: null,
          usageLinks: [],
          line: {
            service: { code: 'marriage', title: 'Eheschließung' },
            text: 'Leistung',
            quantity: '1',
            unit: 'LS',
            netCents,
            vat,
          },
        },
      ],
    };
    const ids = await createDrafts(tx, ctx, centre.id, [statement]);
    const result = await issueDrafts(tx, ctx, centre.id, ids, dayOf(clock.now()));
    const [done] = result.issued;
    if (done === undefined) throw new Error(JSON.stringify(result.blocked));
    const { payableCents, vatCents, grossCents } = done.document.totals;
    return { id: done.id, number: done.number, kind, payableCents, vatCents, grossCents };
  });
}

/** What a posted run of the planned period charges members, net, as far as reading goes: their documents are written by hand. */
export async function charged(
  { test, centre, finance, colleague, marriage, planned, clock }: ReceivablesWorld,
  amounts: readonly (readonly [Hat, number])[],
): Promise<void> {
  const id = newId();
  const part = {
    tranche: 'all',
    label: 'Leistung',
    percent: '100',
    trancheCents: null,
    key: { type: 'equal' },
    weight: '1',
    weightTotal: '1',
    share: '1',
    exactCents: '0',
  };
  const run = {
    id,
    centre_id: centre.id,
    period_id: planned,
    period_code: '2026-Q4',
    number: id,
    starts_on: '2026-10-01',
    ends_on: '2027-01-01',
    status: 'posted',
    algorithm: 'allocation/1',
    input_hash: 'a'.repeat(64),
    result_hash: 'a'.repeat(64),
    member_ids: amounts.map(([{ id: one }]) => one),
    created_by: finance.userId,
    created_by_name: 'F',
    created_at: clock.now(),
    submitted_by: finance.userId,
    approved_by: colleague.userId,
    approved_result_hash: 'a'.repeat(64),
    posted_at: clock.now(),
  };
  const lines = amounts.map(([{ id: organisationId }, amountCents], position) => ({
    position,
    serviceId: marriage,
    serviceCode: 'marriage',
    serviceTitle: 'Eheschließung',
    organisationId,
    member: organisationId,
    memberName: 'M',
    trancheId: 'all',
    exactCents: `${amountCents}`,
    parts: [part],
    roundingCents: 0,
    amountCents,
  }));
  await test.owner.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`; // past what keeps runs from being written whole
    await sql`insert into allocation_runs ${sql(run)}`;
    const pools = [{ service: { id: marriage }, amountCents: sumCents(amounts.map(([, cents]) => cents)) }];
    await sql`insert into allocation_run_calculations (run_id, centre_id, amount_cents, line_count, input)
      values (${id}, ${centre.id}, ${pools[0]?.amountCents ?? 0}, ${lines.length}, ${JSON.stringify({ pools })}::text::json)`;
    await insertRunLines({ sql } as never, { id, centreId: centre.id }, lines);
  });
}

/** Instalments as a final document sets them off. */
export const setOff = (...documents: readonly IssuedDocument[]): NewStatement['preceding'] =>
  documents.map(({ id, number, grossCents, vatCents }) => ({
    statementId: id,
    number,
    kind: 326,
    issuedOn: '2026-10-05',
    grossCents,
    prepaidCents: grossCents,
    prepaidVatCents: vatCents,
  }));

export interface OpenItemBody {
  readonly statementId: string;
  readonly chainId: string;
  readonly number: string;
  readonly organisationId: string;
  readonly claimCents: number;
  readonly matchedCents: number;
  readonly writtenOffCents: number;
  readonly openCents: number;
  readonly overdueSince: string | null;
}

export async function openItems(caller: Caller, query = ''): Promise<OpenItemBody[]> {
  const { items } = await must<{ items: OpenItemBody[] }>(caller, 'GET', `/open-items?limit=200&${query}`);
  return items;
}

export interface PaymentBody {
  readonly id: string;
  readonly version: number;
  readonly organisationId: string | null;
  readonly amountCents: number;
  readonly matchedCents: number;
  readonly creditCents: number;
  readonly kind: string;
  readonly unclear: {
    readonly reason: string;
    readonly candidates: readonly string[];
    readonly clearedAt: string | null;
  } | null;
}

export const pay = (caller: Caller, body: object): Promise<PaymentBody> =>
  must<PaymentBody>(caller, 'POST', '/payments', { bookedOn: '2026-10-05', text: 'Überweisung', ...body });

/** Sends a bank file as the browser would. */
export function sendBankFile(
  { app }: TestApp,
  { token }: Caller,
  xml: string | Buffer,
  query = 'dryRun=false',
) {
  return app.inject({
    method: 'POST',
    url: `/api/v1/bank-statement-imports?${query}`,
    payload: xml,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/xml' },
  });
}
