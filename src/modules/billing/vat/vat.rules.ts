import { DomainError } from '../../../platform/errors.ts';
import { toBigCents } from '../../../platform/money/index.ts';
import { VAT_RULES_MISSING } from '../billing.errors.ts';
import {
  COOPERATION_CONDITIONS,
  COST_SHARING_CONDITIONS,
  type VatDetermination,
  type VatKnownInput,
  type VatOutcome,
  type VatRuleSet,
} from './vat.types.ts';

interface Step {
  readonly id: string;
  /** The law the step asks. */
  readonly law: string;
  /** An outcome ends the procedure, `EXEMPTIONS` goes on with S10, undefined with the next step. */
  readonly decide: (facts: VatKnownInput, rules: VatRuleSet) => VatOutcome | 'EXEMPTIONS' | undefined;
}

const FIRST_EXEMPTION = 'S10';

/** The procedure: the first step that decides wins. */
export const VAT_STEPS: readonly Step[] = [
  {
    id: 'S0',
    law: '§ 1 Abs. 1 Nr. 1 UStG',
    decide: ({ consideration, sameLegalEntity }) =>
      consideration && !sameLegalEntity ? undefined : outOfScope('NO_EXCHANGE'),
  },
  {
    id: 'S1',
    law: '§ 2b Abs. 1 Satz 1 UStG',
    decide: ({ providerType }) => (providerType === 'PUBLIC_LAW' ? undefined : 'EXEMPTIONS'),
  },
  {
    id: 'S2',
    law: '§ 27 Abs. 22 und 22a UStG',
    decide: ({ legacyOption, legacyClass, serviceDay }, { legacyUntil }) => {
      if (!legacyOption || serviceDay > legacyUntil.value) return undefined;
      if (legacyClass === 'NON_BGA') return outOfScope('LEGACY_2_3_AF');
      return legacyClass === 'BGA' ? 'EXEMPTIONS' : review('LEGACY_CLASS_MISSING');
    },
  },
  {
    id: 'S3',
    law: '§ 2b Abs. 1 Satz 1 UStG',
    decide: ({ basis }) => (basis === 'PUBLIC' ? undefined : 'EXEMPTIONS'),
  },
  {
    id: 'S4',
    law: '§ 2b Abs. 2 Nr. 1 UStG',
    decide: ({ groupForecastCents }, { groupLimitCents }) => {
      if (groupForecastCents === undefined || groupForecastCents === null) return review('FORECAST_MISSING');
      return groupForecastCents <= groupLimitCents.value ? outOfScope('2B_2_1') : undefined;
    },
  },
  {
    id: 'S5',
    law: '§ 2b Abs. 2 Nr. 2 UStG',
    decide: ({ comparableExemptWithoutOption }) =>
      comparableExemptWithoutOption ? outOfScope('2B_2_2') : undefined,
  },
  {
    id: 'S6',
    law: '§ 2b Abs. 3 Nr. 1 UStG',
    decide: (facts) => (toPublicLaw(facts) && facts.reservedByLaw ? outOfScope('2B_3_1') : undefined),
  },
  {
    id: 'S7',
    law: '§ 2b Abs. 1 UStG',
    decide: (facts) =>
      toPublicLaw(facts) && facts.delegation && facts.dischargeDecisive
        ? outOfScope('2B_1_DELEGATION')
        : undefined,
  },
  {
    id: 'S8',
    law: '§ 2b Abs. 1 Satz 2 UStG',
    decide: ({ noPotentialCompetition }) =>
      noPotentialCompetition ? outOfScope('2B_1_NO_COMPETITION') : undefined,
  },
  {
    id: 'S9',
    law: '§ 2b Abs. 3 Nr. 2 UStG',
    decide: (facts) => {
      const { cooperation, competitionCheck } = facts;
      if (!toPublicLaw(facts) || !all(COOPERATION_CONDITIONS, cooperation)) return undefined;
      if (competitionCheck === 'NONE') return outOfScope('2B_3_2');
      return competitionCheck === 'DISTORTION' ? 'EXEMPTIONS' : review('2B_3_2_COMPETITION_CHECK_MISSING');
    },
  },
  {
    id: FIRST_EXEMPTION,
    law: '§ 4 Nr. 29 UStG',
    decide: ({ costSharing }) =>
      all(COST_SHARING_CONDITIONS, costSharing) ? exempt('4_29', 'VATEX-EU-132-1F') : undefined,
  },
  {
    id: 'S11',
    law: '§ 4 UStG',
    decide: ({ otherExemption }) => (otherExemption ? exempt(`4_OTHER:${otherExemption}`, null) : undefined),
  },
  {
    id: 'S12',
    law: '§ 19 UStG',
    decide: (facts, { previousYearLimitCents, currentYearLimitCents }) => {
      const { previousYearTurnoverCents: previous, yearToDateTurnoverCents: current } = facts;
      const isSmall =
        atMost(previous, previousYearLimitCents.value) && atMost(current, currentYearLimitCents.value);
      if (facts.smallBusinessWaived || !isSmall) return undefined;
      return previous === null || current === null ? review('TURNOVER_MISSING') : exempt('19', null);
    },
  },
  {
    id: 'S13',
    law: '§ 12 UStG',
    decide: ({ reducedRate }, { standardRatePercent, reducedRatePercent }) =>
      taxable((reducedRate ? reducedRatePercent : standardRatePercent).value),
  },
];

