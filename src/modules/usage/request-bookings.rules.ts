import { UNITS, unitOfMeter } from './usage.rules.ts';

/** From its acceptance on the centre works on a request; what is ended otherwise than by a result was not worked on. */
const WORKED_ON: readonly string[] = ['accepted', 'in_progress', 'on_hold', 'resolved', 'closed'];

export function isWorkedOn(status: string): boolean {
  return WORKED_ON.includes(status);
}

export interface ClauseOfShares {
  readonly tranches: readonly {
    readonly key: {
      readonly type: string;
      readonly meter?: string;
      readonly equivalents?: Readonly<Record<string, string>>;
    };
  }[];
}

/** What cost clauses share out by usage. */
export function metersOfClauses(clauses: readonly ClauseOfShares[]): string[] {
  const keys = clauses.flatMap(({ tranches }) => tranches.map(({ key }) => key));
  return keys.flatMap(({ type, meter, equivalents = {} }) =>
    type === 'cases' || type === 'minutes' ? [meter ?? type] : Object.keys(equivalents),
  );
}

interface Booked {
  readonly meter: string;
  readonly unit?: string;
}

/** Why something cannot be booked, or in which unit it is counted. */
export type MeterFinding =
  | { readonly unit: string }
  | { readonly pointer: string; readonly reason: string; readonly detail: string };

/**
 * Meters of a service are that of its usage rule, those its cost clause names, and the well-known ones, time above all. What nothing
 * counts is a slip of the pen, and a second unit of one meter would stand in the way of every run.
 */
export function findMeter(
  { meter, unit }: Booked,
  rule: Required<Booked>,
  ofClauses: readonly string[],
): MeterFinding {
  const isOfRule = meter === rule.meter;
  if (!isOfRule && !ofClauses.includes(meter) && !Object.hasOwn(UNITS, meter)) {
    const meters = [...new Set([rule.meter, ...ofClauses, ...Object.keys(UNITS)])].join(', ');
    const reason = `is not counted for this service; it counts ${meters}`;
    return { pointer: '/meter', reason, detail: `The meter ${meter} ${reason}.` };
  }
  if (!isOfRule && !Object.hasOwn(UNITS, meter)) return { unit: unit ?? unitOfMeter(meter) };
  const counted = isOfRule ? rule.unit : unitOfMeter(meter);
  if (unit === undefined || unit === counted) return { unit: counted };
  const reason = `must be ${counted}, for ${meter} is counted in it`;
  return { pointer: '/unit', reason, detail: `The unit ${reason}.` };
}
