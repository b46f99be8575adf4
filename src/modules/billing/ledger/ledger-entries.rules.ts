import { roundToTotal, sumCents, toBigCents } from '../../../platform/money/index.ts';
import type {
  AccountKind,
  AccountPlan,
  AccountRule,
  LedgerEntry,
  LedgerLine,
  LedgerStatement,
  LedgerWords,
} from './ledger.types.ts';
import { plainRate, ruleFor } from './ledger-accounts.rules.ts';

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

export type Report = (code: Shortage['code'], detail: string) => void;

/** What the lines charge, one entry for each service and set of accounts, with their share of the VAT of the document. */
export function charges(
  statement: LedgerStatement,
  kind: AccountKind,
  plan: AccountPlan,
  report: Report,
  say: LedgerWords,
): LedgerEntry[] {
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
    const text = say(kind, { service: line.serviceTitle, period: statement.periodCode });
    const entry = entryOf(line, rule, kind, vatCents, text);
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
  line: LedgerLine,
  rule: AccountRule,
  kind: AccountKind,
  vatCents: number,
  text: string,
): LedgerEntry {
  const { netCents, ratePercent, ...of } = line;
  const { account, vatAccount, product, costObject, taxKey } = rule;
  return {
    role: kind === 'instalment' ? 'advance' : 'revenue',
    effect: 'charge',
    account,
    vatAccount,
    product,
    costObject,
    taxKey,
    ...of,
    ratePercent: plainRate(ratePercent),
    netCents,
    vatCents,
    text,
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
export function clear(
  advances: readonly LedgerEntry[],
  number: string,
  text: string,
  { netCents, vatCents }: Pick<LedgerEntry, 'netCents' | 'vatCents'>,
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
    text,
    reference: number,
  }));
}

export function reversal(entry: LedgerEntry, number: string, text: string): LedgerEntry {
  return { ...negated(entry), effect: 'reversal', text, reference: number };
}

export function negated(entry: LedgerEntry): LedgerEntry {
  // -0 is equal to 0 but not the same to every comparison.
  return { ...entry, netCents: 0 - entry.netCents, vatCents: 0 - entry.vatCents };
}

/** Splits an amount by weights of either sign, by the one rule of rounding; where they cancel out the first one takes it. */
export function spread(totalCents: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + toBigCents(weight), 0n);
  if (sum === 0n) return weights.map((_weight, at) => (at === 0 ? totalCents : 0));
  const [sign, size] = sum < 0n ? [-1n, -sum] : [1n, sum];
  const total = toBigCents(totalCents);
  const numerators = weights.map((weight) => sign * total * toBigCents(weight));
  return roundToTotal(numerators, size, total).map(Number);
}
