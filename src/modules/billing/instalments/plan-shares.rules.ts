import type { Day } from '../../../platform/clock.ts';
import { plusDays } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import type { FieldError } from '../../../platform/errors.ts';
import { compareIds, sumCents } from '../../../platform/money/index.ts';
import type { Derivation } from '../documents/document.types.ts';
import { planInstalments } from '../instalments.rules.ts';

/** A line of a plan before anybody looked up agreement and VAT. */
export interface PlannedShare {
  readonly organisationId: string;
  readonly serviceId: string;
  readonly serviceCode: string;
  readonly serviceTitle: string;
  readonly text: string;
  readonly amountCents: number;
  readonly derivation: Derivation | null;
}

export interface PlanShare extends PlannedShare {
  readonly agreementReference: string;
  readonly vatGroup: string;
}

/** What earlier plans of the period asked of a member for a service, net. */
export interface InvoicedService {
  readonly organisationId: string;
  readonly serviceId: string;
  readonly netCents: number;
}

/**
 * What is left to ask for: where something was invoiced for a member and service, its lines become one without derivation, less that.
 * @param textOf says what the line then is, from the share and what was invoiced
 */
export function lessInvoiced(
  shares: readonly PlannedShare[],
  invoiced: readonly InvoicedService[],
  textOf: (shareCents: number, invoicedCents: number) => string,
): { shares: PlannedShare[]; unplanned: InvoicedService[] } {
  const keyOf = (of: { organisationId: string; serviceId: string }) => `${of.organisationId} ${of.serviceId}`;
  const before = new Map(invoiced.filter(({ netCents }) => netCents !== 0).map((one) => [keyOf(one), one]));
  const left = [...groupBy(shares, keyOf)].flatMap(([key, lines]) => {
    const [first] = lines;
    const known = before.get(key);
    if (first === undefined || known === undefined) return lines;
    before.delete(key);
    const shareCents = sumCents(lines.map(({ amountCents }) => amountCents));
    const text = textOf(shareCents, known.netCents);
    return [{ ...first, text, derivation: null, amountCents: sumCents([shareCents, -known.netCents]) }];
  });
  return { shares: left, unplanned: [...before.values()] };
}

/** In the order of a plan: by member, VAT group, service; the lines of a service stay in theirs. */
export function inOrder(shares: readonly PlanShare[]): PlanShare[] {
  return shares.toSorted(
    (a, b) =>
      compareIds(a.organisationId, b.organisationId) ||
      compareIds(a.vatGroup, b.vatGroup) ||
      compareIds(a.serviceCode, b.serviceCode),
  );
}

export interface PlannedInstalment {
  readonly organisationId: string;
  readonly vatGroup: string;
  readonly dueOn: Day;
  readonly number: number;
  readonly issueOn: Day;
  readonly amountCents: number;
  /** False where the lines of the day are all of zero. */
  readonly isDue: boolean;
}

/** The instalments of a plan, one for each member, VAT group and due day. They add up to its shares. */
export function instalmentsOf(
  shares: readonly PlanShare[],
  due: readonly Day[],
  issueDaysBefore: number,
  spread: (amountsCents: readonly number[], dayCount: number) => number[][],
): PlannedInstalment[] {
  const groups = groupBy(shares, ({ organisationId, vatGroup }) => `${organisationId} ${vatGroup}`);
  return [...groups.values()].flatMap((lines) => {
    const { organisationId, vatGroup } = lines[0] as PlanShare;
    const amounts = lines.map(({ amountCents }) => amountCents);
    const spreadCents = spread(amounts, due.length);
    const { instalments } = planInstalments({ totalCents: sumCents(amounts), due });
    return instalments.map(({ dueOn, amountCents }, day) => ({
      organisationId,
      vatGroup,
      dueOn,
      number: day + 1,
      issueOn: plusDays(dueOn, -issueDaysBefore),
      amountCents,
      isDue: spreadCents.some((line) => line[day] !== 0),
    }));
  });
}

/** Why the due days of a plan cannot be. */
export function dueDayErrors(
  due: readonly Day[],
  { startsOn, endsOn }: { readonly startsOn: Day; readonly endsOn: Day },
  today: Day,
): FieldError[] {
  return due.flatMap((day, at): FieldError[] => {
    const pointer = `/dueOn/${at}`;
    if (due.indexOf(day) !== at) return [{ pointer, code: 'repeated', detail: `${day} is named twice` }];
    if (day < today) return [{ pointer, code: 'past', detail: `${day} is past` }];
    if (day >= startsOn && day < endsOn) return [];
    return [{ pointer, code: 'outside', detail: `${day} is no day of the period` }];
  });
}
