import type { Clock } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { audit } from '../../audit/index.ts';
import { fileOf } from './render-statement.ts';
import { readFiles } from './statement-dispatches.repo.ts';
import type { StoredFile, ValidationRow } from './statement-sending.types.ts';
import * as repo from './statement-validations.repo.ts';
import { findStatement } from './statements.repo.ts';
import type { StatementRow } from './statements.types.ts';
import type { Validator } from './validator.ts';

/** What the validator is shown: both XML files say the same, and this one is what most portals take. */
const FORMAT = 'xrechnung-ubl';

interface ValidationMeans {
  readonly db: Database;
  readonly clock: Clock;
  readonly validator: Validator | undefined;
}

/**
 * Asks the validator about an e-invoice and keeps its report; what follows from the verdict is done in the same transaction, also when
 * the verdict was there before.
 * @throws DomainError VALIDATOR_FAILED
 */
export async function validateStatement(
  { db, clock, validator }: ValidationMeans,
  ctx: HatContext,
  statementId: string,
  follow: (tx: HatTx, statement: StatementRow, accepted: boolean) => Promise<void>,
): Promise<void> {
  const found = await withHatTx(db, ctx, (tx) => readInvoice(tx, statementId));
  if (found.verdict !== undefined || validator === undefined) {
    // No validator any more: what was to be asked goes out as if there had never been one.
    const accepted = found.verdict?.accepted ?? true;
    await withHatTx(db, ctx, (tx) => follow(tx, found.statement, accepted));
    return;
  }
  const { statement, file } = found;
  const verdict = await validator.validate(
    fileOf(statement.number ?? '', FORMAT, file.bytes).name,
    file.bytes,
  );
  await withHatTx(db, ctx, async (tx) => {
    const kept = { ...verdict, validator: validator.address, at: clock.now() };
    const validation = await repo.insertValidation(tx, statement, file, kept);
    if (validation === undefined) return;
    await auditVerdict(tx, ctx, statementId, validation);
    await follow(tx, statement, validation.accepted);
  });
}

interface Invoice {
  readonly statement: StatementRow;
  readonly file: StoredFile;
  readonly verdict: ValidationRow | undefined;
}

async function readInvoice(tx: HatTx, statementId: string): Promise<Invoice> {
  const statement = await findStatement(tx, statementId);
  const [file] = await readFiles(tx, statementId, [FORMAT]);
  if (statement === undefined || file === undefined)
    throw new Error(`no e-invoice of statement ${statementId}`);
  const verdicts = await repo.listValidations(tx, statementId);
  return { statement, file, verdict: verdicts.find(({ format }) => format === FORMAT) };
}

function auditVerdict(
  tx: HatTx,
  ctx: HatContext,
  statementId: string,
  { id, format, accepted, reportSha256 }: ValidationRow,
): Promise<void> {
  return audit(tx, ctx, {
    action: 'billing.statement-validated',
    entityType: 'statement',
    entityId: statementId,
    details: { validationId: id, format, accepted, reportSha256 },
  });
}
