import { plusDays } from '../../../platform/clock.ts';
import { figuresFor } from '../../../platform/figures.ts';
import { textIn } from '../../../platform/texts.ts';
import type { RunAssumptions } from '../calculation.types.ts';
import { basisText, keyText, valueTexts, type Words } from './assumption-key-texts.ts';
import type { ComparisonMember, RunComparison } from './run-comparisons.schemas.ts';

export interface AssumptionText {
  /** Word for what is assumed otherwise: `Austritt`. */
  readonly kind: string;
  readonly text: string;
}

type Compared = Pick<RunComparison, 'scenario' | 'services'> & {
  readonly members: readonly ComparisonMember[];
};
type Assumed<K extends keyof RunAssumptions> = NonNullable<RunAssumptions[K]>;

/** What a scenario assumes, in the words of its reader: services and members by name. Nothing where nothing is assumed. */
export function assumptionTexts(comparison: Compared, locale: 'de' | 'en'): AssumptionText[] {
  const assumptions: RunAssumptions = comparison.scenario.assumptions;
  const { clauses = [], keyValues = [], joins = [], leaves = [], costs = [], usagePeriod } = assumptions;
  const words = wordsFor(comparison, locale);
  const of = (kind: string, texts: readonly string[]): AssumptionText[] =>
    texts.map((text) => ({ kind: words.say(`kind.${kind}`), text }));
  return [
    ...of(
      'clause',
      clauses.map((clause) => clauseText(clause, words)),
    ),
    ...of(
      'list',
      keyValues.flatMap((list) => listTexts(list, words)),
    ),
    ...of(
      'join',
      joins.map((join) => joinText(join, words)),
    ),
    ...of(
      'leave',
      leaves.map((leave) => leaveText(leave, words)),
    ),
    ...of(
      'cost',
      costs.map((cost) => costText(cost, words)),
    ),
    ...of(
      'usage',
      usagePeriod === undefined ? [] : [words.say('usage', { period: periodText(usagePeriod, locale) })],
    ),
  ];
}

/** With its last day, as people write periods; in the data they are half open. */
export function periodText(
  { code, startsOn, endsOn }: { readonly code: string; readonly startsOn: string; readonly endsOn: string },
  locale: 'de' | 'en',
): string {
  const { day } = figuresFor(locale);
  return textIn(locale, 'costing.period', { code, from: day(startsOn), to: day(plusDays(endsOn, -1)) });
}

function wordsFor({ scenario, members, services }: Compared, locale: 'de' | 'en'): Words {
  const { joins = [], leaves = [] }: RunAssumptions = scenario.assumptions;
  const names = new Map([
    ...[...joins, ...leaves].flatMap(({ member, organisationId, name }) => [
      [member, name] as const,
      [organisationId, name] as const,
    ]),
    ...members.flatMap(({ member, organisationId, memberName }) => [
      [member, memberName] as const,
      [organisationId, memberName] as const,
    ]),
  ]);
  const titles = new Map(services.map(({ serviceCode, serviceTitle }) => [serviceCode, serviceTitle]));
  return {
    locale,
    figures: figuresFor(locale),
    say: (key, values) => textIn(locale, `costing.assumption.${key}`, values),
    member: (code) => names.get(code) ?? code,
    service: (code) => {
      const title = titles.get(code);
      return title === undefined ? code : `${title} (${code})`;
    },
  };
}

function clauseText({ pool, mode, tranches }: Assumed<'clauses'>[number], words: Words): string {
  const { say, figures, service } = words;
  const shared = tranches.map(({ label, percent, key }) =>
    say('tranche', { label, percent: figures.decimal(percent), key: keyText(key, words) }),
  );
  return say('clause', { service: service(pool), tranches: shared.join(', '), mode: say(`mode.${mode}`) });
}

/** So many values in a text: a cell of a spreadsheet holds no more than 32,767 characters. */
const VALUES_PER_TEXT = 100;

function listTexts(
  { name, type, basis, source, values }: Assumed<'keyValues'>[number],
  words: Words,
): string[] {
  const { locale, say } = words;
  const facts = [
    textIn(locale, `costing.key.${type}`),
    ...(basis === undefined ? [] : [basisText(basis, words)]),
    say('source', { source }),
  ];
  const texts = valueTexts(values, words);
  return Array.from({ length: Math.max(1, Math.ceil(texts.length / VALUES_PER_TEXT)) }, (_, at) =>
    say('values', {
      list: say('list', { name }),
      facts: facts.join(', '),
      values: texts.slice(at * VALUES_PER_TEXT, (at + 1) * VALUES_PER_TEXT).join('; '),
    }),
  );
}

function joinText({ name, pools, usage = [], values = {} }: Assumed<'joins'>[number], words: Words): string {
  const { say, figures, service } = words;
  const used = usage.map(({ pool, meter, unit, quantity }) =>
    say('used', { service: service(pool), meter, unit, quantity: figures.decimal(quantity) }),
  );
  const own = Object.entries(values).map(
    ([list, value]) => `${say('list', { name: list })}: ${figures.decimal(value)}`,
  );
  return [
    say('join', { member: name, services: pools.map(service).join(', ') }),
    ...(used.length === 0 ? [] : [say('join-usage', { usage: used.join(', ') })]),
    ...(own.length === 0 ? [] : [say('join-values', { values: own.join(', ') })]),
  ].join('; ');
}

function leaveText({ name, pools }: Assumed<'leaves'>[number], { say, figures, service }: Words): string {
  const left = pools.map(({ pool, savedCents }) =>
    savedCents === 0
      ? say('leave-unsaved', { service: service(pool) })
      : say('leave-saved', { service: service(pool), saved: figures.euros(savedCents) }),
  );
  return say('leave', { member: name, services: left.join('; ') });
}

function costText(cost: Assumed<'costs'>[number], { say, figures, service }: Words): string {
  const change =
    'percent' in cost
      ? signed(`${figures.decimal(cost.percent)} %`)
      : signed(figures.euros(cost.changeCents));
  return say('cost', { service: service(cost.pool), change });
}

/** With the signs of typography. */
function signed(text: string): string {
  const typed = text.replace(/^-/, '\u2212');
  return typed.startsWith('\u2212') ? typed : `+${typed}`;
}