/**
 * § 2b UStG for one service, recipient and day: out of scope, exempt, taxable, or a review where a fact is missing.
 * Nothing is guessed in favour of an outcome: what is not asserted does not hold. Turnovers are asserted always; they are null only
 * where asserted facts are taken into another calendar year.
 * @param ruleSets the figures of the law; the one of the service day is used
 * @throws DomainError VAT_RULES_MISSING, AMOUNT_OUT_OF_RANGE
 */
export function determineVat(facts: VatKnownInput, ruleSets: readonly VatRuleSet[]): VatDetermination {
  refuseInexact(facts);
  const rules = ruleSetOn(facts.serviceDay, ruleSets);
  const trace: string[] = [];
  let jump = false;
  for (const { id, law, decide } of VAT_STEPS) {
    if (jump && id !== FIRST_EXEMPTION) continue;
    jump = false;
    trace.push(id);
    const decision = decide(facts, rules);
    if (decision === 'EXEMPTIONS') jump = true;
    else if (decision !== undefined) return { ...decision, law, trace, ruleSet: rules.id };
  }
  throw new RangeError('The last step of the VAT procedure decided nothing');
}

function refuseInexact(facts: VatKnownInput): void {
  for (const field of [
    'groupForecastCents',
    'previousYearTurnoverCents',
    'yearToDateTurnoverCents',
  ] as const) {
    toBigCents(facts[field] ?? 0, `/${field}`);
  }
}

/** The figures of the law for services of a day. @throws DomainError VAT_RULES_MISSING */
export function ruleSetOn(day: string, ruleSets: readonly VatRuleSet[], pointer = '/serviceDay'): VatRuleSet {
  const found = ruleSets.find(
    ({ validFrom, validTo }) => validFrom <= day && (validTo === null || day <= validTo),
  );
  if (found !== undefined) return found;
  throw new DomainError(VAT_RULES_MISSING, `There are no VAT rules for services of ${day}`, { pointer });
}

/** What is not known may be so. */
function atMost(cents: number | null, limitCents: number): boolean {
  return cents === null || cents <= limitCents;
}

function toPublicLaw({ recipientType }: VatKnownInput): boolean {
  return recipientType === 'PUBLIC_LAW';
}

function all<Name extends string>(
  names: readonly Name[],
  asserted: Readonly<Partial<Record<Name, boolean>>> | null | undefined,
): boolean {
  return names.every((name) => asserted?.[name]);
}

function outOfScope(rule: string): VatOutcome {
  return { result: 'OUT_OF_SCOPE', rule, category: 'O', ratePercent: 0, vatexCode: 'VATEX-EU-O' };
}

function exempt(rule: string, vatexCode: string | null): VatOutcome {
  return { result: 'EXEMPT', rule, category: 'E', ratePercent: 0, vatexCode };
}

function taxable(ratePercent: number): VatOutcome {
  return { result: 'TAXABLE', rule: 'STANDARD', category: 'S', ratePercent, vatexCode: null };
}

function review(rule: string): VatOutcome {
  return { result: 'REVIEW', rule, category: null, ratePercent: null, vatexCode: null };
}
