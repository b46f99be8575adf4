import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { compareIds } from '../../../platform/money/index.ts';
import type { KeyOrigin, RunKey } from '../calculation.types.ts';
import {
  KEY_LIST_MISSING,
  KEY_LIST_TYPE,
  KEY_UNITS_DIFFER,
  KEY_USAGE_OUTSIDE,
  KEY_VALUE_MISSING,
} from '../costing.errors.ts';
import type { ClauseKey } from '../keys/clause-key.types.ts';
import { valuesByFormula } from '../keys/key-formulas.rules.ts';
import type { MemberFacts, RunFacts, UsageFactsOfPeriod } from './run-facts.types.ts';
import { countsSomething, unitsOf } from './run-usage.rules.ts';

const SOURCE_LENGTH = 1000;

/** A tranche of a pool whose key is to be filled with figures. */
export interface KeyQuestion {
  readonly serviceId: string;
  /** For messages: service and tranche. */
  readonly place: string;
  readonly key: ClauseKey;
  readonly members: readonly MemberFacts[];
}

/** What a member is called in calculation files: the AGS, or the id where there is none. */
export function memberIdOf({ ags, id }: MemberFacts): string {
  return ags ?? id;
}

/**
 * The key as it stands at the end of the period, with a value for every member. Nobody's missing figure is guessed;
 * only usage that nobody recorded is none.
 * @throws DomainError KEY_VALUE_MISSING naming the member, KEY_LIST_MISSING, KEY_UNITS_DIFFER, KEY_USAGE_OUTSIDE
 */
export function fillKey(question: KeyQuestion, facts: RunFacts): RunKey {
  const { key } = question;
  switch (key.type) {
    case 'equal':
      return { type: 'equal' };
    case 'fixed':
      return {
        type: 'fixed',
        origin: { kind: 'cost_clause' },
        values: valuesOf(question, (member) => named(key.values ?? {}, member)),
      };
    case 'seat':
      return {
        type: 'seat',
        origin: { kind: 'cost_clause' },
        values: valuesOf(question, ({ id, ags }) => (key.seat === id || key.seat === ags ? '1' : '0')),
      };
    case 'population':
      return populationKey(question, facts);
    case 'graded_population':
      return gradedKey(question, facts);
    case 'values':
    case 'area':
    case 'head_count':
      return listKey(question, facts);
    case 'weighted_cases':
      return weightedKey(question, facts);
    case 'cases':
    case 'minutes':
      return usageKey(question, facts);
  }
}

function populationKey(question: KeyQuestion, { populations }: RunFacts): RunKey {
  const { basis = '' } = question.key;
  const figures = new Map(
    populations
      .filter((figure) => figure.basis === basis)
      .map((figure) => [figure.organisationId, figure] as const),
  );
  const values = valuesOf(question, (member) => figures.get(member.id)?.population.toString());
  const used = question.members.flatMap((member) => figures.get(member.id) ?? []);
  const days = [...new Set(used.map(({ asOf }) => asOf))].sort();
  const sources = [
    ...new Set(used.map(({ asOf, source }) => (days.length > 1 ? `${asOf}: ${source}` : source))),
  ];
  return {
    type: 'population',
    ...(days.length === 1 && { asOf: days[0] as string }),
    basis,
    source: sources.sort().join('; ').slice(0, SOURCE_LENGTH),
    values,
  };
}

function gradedKey(question: KeyQuestion, facts: RunFacts): RunKey {
  const { values: populations = {}, ...counted } = populationKey(question, facts);
  const grades = (question.key.grades ?? []).map(({ upTo, factor }) => ({ upTo, factor: canonical(factor) }));
  const formula = { kind: 'graded_population', grades, populations } as const;
  return { ...counted, type: 'graded_population', formula, values: valuesByFormula(formula) };
}

function listKey(question: KeyQuestion, { lists }: RunFacts): RunKey {
  const { keyName = '', type } = question.key;
  const list = lists.find(({ name }) => name === keyName);
  if (list === undefined) {
    const detail = `${question.place}: there is no value list “${keyName}” as of a day before the end of the period.`;
    throw new DomainError(KEY_LIST_MISSING, detail);
  }
  if (type !== 'values' && type !== list.type) {
    const detail = `${question.place}: the value list “${keyName}” counts ${list.type}, the clause says ${type}.`;
    throw new DomainError(KEY_LIST_TYPE, detail);
  }
  return {
    type: list.type,
    ...(list.id !== undefined && { keyVersionId: list.id }),
    ...(list.asOf !== undefined && { asOf: list.asOf }),
    basis: list.basis ?? list.name,
    source: list.source,
    values: valuesOf(question, (member) => named(list.values, member)),
  };
}

