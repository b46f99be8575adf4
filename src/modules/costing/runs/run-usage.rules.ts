/** Usage that went into a share; without a unit where nothing of the meter was recorded. */
export interface CountedMeter {
  readonly meter: string;
  readonly unit?: string;
}

/** False where all of it was taken back, or nothing but 0 was recorded. */
export function countsSomething({ quantity }: { readonly quantity: string }): boolean {
  return /[1-9]/.test(quantity);
}

/** The units of a meter, ascending: of what counts, where anything does. */
export function unitsOf(rows: readonly { readonly unit: string; readonly quantity: string }[]): string[] {
  const counting = rows.filter(countsSomething);
  return [...new Set((counting.length > 0 ? counting : rows).map(({ unit }) => unit))].sort();
}

interface UsageOfMeter {
  readonly serviceId: string;
  readonly meter: string;
  readonly unit: string;
}

/** What was used of services beside the meters that are counted of them. */
export function findUncounted<T extends UsageOfMeter>(
  totals: readonly T[],
  counted: ReadonlyMap<string, readonly CountedMeter[]>,
): T[] {
  return totals.filter(
    ({ serviceId, meter, unit }) =>
      !(counted.get(serviceId) ?? []).some((one) => one.meter === meter && (one.unit ?? unit) === unit),
  );
}

/** A key as a line shows it. */
interface CountingPart {
  readonly key: { readonly type: string; readonly basis?: string; readonly origin?: object };
}

/** One meter of a basis as `fillKey` writes it: `calls (call) × 1 + minutes (minute) × 2.5`. */
const WEIGHTED = /(.+?)(?: \((.+?)\))? × \d+(?:\.\d+)?(?: \+ |$)/gu;
const COUNTED = /^(.+?)(?: \((.+)\))?$/gu;

/** The meters whose usage is behind a line, each once: from what the line keeps, which is the same in runs from before. */
export function countedMeters(parts: readonly CountingPart[]): CountedMeter[] {
  const all = parts.flatMap(({ key }) => metersOfKey(key));
  return [...new Map(all.map((counted) => [JSON.stringify(counted), counted])).values()];
}

function metersOfKey({ type, basis, origin }: CountingPart['key']): CountedMeter[] {
  if (type === 'weighted_cases') return [...(basis ?? '').matchAll(WEIGHTED)].map(toCounted);
  if (type !== 'cases' && type !== 'minutes') return [];
  if (basis === undefined) return [{ meter: type }];
  // A clause may name what no usage is called, also with brackets.
  if (origin !== undefined && 'eventCount' in origin && origin.eventCount === 0) return [{ meter: basis }];
  return [...basis.matchAll(COUNTED)].map(toCounted);
}

function toCounted([, meter = '', unit]: RegExpMatchArray): CountedMeter {
  return { meter, ...(unit !== undefined && { unit }) };
}
