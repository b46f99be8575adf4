import { sumCents } from '../../../platform/money/index.ts';
import type {
  AccountPlan,
  LedgerEntry,
  LedgerStatement,
  LedgerVoucher,
  LedgerWords,
} from './ledger.types.ts';
import { accountKindOf, debtorOf, planOn } from './ledger-accounts.rules.ts';
import { charges, clear, negated, type Report, reversal, type Shortage } from './ledger-entries.rules.ts';

export interface Booked {
  readonly vouchers: readonly LedgerVoucher[];
  readonly shortages: readonly Shortage[];
}

/**
 * What documents are booked as. An instalment stands as a liability until a final document sets it off: there it is cleared on the
 * accounts it was booked to (`kept`), whatever plan holds by then. A corrected document takes back all of what it replaces.
 * Everything that is missing is said at once.
 */
export function bookStatements(
  statements: readonly LedgerStatement[],
  plans: readonly AccountPlan[],
  kept: ReadonlyMap<string, readonly LedgerEntry[]>,
  say: LedgerWords,
): Booked {
  const known = new Map(kept);
  const shortages = new Map<string, Shortage>();
  const report: Report = (code, detail) => shortages.set(`${code} ${detail}`, { code, detail });
  const vouchers = new Map<string, LedgerVoucher>();
  for (const statement of inOrder(statements)) {
    const plan = planOn(plans, statement.issuedOn);
    if (plan === undefined) {
      report('PLAN_MISSING', `no account plan holds on ${statement.issuedOn}`);
      known.set(statement.id, []);
      continue;
    }
    const debtorAccount = debtorOf(plan, statement.organisationId);
    if (debtorAccount === null) report('DEBTOR_MISSING', `${statement.memberName} has no personal account`);
    const entries = entriesOf(statement, { plan, known, report, say });
    known.set(statement.id, entries);
    vouchers.set(statement.id, { statement, planId: plan.id, debtorAccount: debtorAccount ?? '', entries });
  }
  const listed = statements.flatMap(({ id }) => vouchers.get(id) ?? []);
  return { vouchers: listed, shortages: [...shortages.values()] };
}

/** Documents that have to be in the books before this one. */
export function predecessorsOf({ correctsId, preceding }: LedgerStatement): string[] {
  const counted = preceding.filter(({ prepaidCents }) => prepaidCents !== 0);
  const ids = counted.map(({ statementId }) => statementId);
  return [...new Set(correctsId === null ? ids : [...ids, correctsId])];
}

/** Each document behind those it follows, else as they come. */
function inOrder(statements: readonly LedgerStatement[]): LedgerStatement[] {
  const byId = new Map(statements.map((statement) => [statement.id, statement]));
  const ordered = new Set<LedgerStatement>();
  const visit = (statement: LedgerStatement, path: ReadonlySet<string>): void => {
    if (ordered.has(statement) || path.has(statement.id)) return;
    const deeper = new Set([...path, statement.id]);
    for (const id of predecessorsOf(statement)) {
      const before = byId.get(id);
      if (before !== undefined) visit(before, deeper);
    }
    ordered.add(statement);
  };
  for (const statement of statements) visit(statement, new Set());
  return [...ordered];
}

interface Books {
  readonly plan: AccountPlan;
  readonly known: ReadonlyMap<string, readonly LedgerEntry[]>;
  readonly report: Report;
  readonly say: LedgerWords;
}

function entriesOf(statement: LedgerStatement, books: Books): LedgerEntry[] {
  const { plan, report, say } = books;
  const { kind, correctsId, correctsNumber } = statement;
  const cleared = setOff(statement, books);
  if (correctsId === null || correctsNumber === null) {
    return [...charges(statement, accountKindOf(kind), plan, report, say), ...cleared];
  }
  const before = find(statement, correctsId, correctsNumber, books);
  const advances = before.filter(isAdvance);
  const charged = () => {
    const of = advances.length > 0 ? 'instalment' : accountKindOf(kind);
    return charges(statement, of, plan, report, say);
  };
  if (kind === 384) {
    const reversed = before.filter(({ effect }) => effect !== 'reversal');
    const text = say('reversal', { number: correctsNumber });
    return [...reversed.map((entry) => reversal(entry, correctsNumber, text)), ...charged(), ...cleared];
  }
  // The amounts of a credit note are what the member gets back.
  const text = say('credit', { service: correctsNumber, period: statement.periodCode });
  const given =
    advances.length > 0
      ? clear(advances, correctsNumber, text, { netCents: netOf(statement), vatCents: vatOf(statement) })
      : charged();
  return [...given, ...cleared].map(negated);
}

/** Instalments that a document sets off, on the accounts where they stand. */
function setOff(statement: LedgerStatement, books: Books): LedgerEntry[] {
  const preceding = statement.preceding.filter(({ prepaidCents }) => prepaidCents !== 0);
  return preceding.flatMap(({ statementId, number, prepaidCents, prepaidVatCents }) => {
    const entries = find(statement, statementId, number, books);
    const advances = entries.filter(isAdvance);
    if (entries.length > 0 && advances.length === 0) {
      books.report('NO_INSTALMENT', `${statement.number} sets off ${number}, which is no instalment`);
    }
    const text = books.say('clearing', { number });
    const amounts = { netCents: prepaidVatCents - prepaidCents, vatCents: 0 - prepaidVatCents };
    return clear(advances, number, text, amounts);
  });
}

function find(
  statement: LedgerStatement,
  id: string,
  number: string,
  { known, report }: Books,
): readonly LedgerEntry[] {
  const entries = known.get(id);
  if (entries !== undefined) return entries;
  report('PREDECESSOR_MISSING', `${statement.number} follows ${number}, which has not been exported`);
  return [];
}

function isAdvance({ role, effect }: LedgerEntry): boolean {
  return role === 'advance' && effect === 'charge';
}

const netOf = ({ lines }: LedgerStatement): number => sumCents(lines.map(({ netCents }) => netCents));
const vatOf = ({ vat }: LedgerStatement): number => sumCents(vat.map(({ vatCents }) => vatCents));
