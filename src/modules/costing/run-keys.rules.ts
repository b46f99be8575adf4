import { DomainError, type FieldError } from '../../platform/errors.ts';
import type { RunKey } from './calculation.types.ts';
import {
  KEY_LIST_MISSING,
  KEY_UNITS_DIFFER,
  KEY_USAGE_OUTSIDE,
  KEY_VALUE_MISSING,
} from './costing.errors.ts';
import type { ClauseKey, MemberFacts, RunFacts } from './run-facts.types.ts';

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
    case 'population':
      return populationKey(question, facts);
    case 'values':
      return listKey(question, facts);
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

function listKey(question: KeyQuestion, { lists }: RunFacts): RunKey {
  const { keyName = '' } = question.key;
  const list = lists.find(({ name }) => name === keyName);
  if (list === undefined) {
    const detail = `${question.place}: there is no value list “${keyName}” as of a day before the end of the period.`;
    throw new DomainError(KEY_LIST_MISSING, detail);
  }
  return {
    type: list.type,
    keyVersionId: list.id,
    asOf: list.asOf,
    basis: list.basis ?? list.name,
    source: list.source,
    values: valuesOf(question, (member) => named(list.values, member)),
  };
}

function usageKey(question: KeyQuestion, { usage, period }: RunFacts): RunKey {
  const { type, meter = type } = question.key;
  const rows = usage.filter((row) => row.serviceId === question.serviceId && row.meter === meter);
  const units = [...new Set(rows.map(({ unit }) => unit))].sort();
  if (units.length > 1) {
    const detail = `${question.place}: the meter ${meter} was recorded in ${units.join(' and ')}.`;
    throw new DomainError(KEY_UNITS_DIFFER, detail);
  }
  const outside = rows.find((row) => !question.members.some((member) => member.id === row.organisationId));
  if (outside !== undefined) {
    const detail = `${question.place}: the organisation ${outside.organisationId} has usage and is no member of the pool.`;
    throw new DomainError(KEY_USAGE_OUTSIDE, detail);
  }
  const quantities = new Map(rows.map((row) => [row.organisationId, row.quantity] as const));
  const eventCount = rows.reduce((sum, row) => sum + row.eventCount, 0);
  return {
    type,
    basis: units.length === 1 ? `${meter} (${units[0]})` : meter,
    origin: { kind: 'usage_events', eventCount, startsOn: period.startsOn, endsOn: period.endsOn },
    values: valuesOf(question, (member) => quantities.get(member.id) ?? '0'),
  };
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
