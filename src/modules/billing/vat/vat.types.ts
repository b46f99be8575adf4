import type { Problem } from '../../../platform/errors.ts';

/** A figure of the law and where it stands. */
export interface Sourced<Value> {
  readonly value: Value;
  readonly source: string;
}

/** The figures that hold for services from one day to another. */
export interface VatRuleSet {
  /** Named in every determination. */
  readonly id: string;
  readonly validFrom: string;
  /** The last day; null: until further notice. */
  readonly validTo: string | null;
  /** Last day of service under the option for the law before § 2b. */
  readonly legacyUntil: Sourced<string>;
  /** Turnover of the like activities in a calendar year, up to which competition is not distorted. */
  readonly groupLimitCents: Sourced<number>;
  /** Turnovers up to which a small business is exempt. */
  readonly previousYearLimitCents: Sourced<number>;
  readonly currentYearLimitCents: Sourced<number>;
  readonly standardRatePercent: Sourced<number>;
  readonly reducedRatePercent: Sourced<number>;
}

/** § 2b Abs. 3 Nr. 2: long-term agreement, public infrastructure, cost only, same services for others. */
export const COOPERATION_CONDITIONS = ['a', 'b', 'c', 'd'] as const;

/** § 4 Nr. 29. */
export const COST_SHARING_CONDITIONS = [
  'independentGroup',
  'recipientIsMember',
  'otherService',
  'publicInterestUse',
  'exactCost',
  'noDistortion',
] as const;

type Asserted<Name extends string> = Readonly<Partial<Record<Name, boolean>>> | null | undefined;

export type LegalForm = 'PUBLIC_LAW' | 'PRIVATE';

/** The facts of a service, as somebody asserted them; what is left out is not asserted. */
export interface VatInput {
  readonly consideration: boolean;
  readonly sameLegalEntity: boolean;
  readonly providerType: LegalForm;
  readonly recipientType: LegalForm;
  /** The provider declared to go on with the law before § 2b (§ 27 Abs. 22 and 22a). */
  readonly legacyOption: boolean;
  /** What the activity was under that law: no business, or a business (Betrieb gewerblicher Art). */
  readonly legacyClass?: 'NON_BGA' | 'BGA' | 'UNKNOWN' | null | undefined;
  readonly basis: 'PUBLIC' | 'PRIVATE';
  readonly serviceDay: string;
  /** Turnover that the like activities will probably have in the calendar year. */
  readonly groupForecastCents?: number | null | undefined;
  /** Comparable services of private providers are exempt, without a right to opt for tax. */
  readonly comparableExemptWithoutOption?: boolean | undefined;
  /** By statute only a legal person under public law may render it. */
  readonly reservedByLaw?: boolean | undefined;
  /** The task itself passes over, not only its execution … */
  readonly delegation?: boolean | undefined;
  /** … and the discharging effect of that is decisive. */
  readonly dischargeDecisive?: boolean | undefined;
  readonly noPotentialCompetition?: boolean | undefined;
  readonly cooperation?: Asserted<(typeof COOPERATION_CONDITIONS)[number]>;
  readonly competitionCheck?: 'NONE' | 'DISTORTION' | null | undefined;
  readonly costSharing?: Asserted<(typeof COST_SHARING_CONDITIONS)[number]>;
  /** Name of another exemption, for example `4_21`. */
  readonly otherExemption?: string | null | undefined;
  readonly smallBusinessWaived?: boolean | undefined;
  readonly previousYearTurnoverCents: number;
  /** With this service. */
  readonly yearToDateTurnoverCents: number;
  readonly reducedRate?: boolean | undefined;
}

/** Turnovers that § 19 asks for in one calendar year; null: nobody has said. */
export interface VatYearTurnovers {
  readonly previousYearTurnoverCents: number | null;
  readonly yearToDateTurnoverCents: number | null;
}

/** Facts of which those of the calendar year may not be known. */
export type VatKnownInput = Omit<VatInput, keyof VatYearTurnovers> & VatYearTurnovers;

/** What a step comes to; categories are those of EN 16931. */
export type VatOutcome =
  | {
      readonly result: 'OUT_OF_SCOPE';
      readonly rule: string;
      readonly category: 'O';
      readonly ratePercent: 0;
      readonly vatexCode: 'VATEX-EU-O';
    }
  | {
      readonly result: 'EXEMPT';
      readonly rule: string;
      readonly category: 'E';
      readonly ratePercent: 0;
      readonly vatexCode: string | null;
    }
  | {
      readonly result: 'TAXABLE';
      readonly rule: string;
      readonly category: 'S';
      readonly ratePercent: number;
      readonly vatexCode: null;
    }
  /** A fact is missing that somebody has to establish; nothing can be issued before. */
  | {
      readonly result: 'REVIEW';
      readonly rule: string;
      readonly category: null;
      readonly ratePercent: null;
      readonly vatexCode: null;
    };

export type VatDetermination = VatOutcome & {
  /** What the deciding step rests on. */
  readonly law: string;
  /** The steps that were taken, in order; the last one decided. */
  readonly trace: readonly string[];
  /** Id of the rule set. */
  readonly ruleSet: string;
};

/** What holds for a member, a service and a day: what statements say about VAT, and the determination that they cite. */
export interface VatInForce {
  readonly id: string;
  readonly number: string;
  readonly result: VatDetermination['result'];
  readonly rule: string;
  readonly category: VatDetermination['category'];
  readonly ratePercent: number | null;
  readonly vatexCode: string | null;
  readonly law: string;
  readonly ruleSet: string;
}

export interface VatQuestion {
  readonly serviceId: string;
  readonly organisationId: string;
  /** Day of the service. */
  readonly day: string;
}

/** The same for all days of service of a period, half-open. */
export interface VatQuestionThroughout {
  readonly serviceId: string;
  readonly organisationId: string;
  readonly from: string;
  /** Day after the last. */
  readonly to: string;
}

/** What holds on some of the days asked, half-open. */
export interface VatStretch extends VatInForce {
  readonly from: string;
  readonly to: string;
}

/** Everything that bears on a question. */
export interface VatHoldings {
  /** In order, without overlap; nothing holds on the days between them. */
  readonly stretches: readonly VatStretch[];
  /** The oldest open question about any of the days, and on which of them. */
  readonly review: {
    readonly number: string;
    readonly rule: string;
    readonly from: string;
    readonly to: string;
  } | null;
}

/** What a member is charged for a service, net. */
export interface ServiceAmount {
  readonly serviceId: string;
  readonly organisationId: string;
  readonly amountCents: number;
}

/** The same by run and price together. */
export interface ChargedAmount extends ServiceAmount {
  /** Of it what is paid by price. */
  readonly pricedCents: number;
}

/** What is in force, or why nobody can say what the VAT is, which blocks issuing. */
export type VatAnswer =
  | { readonly holding: VatInForce }
  | { readonly gap: { readonly problem: Problem; readonly detail: string } };
