import type { Day } from '../../../platform/clock.ts';
import { formatDecimal, parseDecimal } from '../../../platform/money/index.ts';
import type { DocumentKind } from '../documents/document.types.ts';
import type { AccountKind, AccountPlan, AccountRule, LedgerLine } from './ledger.types.ts';

const KINDS: Readonly<Record<DocumentKind, AccountKind>> = {
  326: 'instalment',
  380: 'settlement',
  384: 'correction',
  381: 'credit',
};

export const accountKindOf = (kind: DocumentKind): AccountKind => KINDS[kind];

/** The plan for documents of a day: the one that began last. */
export function planOn<P extends { readonly validFrom: Day }>(plans: readonly P[], day: Day): P | undefined {
  return plans
    .filter(({ validFrom }) => validFrom <= day)
    .reduce<P | undefined>(
      (latest, plan) => (latest === undefined || plan.validFrom > latest.validFrom ? plan : latest),
      undefined,
    );
}

/**
 * The rule of a line: the service counts more than the kind, the kind more than the category, the category more than the rate.
 * Instalments are a liability and no revenue, so that only rules that name them hold for them.
 */
export function ruleFor(
  rules: readonly AccountRule[],
  kind: AccountKind,
  line: LedgerLine,
): AccountRule | undefined {
  const fitting = rules.filter(
    (rule) =>
      fits(rule.serviceId, line.serviceId) &&
      (rule.kind === kind || (rule.kind === null && kind !== 'instalment')) &&
      fits(rule.vatCategory, line.vatCategory) &&
      (rule.ratePercent === null || sameRate(rule.ratePercent, line.ratePercent)),
  );
  return fitting.reduce<AccountRule | undefined>(
    (best, rule) => (best === undefined || weightOf(rule) > weightOf(best) ? rule : best),
    undefined,
  );
}

export function debtorOf(plan: AccountPlan, organisationId: string): string | null {
  return plan.debtors.get(organisationId) ?? plan.collectiveDebtor;
}

/** `19.0` and `19` are one rate. */
export function plainRate(ratePercent: string): string {
  return formatDecimal(parseDecimal(ratePercent));
}

function sameRate(one: string, other: string): boolean {
  return plainRate(one) === plainRate(other);
}

function fits<T>(named: T | null, actual: T): boolean {
  return named === null || named === actual;
}

function weightOf({ serviceId, kind, vatCategory, ratePercent }: AccountRule): number {
  const named = [serviceId, kind, vatCategory, ratePercent].map((part) => (part === null ? '0' : '1'));
  return Number.parseInt(named.join(''), 2);
}
