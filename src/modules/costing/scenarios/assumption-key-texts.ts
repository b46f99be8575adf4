import type { Figures } from '../../../platform/figures.ts';
import { textIn } from '../../../platform/texts.ts';
import type { ClauseKey } from '../keys/clause-key.types.ts';

/** What words about assumptions are made with: a language, its figures, and the names that people know. */
export interface Words {
  readonly locale: 'de' | 'en';
  readonly figures: Figures;
  /** A text below `costing.assumption`. */
  readonly say: (key: string, values?: Readonly<Record<string, string>>) => string;
  readonly member: (code: string) => string;
  readonly service: (code: string) => string;
}

/** What a tranche is shared out by: `Fälle (Zähler „cases“)`. */
export function keyText(key: ClauseKey, words: Words): string {
  const name = textIn(words.locale, `costing.key.${key.type}`);
  const detail = detailsOf(key, words).join('; ');
  return detail === '' ? name : words.say('key', { key: name, detail });
}

function detailsOf(key: ClauseKey, words: Words): string[] {
  const { values, meter, basis, keyName, seat, equivalents, grades } = key;
  const { say, figures, member } = words;
  return [
    ...(seat === undefined ? [] : [member(seat)]),
    ...(keyName === undefined ? [] : [say('list', { name: keyName })]),
    ...(meter === undefined ? [] : [say('meter', { meter })]),
    ...Object.entries(equivalents ?? {}).map(([name, factor]) =>
      say('equivalent', { meter: name, factor: figures.decimal(factor) }),
    ),
    ...(grades ?? []).map(({ upTo, factor }) =>
      upTo === null
        ? say('grade-above', { factor: figures.decimal(factor) })
        : say('grade', { upTo: figures.decimal(upTo), factor: figures.decimal(factor) }),
    ),
    ...(basis === undefined ? [] : [basisText(basis, words)]),
    ...(values === undefined ? [] : valueTexts(values, words)),
  ];
}

/** The census as people call it. */
export function basisText(basis: string, { say }: Pick<Words, 'say'>): string {
  const [, year] = /^census-(\d{4})$/.exec(basis) ?? [];
  return say('basis', { basis: year === undefined ? basis : say('census', { year }) });
}

/** `Erwitte: 12,5`, as members are called. */
export function valueTexts(
  values: Readonly<Record<string, string>>,
  { figures, member }: Pick<Words, 'figures' | 'member'>,
): string[] {
  return Object.entries(values).map(([code, value]) => `${member(code)}: ${figures.decimal(value)}`);
}
