import type { Day } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import type { Problem } from '../../../platform/errors.ts';
import type { DerivedLine } from '../../costing/index.ts';
import { derivationOf, treatmentOf } from '../statements/charged-lines.ts';
import { vatGroupOf } from '../statements/statement.rules.ts';
import type { ChargedLine, NewStatement } from '../statements/statements.types.ts';
import type { VatAnswer } from '../vat/vat.types.ts';
import { INSTALMENT_GROUP_CHANGED } from './instalment-plans.errors.ts';
import type { PlannedShare, PlanShare } from './plan-shares.rules.ts';
import { spreadLines } from './spread.rules.ts';

interface PlacedShare extends PlanShare {
  readonly position: number;
}

/** By position of the share its amounts, by day. All shares of each member and VAT group have to be there. */
export function spreadByGroup(shares: readonly PlacedShare[], dayCount: number): Map<number, number[]> {
  const groups = groupBy(shares, ({ organisationId, vatGroup }) => `${organisationId} ${vatGroup}`);
  const spread = new Map<number, number[]>();
  for (const lines of groups.values()) {
    const amounts = spreadLines(
      lines.map(({ amountCents }) => amountCents),
      dayCount,
    );
    for (const [at, { position }] of lines.entries()) spread.set(position, amounts[at] ?? []);
  }
  return spread;
}

/** A line of an instalment before anybody asked for its VAT. */
export interface DueLine {
  readonly share: PlanShare;
  readonly netCents: number;
}

/** The lines of the instalment with this number, without those that come to nothing. */
export function dueLines(
  shares: readonly PlacedShare[],
  spread: ReadonlyMap<number, readonly number[]>,
  number: number,
): DueLine[] {
  return shares
    .map((share) => ({ share, netCents: spread.get(share.position)?.[number - 1] ?? 0 }))
    .filter(({ netCents }) => netCents !== 0);
}

export interface PlanOfDocument {
  readonly periodId: string;
  readonly periodCode: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly dueOn: readonly Day[];
}

export interface IssueProblem {
  readonly problem: Problem;
  readonly detail: string;
}

/** What an instalment says, or why nobody can say it: VAT that is not determined, or that no longer goes into one document. */
export function instalmentDocument(
  plan: PlanOfDocument,
  { organisationId, number, dueOn }: { organisationId: string; number: number; dueOn: Day },
  lines: readonly DueLine[],
  answers: readonly VatAnswer[],
): { readonly statement: NewStatement } | { readonly problems: readonly IssueProblem[] } {
  const gaps = answers.flatMap((answer) => ('gap' in answer ? [answer.gap] : []));
  if (gaps.length > 0) return { problems: onceEach(gaps) };
  const charged = lines.map((line, at) => chargedLine(line, answers[at], number, plan.dueOn.length));
  const [group = '', ...others] = [...new Set(charged.map(({ line }) => vatGroupOf(line.vat)))];
  if (others.length > 0) {
    const detail = `Its lines now belong to ${others.length + 1} groups of VAT: ${[group, ...others].join('; ')}.`;
    return { problems: [{ problem: INSTALMENT_GROUP_CHANGED, detail }] };
  }
  const references = new Set(lines.map(({ share }) => share.agreementReference));
  const { periodId: id, periodCode: code, startsOn, endsOn } = plan;
  const statement: NewStatement = {
    organisationId,
    kind: 326,
    vatGroup: group,
    batchId: null,
    runId: null,
    period: { id, code, startsOn, endsOn },
    correctsId: null,
    dueOn,
    agreementReference: [...references].sort().join(', '),
    notes: [],
    preceding: [],
    lines: charged,
  };
  return { statement };
}

function onceEach(problems: readonly IssueProblem[]): IssueProblem[] {
  return [...new Map(problems.map((one) => [one.detail, one])).values()];
}

function chargedLine(
  { share, netCents }: DueLine,
  answer: VatAnswer | undefined,
  number: number,
  count: number,
): ChargedLine {
  if (answer === undefined || 'gap' in answer) throw new Error('the VAT of a line is not known');
  const { organisationId, serviceId, serviceCode: code, serviceTitle: title, text, derivation } = share;
  return {
    serviceId,
    organisationId,
    vatDeterminationId: answer.holding.id,
    runId: null,
    runPosition: null,
    usageLinks: [],
    line: {
      service: { code, title },
      text,
      quantity: '1',
      unit: 'LS',
      netCents,
      vat: treatmentOf(answer.holding),
      ...(derivation !== null && { derivation: { ...derivation, instalment: { number, count } } }),
    },
  };
}

/** As the instalment remembers it. */
export function noted(problems: readonly IssueProblem[]): { code: string; detail: string }[] {
  return problems.map(({ problem, detail }) => ({ code: problem.code, detail }));
}

/** The share of a budget as the documents derive it. */
export function shareOfBudget(share: DerivedLine): PlannedShare {
  const { organisationId, serviceId, serviceCode, serviceTitle, amountCents, parts } = share;
  const text = parts.map(({ label }) => label).join(', ');
  const derivation = derivationOf(share, parts[0]?.pool);
  return { organisationId, serviceId, serviceCode, serviceTitle, text, amountCents, derivation };
}
