import { insertDispatch } from '../../src/modules/billing/statements/statement-dispatches.repo.ts';
import { insertValidation } from '../../src/modules/billing/statements/statement-validations.repo.ts';
import type { StatementRow } from '../../src/modules/billing/statements/statements.types.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Biller, mailTo, makeBiller, renderedStatement } from './statement-sending.ts';
import { allRoles, type TenantWorld } from './tenant-world.ts';

const billers = new WeakMap<TenantWorld, Promise<Biller>>();

function billerOf(world: TenantWorld): Promise<Biller> {
  const known = billers.get(world) ?? newBiller(world);
  billers.set(world, known);
  return known;
}

async function newBiller({ test, own }: TenantWorld): Promise<Biller> {
  const { centre: finance, member, serviceId } = own;
  const second = await test.caller(finance.hat, allRoles(finance.hat));
  const biller = await makeBiller({ test, finance, member, serviceId, second });
  await mailTo(biller, 'kaemmerei@ahsetal.example');
  return biller;
}

/** Issued for the own member, with its files. */
export const issuedStatementOf = async (world: TenantWorld): Promise<StatementRow> =>
  renderedStatement(await billerOf(world));

/** A dispatch of a statement that was just issued. */
export async function dispatchOf(world: TenantWorld): Promise<{ id: string }> {
  const { test, job } = await billerOf(world);
  const statement = await issuedStatementOf(world);
  const id = newId();
  const asked = {
    id,
    trigger: 'manual',
    reason: 'x',
    recipient: 'kaemmerei@ahsetal.example',
    files: [],
  } as const;
  const { centreId, organisationId } = statement;
  const subject = { entityType: 'statement', id: statement.id, centreId, organisationId } as const;
  await withHatTx(test.db, job, (tx) => insertDispatch(tx, job, subject, asked));
  return { id };
}

/** With a verdict, whose report names the statement. */
export async function validatedStatementOf(
  world: TenantWorld,
): Promise<{ id: string; validationId: string }> {
  const { test, job } = await billerOf(world);
  const statement = await issuedStatementOf(world);
  const report = Buffer.from(`<report>${statement.id}</report>`, 'utf8');
  const verdict = { accepted: true, report, validator: 'http://validator.example/', at: job.now };
  const file = { format: 'xrechnung-ubl', sha256: '0'.repeat(64) } as const;
  const row = await withHatTx(test.db, job, (tx) => insertValidation(tx, statement, file, verdict));
  return { id: statement.id, validationId: row?.id ?? '' };
}
