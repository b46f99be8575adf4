import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';

/** The file stands at the top of the package, three folders above the built program. */
const FILE = fileURLToPath(new URL('../../../data/municipalities-de.csv', import.meta.url));

export const POPULATION = {
  asOf: '2022-12-31',
  basis: 'census-2011',
  source: 'Statistisches Bundesamt, Gemeindeverzeichnis GV100AD, Gebietsstand 30.11.2023, dl-de/by-2-0',
} as const;

export interface Municipality {
  readonly ags: string;
  readonly name: string;
  readonly district: string;
  readonly state: string;
  readonly population: number;
}

/** The municipalities with these AGS, from the file that is shipped. Throws when one is not in it. */
export async function findMunicipalities(wanted: readonly string[]): Promise<Map<string, Municipality>> {
  const found = new Map<string, Municipality>();
  const rows = createReadStream(FILE).pipe(parse({ columns: true }));
  for await (const row of rows as AsyncIterable<Record<keyof Municipality, string>>) {
    const { ags, name, district, state, population } = row;
    if (wanted.includes(ags)) found.set(ags, { ags, name, district, state, population: Number(population) });
  }
  const missing = wanted.filter((ags) => !found.has(ags));
  if (missing.length > 0) throw new Error(`no municipality has the AGS ${missing.join(', ')}`);
  return found;
}
