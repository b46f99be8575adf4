import { type Day, dayOf } from '../../platform/clock.ts';
import type { FieldError } from '../../platform/errors.ts';
import { unitOfMeter } from './usage.rules.ts';
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
  readonly rules: ReadonlyMap<string, CountedMeter>;
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

/** A second unit would stand in the way of every run: what left it out has the one that the meter has already. */
export function unitFor(event: Metered, known: KnownUnits): string {
  const [unit, other] = recordedFor(event, known);
  if (unit !== undefined && other === undefined) return unit;
  return ruleUnit(event, known) ?? unitOfMeter(event.meter);
}

/** That a unit differs from what the meter was recorded in so far, or from what the usage rule will record. */
export function unitWarning(event: Metered & { readonly unit: string }, known: KnownUnits): FieldError[] {
  const recorded = recordedFor(event, known);
  const expected = recorded.length > 0 ? recorded : [ruleUnit(event, known) ?? event.unit];
  if (expected.every((unit) => unit === event.unit)) return [];
  const { meter, unit } = event;
  const so = recorded.length > 0 ? 'was recorded' : 'is counted';
  const detail = `is ${unit}; ${meter} of this service ${so} in ${expected.join(' and ')}, and a run takes one unit only`;
  return [{ pointer: '/unit', code: 'UNIT_DIFFERS', detail }];
}

function recordedFor(event: Metered, { recorded }: KnownUnits): string[] {
  return (recorded.get(nameOfMeter(meterInYear(event))) ?? []).map(({ unit }) => unit);
}

function ruleUnit({ serviceId, meter }: Metered, { rules }: KnownUnits): string | undefined {
  const rule = rules.get(serviceId);
  return rule?.meter === meter ? rule.unit : undefined;
}
