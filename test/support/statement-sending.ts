import { createHash, randomBytes } from 'node:crypto';
import { putRecipient } from '../../src/modules/billing/statements/billing-parties.repo.ts';
import { insertDocuments } from '../../src/modules/billing/statements/statement-documents.repo.ts';
import { createDrafts, issueDrafts } from '../../src/modules/billing/statements/statement-issuing.service.ts';
import { findStatement } from '../../src/modules/billing/statements/statements.repo.ts';
import type {
  BillingRecipient,
  DocumentFormat,
  StatementRow,
} from '../../src/modules/billing/statements/statements.types.ts';
import { type HatContext, systemContext } from '../../src/platform/context.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Caller, TestApp } from './app.ts';
import { buyer, instalmentLines, STANDARD, seller } from './documents.ts';
import { putIssuer } from './issuer.ts';
import { created } from './services.ts';
import { determination, inForce } from './vat.ts';

/** A centre that can issue to its member. */
export interface Biller {
  readonly test: TestApp;
  readonly finance: Caller;
  readonly member: Caller;
  /** As its jobs run. */
  readonly job: HatContext;
  readonly period: { readonly id: string; readonly code: string };
  readonly serviceId: string;
  readonly vatDeterminationId: string;
}

type Parties = Pick<Biller, 'test' | 'finance' | 'member' | 'serviceId'> & { readonly second: Caller };

/** Records what issuing takes: who issues, VAT of the service, a period of billing. */
export async function makeBiller({ second, ...parties }: Parties): Promise<Biller> {
  const { test, finance, member, serviceId } = parties;
  const job = systemContext(finance.hat, finance.context.now, newId());
  await withHatTx(test.db, job, (tx) => putIssuer(tx, job, seller));
  const { id } = await inForce(finance, second, determination(serviceId, [member.hat.id]));
  const period = await created(finance, '/billing-periods', { code: '2026-Q1' });
  return { ...parties, job, vatDeterminationId: id, period: { id: period.id, code: '2026-Q1' } };
}

let revision = 0;

/** Says where documents of the member go from now on. */
export async function mailTo(
  { test, finance, member, job }: Pick<Biller, 'test' | 'finance' | 'member' | 'job'>,
  email: string | null,
  formats: readonly DocumentFormat[] = ['pdf', 'xrechnung-ubl'],
): Promise<void> {
  const recipient: BillingRecipient = { organisationId: member.hat.id, buyer, email, formats };
  const [row] = await test.owner.sql<{ version: number }[]>`select version from billing_recipients
    where centre_id = ${finance.hat.id} and organisation_id = ${member.hat.id}`;
  await withHatTx(test.db, job, (tx) => putRecipient(tx, finance.hat.id, row?.version ?? 0, recipient));
}

/** A draft that asks for an instalment. */
export async function draftOf(biller: Biller): Promise<string> {
  const { test, finance, member, job, period, serviceId, vatDeterminationId } = biller;
  const [line] = instalmentLines(STANDARD);
  if (line === undefined) throw new Error('no line');
  const origin = { serviceId, organisationId: member.hat.id, vatDeterminationId };
  const [id] = await withHatTx(test.db, job, (tx) =>
    createDrafts(tx, job, finance.hat.id, [
      {
        organisationId: member.hat.id,
        kind: 326,
        vatGroup: 'S',
        batchId: null,
        runId: null,
        period: { ...period, startsOn: '2026-01-01', endsOn: '2026-04-01' },
        correctsId: null,
        dueOn: null,
        agreementReference: 'ÖRV 2024/07',
        notes: [`Revision ${(revision += 1)}`],
        preceding: [],
        lines: [{ ...origin, runId: null, runPosition: null, usageLinks: [], line }],
      },
    ]),
  );
  return id ?? '';
}

/** An issued statement without its files. */
export async function issuedStatement(biller: Biller): Promise<StatementRow> {
  const { test, finance, job } = biller;
  const id = await draftOf(biller);
  return withHatTx(test.db, job, async (tx) => {
    const { blocked } = await issueDrafts(tx, job, finance.hat.id, [id], '2026-11-20');
    if (blocked.length > 0) throw new Error(JSON.stringify(blocked.map(({ obstacles }) => obstacles)));
    return (await findStatement(tx, id)) as StatementRow;
  });
}

export const XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Invoice>Größe</Invoice>';

/** An issued statement, its files written down and what follows from them asked for, as rendering does. */
export async function renderedStatement(
  biller: Biller,
  formats: readonly DocumentFormat[] = ['pdf', 'csv', 'xrechnung-ubl'],
): Promise<StatementRow> {
  const { test, job } = biller;
  const statement = await issuedStatement(biller);
  await withHatTx(test.db, job, async (tx) => {
    const files = formats.map((format) => {
      const bytes = format === 'xrechnung-ubl' ? Buffer.from(XML, 'utf8') : randomBytes(3000);
      return { format, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    });
    await insertDocuments(tx, job, statement, files);
    await test.modules.billing.sending.afterRendering(tx, job, statement);
  });
  return statement;
}