function usageKey(question: KeyQuestion, facts: RunFacts): RunKey {
  const { type, meter = type } = question.key;
  const { basis, quantities, ...counted } = countMeter(question, meter, facts);
  return {
    type,
    basis,
    origin: usageOrigin([counted], facts),
    values: valuesOf(question, (member) => quantities.get(member.id) ?? '0'),
  };
}

function weightedKey(question: KeyQuestion, facts: RunFacts): RunKey {
  const { equivalents = {} } = question.key;
  const meters = Object.keys(equivalents).sort();
  const counts = meters.map((meter) => ({ meter, ...countMeter(question, meter, facts) }));
  const quantities = Object.fromEntries(
    question.members.map((member) => [
      memberIdOf(member),
      Object.fromEntries(
        counts.map(({ meter, quantities: of }) => [meter, canonical(of.get(member.id) ?? '0')]),
      ),
    ]),
  );
  const factors = Object.fromEntries(meters.map((meter) => [meter, canonical(equivalents[meter] as string)]));
  const formula = { kind: 'weighted_cases', equivalents: factors, quantities } as const;
  return {
    type: 'weighted_cases',
    basis: counts.map(({ basis, meter }) => `${basis} × ${factors[meter]}`).join(' + '),
    origin: usageOrigin(counts, facts),
    formula,
    values: valuesByFormula(formula),
  };
}

interface Counted {
  readonly eventCount: number;
  /** Members whose quantity nobody recorded. */
  readonly assumed: readonly string[];
}

function usageOrigin(counts: readonly Counted[], { period, usagePeriod = period }: RunFacts): KeyOrigin {
  const { startsOn, endsOn } = usagePeriod;
  const eventCount = counts.reduce((sum, counted) => sum + counted.eventCount, 0);
  const assumed = [...new Set(counts.flatMap((counted) => counted.assumed))].sort(compareIds);
  return {
    kind: 'usage_events',
    eventCount,
    startsOn,
    endsOn,
    ...(assumed.length > 0 && { assumedFor: assumed }),
  };
}

/** What each organisation used of a meter, in its one unit. What was taken back whole stands in nobody's way. */
function countMeter(question: KeyQuestion, meter: string, { usage }: RunFacts) {
  const recorded = usage.filter((row) => row.serviceId === question.serviceId && row.meter === meter);
  const counting = recorded.filter(countsSomething);
  const units = unitsOf(recorded);
  if (counting.length > 0 && units.length > 1) {
    const detail = `${question.place}: the meter ${meter} was recorded in ${units.join(' and ')}. Reverse what has the wrong unit.`;
    throw new DomainError(KEY_UNITS_DIFFER, detail);
  }
  const isMember = (row: UsageFactsOfPeriod) => question.members.some(({ id }) => id === row.organisationId);
  const outside = counting.find((row) => !isMember(row));
  if (outside !== undefined) {
    const detail = `${question.place}: the organisation ${outside.organisationId} has usage and is no member of the pool.`;
    throw new DomainError(KEY_USAGE_OUTSIDE, detail);
  }
  // Rows of 0 in the same unit are counted as ever, so that runs from before keep their hashes.
  const rows = recorded.filter((row) => units.includes(row.unit) && isMember(row));
  return {
    basis: units.length === 1 ? `${meter} (${units[0]})` : meter,
    quantities: new Map(rows.map((row) => [row.organisationId, row.quantity] as const)),
    eventCount: rows.reduce((sum, row) => sum + row.eventCount, 0),
    assumed: rows.filter((row) => row.isAssumed === true).map((row) => nameOf(question, row.organisationId)),
  };
}

/** Of a member of the pool: that it is one was seen to. */
function nameOf({ members }: KeyQuestion, organisationId: string): string {
  return memberIdOf(members.find(({ id }) => id === organisationId) as MemberFacts);
}

function valuesOf(
  { members, place }: KeyQuestion,
  valueOf: (member: MemberFacts) => string | undefined,
): Record<string, string> {
  const values: Record<string, string> = {};
  const errors: FieldError[] = [];
  for (const member of members) {
    const value = valueOf(member);
    const name = memberIdOf(member);
    if (value !== undefined) values[name] = canonical(value);
    else {
      const detail = `${place}: ${member.name} (${name}) has no value`;
      errors.push({ pointer: '', code: KEY_VALUE_MISSING.code, detail });
    }
  }
  if (errors.length > 0) throw new DomainError(KEY_VALUE_MISSING, errors[0]?.detail ?? '', { errors });
  return values;
}

function named(values: Readonly<Record<string, string>>, { ags, id }: MemberFacts): string | undefined {
  if (ags !== null && Object.hasOwn(values, ags)) return values[ags];
  return Object.hasOwn(values, id) ? values[id] : undefined;
}

/** Clauses may write `05` or `5.50`; the engine takes plain decimals without leading zeros. */
export function canonical(decimal: string): string {
  return decimal.replace(/^(-?)0+(?=\d)/, '$1');
}
