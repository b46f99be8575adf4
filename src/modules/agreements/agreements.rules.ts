import { type Day, plusDays } from '../../platform/clock.ts';
import type { FieldError } from '../../platform/errors.ts';
import { type ClauseParty, checkCostClause } from './cost-clause.rules.ts';
import type { CostClause } from './cost-clause.types.ts';
import { checkPriceClause } from './price-clause.rules.ts';
import type { PriceClause } from './price-clause.types.ts';

export const NOT_ORDERABLE_REASONS = [
  'not_a_member',
  'service_not_published',
  'no_agreement',
  'not_yet_in_force',
  'ended',
] as const;
/** Why an organisation cannot order a service on a day; the first that applies, in this order. */
export type NotOrderableReason = (typeof NOT_ORDERABLE_REASONS)[number];

/** What is known about organisation × service × day. */
export interface OrderableFacts {
  readonly isMember: boolean;
  readonly isPublished: boolean;
  /** Version that covers the day. */
  readonly agreementVersionId: string | null;
  /** Some coverage begins after the day. */
  readonly startsLater: boolean;
  /** Some coverage ended on or before the day. */
  readonly hasEnded: boolean;
}

/** The reason why it cannot be ordered, or undefined when it can. */
export function explainNotOrderable(facts: OrderableFacts): NotOrderableReason | undefined {
  if (!facts.isMember) return 'not_a_member';
  if (!facts.isPublished) return 'service_not_published';
  if (facts.agreementVersionId !== null) return undefined;
  if (facts.startsLater) return 'not_yet_in_force';
  return facts.hasEnded ? 'ended' : 'no_agreement';
}

export interface Terms {
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly organisationIds: readonly string[];
  readonly serviceIds: readonly string[];
  readonly costClause: CostClause | null;
  readonly priceClause: PriceClause | null;
}

/** What the centre has of what the terms name. */
export interface KnownToCentre {
  /** Those of the named organisations that are members for as long as the agreement holds. */
  readonly members: readonly ClauseParty[];
  readonly serviceIds: ReadonlySet<string>;
}

/** Everything that keeps terms from being written down or brought into force. */
export function checkTerms(terms: Terms, known: KnownToCentre): FieldError[] {
  const memberIds = new Set(known.members.map(({ id }) => id));
  const errors: FieldError[] = [];
  if (terms.validTo !== null && terms.validTo <= terms.validFrom)
    errors.push({ pointer: '/validTo', code: 'PERIOD_EMPTY', detail: 'must be after validFrom' });
  terms.organisationIds.forEach((id, i) => {
    if (memberIds.has(id)) return;
    errors.push({
      pointer: `/organisationIds/${i}`,
      code: 'NOT_A_MEMBER',
      detail: 'is no member of this centre for the whole period',
    });
  });
  terms.serviceIds.forEach((id, i) => {
    if (known.serviceIds.has(id)) return;
    errors.push({ pointer: `/services/${i}`, code: 'UNKNOWN', detail: 'is no service of this centre' });
  });
  errors.push(...checkPriceClause(terms));
  if (terms.costClause !== null) {
    const parties = terms.organisationIds.map(
      (id) => known.members.find((member) => member.id === id) ?? { id, ags: null },
    );
    errors.push(...checkCostClause(terms.costClause, parties));
  }
  return errors;
}

interface Held {
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/** What bringing a draft into force would take from the version that holds beyond its end, and what to do instead. */
export function laterDaysLost(
  draft: Held & { readonly validTo: Day },
  version: Held & { readonly number: number },
  today: Day,
): string {
  const { number, validFrom, validTo } = version;
  const end = draft.validTo;
  const held = validTo === null ? 'without an end' : `until ${lastDay(validTo)}`;
  return [
    `The draft ends with ${lastDay(end)}, but version ${number} holds from ${validFrom} ${held} and would lose its days after that.`,
    // A termination is never dated back.
    ...(end < today
      ? []
      : [
          `Where nothing shall hold from ${end} on, first terminate the agreement (POST …/actions/terminate with validTo ${end}), then bring the draft into force.`,
        ]),
    `Where the wording of version ${number} goes on from ${end}, first bring it into force anew with validFrom ${end}: rewrite the draft with it, then draft the present wording as the next version.`,
    ...(validFrom > draft.validFrom
      ? [
          `Where the draft is to hold only until version ${number} begins, let it end there (validTo ${validFrom}).`,
        ]
      : []),
  ].join(' ');
}

/** Of days until the one on which something holds no longer. */
const lastDay = (end: Day): Day => plusDays(end, -1);

/** Why an agreement in force cannot end on `validTo`, or undefined when it can. `latestEnd` is null when it is open-ended. */
export function refuseTermination(
  validTo: Day,
  today: Day,
  latestEnd: Day | null | undefined,
): string | undefined {
  if (latestEnd === undefined) return 'nothing is in force';
  if (validTo < today) return `must not be before today, ${today}`;
  if (latestEnd !== null && latestEnd <= validTo) return `must be before ${latestEnd}, when it ends already`;
  return undefined;
}
