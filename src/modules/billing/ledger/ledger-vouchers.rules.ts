import { roundToTotal, sumCents, toBigCents } from '../../../platform/money/index.ts';
import { textIn } from '../../../platform/texts.ts';
import type {
  AccountKind,
  AccountPlan,
  AccountRule,
  LedgerEntry,
  LedgerLine,
  LedgerStatement,
  LedgerVoucher,
} from './ledger.types.ts';
import { accountKindOf, debtorOf, plainRate, planOn, ruleFor } from './ledger-accounts.rules.ts';

/** What is missing before a document can be booked. */
export interface Shortage {
  readonly code:
    | 'PLAN_MISSING'
    | 'RULE_MISSING'
    | 'VAT_ACCOUNT_MISSING'
    | 'DEBTOR_MISSING'
    | 'PREDECESSOR_MISSING'
    | 'NO_INSTALMENT';
  readonly detail: string;
}

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
): Booked {
  const known = new Map(kept);
  const shortages = new Map<string, Shortage>();
  const report = (code: Shortage['code'], detail: string) =>
    shortages.set(`${code} ${detail}`, { code, detail });
  const byId = new Map(statements.map((statement) => [statement.id, statement]));
  const vouchers = new Map<string, LedgerVoucher>();
  const pending = new Set<string>();

  const book = (statement: LedgerStatement): void => {
    if (pending.has(statement.id)) return;
    pending.add(statement.id);
    for (const id of predecessorsOf(statement)) {
      const before = byId.get(id);
      if (before !== undefined) book(before);
    }
    const plan = planOn(plans, statement.issuedOn);
    if (plan === undefined) {
      report('PLAN_MISSING', `no account plan holds on ${statement.issuedOn}`);
      return;
    }
    const debtorAccount = debtorOf(plan, statement.organisationId);
    if (debtorAccount === null) report('DEBTOR_MISSING', `${statement.memberName} has no personal account`);
    const entries = entriesOf(statement, plan, known, report);
    known.set(statement.id, entries);
    vouchers.set(statement.id, { statement, planId: plan.id, debtorAccount: debtorAccount ?? '', entries });
  };

  for (const statement of statements) book(statement);
  const listed = statements.flatMap(({ id }) => vouchers.get(id) ?? []);
  return { vouchers: listed, shortages: [...shortages.values()] };
}

/** Documents that have to be in the books before this one. */
export function predecessorsOf({ kind, correctsId, correctsKind, preceding }: LedgerStatement): string[] {
  const setOff = preceding
    .filter(({ prepaidCents }) => prepaidCents !== 0)
    .map(({ statementId }) => statementId);
  const takenBack = correctsId !== null && (kind === 384 || correctsKind === 326) ? [correctsId] : [];
  return [...new Set([...setOff, ...takenBack])];
}

type Report = (code: Shortage['code'], detail: string) => void;
type Kept = ReadonlyMap<string, readonly LedgerEntry[]>;

function entriesOf(statement: LedgerStatement, plan: AccountPlan, kept: Kept, report: Report): LedgerEntry[] {
  const { kind, correctsId, correctsNumber, correctsKind } = statement;
  const find = (id: string, number: string): readonly LedgerEntry[] => {
    const entries = kept.get(id);
    if (entries === undefined) {
      report('PREDECESSOR_MISSING', `${statement.number} follows ${number}, which has not been exported`);
    }
    return entries ?? [];
  };
  const advances = (id: string, number: string): readonly LedgerEntry[] => {
    const entries = find(id, number);
    const own = entries.filter(({ role, effect }) => role === 'advance' && effect === 'charge');
    if (entries.length > own.length && own.length === 0) {
      report('NO_INSTALMENT', `${statement.number} sets off ${number}, which is no instalment`);
    }
    return own;
  };
  const cleared = statement.preceding
    .filter(({ prepaidCents }) => prepaidCents !== 0)
    .flatMap(({ statementId, number, prepaidCents, prepaidVatCents }) =>
      clear(advances(statementId, number), number, prepaidVatCents - prepaidCents, -prepaidVatCents),
    );
  if (correctsId === null || correctsNumber === null) {
    return [...charges(statement, plan, report), ...cleared];
  }
  if (kind === 384) {
    const reversed = find(correctsId, correctsNumber)
      .filter(({ effect }) => effect !== 'reversal')
      .map((entry) => reversal(entry, correctsNumber));
    return [...reversed, ...charges(statement, plan, report), ...cleared];
  }
  // The amounts of a credit note are what the member gets back.
  const given =
    correctsKind === 326
      ? clear(advances(correctsId, correctsNumber), correctsNumber, netOf(statement), vatOf(statement))
      : charges(statement, plan, report);
  return [...given, ...cleared].map(negated);
}

