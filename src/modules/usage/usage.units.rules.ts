import { type Day, dayOf } from '../../platform/clock.ts';
import type { FieldError } from '../../platform/errors.ts';
import { unitOfMeter, wellKnownUnit } from './usage.rules.ts';
import type { UsageFacts } from './usage.types.ts';

export interface MeterInYear {
  readonly serviceId: string;
  readonly meter: string;
  /** First day of the calendar year. */
  readonly year: Day;
}

/** A unit in which something of a meter of a service was recorded in a year. */
export interface RecordedUnit extends MeterInYear {
  readonly unit: string;
}

/** What a service counts, by the usage rule of its version in force. */
export interface CountedMeter {
  readonly meter: string;
  readonly unit: string;
}

/** What is known of the units of meters: recorded in the year of the event, and said by the usage rule. */
export interface KnownUnits {
  /** By `nameOfMeter`. */
  readonly recorded: ReadonlyMap<string, readonly RecordedUnit[]>;
  readonly rules: ReadonlyMap<string, CountedMeter | undefined>;
}

type Metered = Pick<UsageFacts, 'serviceId' | 'meter' | 'occurredAt'>;

/** What units are recorded by. */
export const nameOfMeter = ({ serviceId, meter, year }: MeterInYear): string =>
  `${serviceId} ${year} ${meter}`;

export const meterInYear = ({ serviceId, meter, occurredAt }: Metered): MeterInYear => ({
  serviceId,
  meter,
  year: `${dayOf(occurredAt).slice(0, 4)}-01-01`,
});

/**
 * The unit of an event that was sent without one: what the usage rule says, or what the world over calls the meter, and only then what
 * was recorded so far. One slip of the pen would be copied onto all that follows otherwise.
 */
export function unitFor(event: Metered, known: KnownUnits): string {
  const counted = countedUnit(event, known);
  if (counted !== undefined) return counted;
  const [unit, other] = recordedFor(event, known);
  return unit === undefined || other !== undefined ? unitOfMeter(event.meter) : unit;
}

/** That a unit differs from the one in which the meter is counted, or from what it was recorded in so far. */
export function unitWarning(event: Metered & { readonly unit: string }, known: KnownUnits): FieldError[] {
  const { meter, unit } = event;
  const counted = countedUnit(event, known);
  const recorded = recordedFor(event, known);
  const expected = [...new Set([...(counted === undefined ? [] : [counted]), ...recorded])];
  if (expected.every((one) => one === unit)) return [];
  const others = recorded.filter((one) => one !== unit);
  const facts = [
    ...(counted === undefined || counted === unit ? [] : [`is counted in ${counted}`]),
    ...(others.length === 0 ? [] : [`was recorded in ${others.join(' and ')}`]),
  ].join(' and ');
  const right = counted ?? (recorded.length === 1 ? recorded[0] : 'one of them');
  const detail = `is ${unit}; ${meter} of this service ${facts}, and a run takes one unit only: reverse and record anew what is not in ${right}`;
  return [{ pointer: '/unit', code: 'UNIT_DIFFERS', detail }];
}

function recordedFor(event: Metered, { recorded }: KnownUnits): string[] {
  return (recorded.get(nameOfMeter(meterInYear(event))) ?? []).map(({ unit }) => unit);
}

/** The unit of the usage rule where the meter is its own, else that of a well-known meter. */
function countedUnit({ serviceId, meter }: Metered, { rules }: KnownUnits): string | undefined {
  const rule = rules.get(serviceId);
  return rule?.meter === meter ? rule.unit : wellKnownUnit(meter);
}
