import { readFileSync } from 'node:fs';

export type Language = 'de' | 'en';

type Catalogue = Readonly<Record<string, string>>;

/** The one catalogue of all texts that people read; both languages have the same keys. */
const catalogues: Readonly<Record<Language, Catalogue>> = { de: load('de'), en: load('en') };

function load(language: Language): Catalogue {
  const file = new URL(`../../../web/texts/${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Catalogue;
}

/** A text with its `{places}` filled. Throws for a key or place that does not exist: a gap must not reach a reader. */
export function textIn(
  language: Language,
  key: string,
  values: Readonly<Record<string, string>> = {},
): string {
  const text = catalogues[language][key];
  if (text === undefined) throw new Error(`there is no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the text ${key} needs ${name}`);
    return value;
  });
}

/** Keys of a language, for comparing the two. */
export function textKeys(language: Language): string[] {
  return Object.keys(catalogues[language]).sort();
}

/** Names of the places in a text, each once, for comparing the two languages. */
export function textPlaces(language: Language, key: string): string[] {
  const places = [...(catalogues[language][key] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return [...new Set(places)].sort();
}