/** What the lines charge, one entry for each service and set of accounts, with their share of the VAT of the document. */
function charges(statement: LedgerStatement, plan: AccountPlan, report: Report): LedgerEntry[] {
  const kind = accountKindOf(statement.kind);
  const entries = new Map<string, LedgerEntry>();
  for (const { line, vatCents } of vatByLine(statement)) {
    if (line.netCents === 0 && vatCents === 0) continue;
    const rule = ruleFor(plan.rules, kind, line);
    if (rule === undefined) {
      report('RULE_MISSING', `${describe(line, kind)}: no account in the plan from ${plan.validFrom}`);
      continue;
    }
    if (vatCents !== 0 && rule.vatAccount === null) {
      report(
        'VAT_ACCOUNT_MISSING',
        `${describe(line, kind)}: no VAT account in the plan from ${plan.validFrom}`,
      );
    }
    const entry = entryOf(statement, line, rule, kind, vatCents);
    const key = JSON.stringify([entry.serviceId, entry.vatCategory, entry.ratePercent]);
    const sum = entries.get(key);
    entries.set(key, sum === undefined ? entry : plus(sum, entry));
  }
  return [...entries.values()];
}

function describe(
  { serviceTitle, serviceCode, vatCategory, ratePercent }: LedgerLine,
  kind: AccountKind,
): string {
  return `${serviceTitle} (${serviceCode}), ${kind}, VAT ${vatCategory} ${plainRate(ratePercent)}`;
}

function entryOf(
  { periodCode }: LedgerStatement,
  line: LedgerLine,
  rule: AccountRule,
  kind: AccountKind,
  vatCents: number,
): LedgerEntry {
  const { netCents, ratePercent, ...of } = line;
  const { account, vatAccount, product, costObject, taxKey } = rule;
  const values = { service: line.serviceTitle, period: periodCode };
  return {
    role: kind === 'instalment' ? 'advance' : 'revenue',
    effect: 'charge',
    ...{ account, vatAccount, product, costObject, taxKey },
    ...of,
    ratePercent: plainRate(ratePercent),
    ...{ netCents, vatCents },
    text: textIn('de', `billing.ledger.text.${kind}`, values),
    reference: null,
  };
}

function plus(sum: LedgerEntry, { netCents, vatCents }: LedgerEntry): LedgerEntry {
  return {
    ...sum,
    netCents: sumCents([sum.netCents, netCents]),
    vatCents: sumCents([sum.vatCents, vatCents]),
  };
}

function vatByLine({ lines, vat }: LedgerStatement): { line: LedgerLine; vatCents: number }[] {
  return vat.flatMap(({ category, ratePercent, vatCents }) => {
    const own = lines.filter(
      (line) => line.vatCategory === category && plainRate(line.ratePercent) === plainRate(ratePercent),
    );
    const shares = spread(
      vatCents,
      own.map(({ netCents }) => netCents),
    );
    return own.map((line, at) => ({ line, vatCents: shares[at] as number }));
  });
}

/** Sets an amount off against what advances were booked to, in proportion where it is not all of it. */
function clear(
  advances: readonly LedgerEntry[],
  number: string,
  netCents: number,
  vatCents: number,
): LedgerEntry[] {
  const net = spread(
    netCents,
    advances.map((entry) => entry.netCents),
  );
  const vat = spread(
    vatCents,
    advances.map((entry) => entry.vatCents),
  );
  return advances.map((entry, at) => ({
    ...entry,
    effect: 'clearing',
    netCents: net[at] as number,
    vatCents: vat[at] as number,
    text: textIn('de', 'billing.ledger.text.clearing', { number }),
    reference: number,
  }));
}

function reversal(entry: LedgerEntry, number: string): LedgerEntry {
  const text = textIn('de', 'billing.ledger.text.reversal', { number });
  return { ...negated(entry), effect: 'reversal', text, reference: number };
}

function negated(entry: LedgerEntry): LedgerEntry {
  // -0 is equal to 0 but not the same to every comparison.
  return { ...entry, netCents: 0 - entry.netCents, vatCents: 0 - entry.vatCents };
}

const netOf = ({ lines }: LedgerStatement): number => sumCents(lines.map(({ netCents }) => netCents));
const vatOf = ({ vat }: LedgerStatement): number => sumCents(vat.map(({ vatCents }) => vatCents));

/** Splits an amount by weights of either sign, by the one rule of rounding; where they cancel out the first one takes it. */
export function spread(totalCents: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + toBigCents(weight), 0n);
  if (sum === 0n) return weights.map((_weight, at) => (at === 0 ? totalCents : 0));
  const [sign, size] = sum < 0n ? [-1n, -sum] : [1n, sum];
  const total = toBigCents(totalCents);
  const numerators = weights.map((weight) => sign * total * toBigCents(weight));
  return roundToTotal(numerators, size, total).map(Number);
}
