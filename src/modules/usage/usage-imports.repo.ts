import type { HatTx } from '../../platform/db/hat.ts';

/** What rows may call members and services by, each with its id. */
export interface ImportNames {
  readonly organisations: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
}

/** A name that two members share is none. */
export async function readImportNames({ sql }: HatTx, centreId: string): Promise<ImportNames> {
  const members = await sql<{ id: string; ags: string | null; name: string }[]>`
    select o.id, o.ags, o.name from centre_members m join organisations o on o.id = m.organisation_id
    where m.centre_id = ${centreId}`;
  const services = await sql<{ id: string; code: string }[]>`
    select id, code from services where centre_id = ${centreId}`;
  const namesakes = new Set(
    members
      .filter(({ id, name }) => members.some((one) => one.id !== id && one.name === name))
      .map(({ name }) => name),
  );
  return {
    organisations: new Map(
      members.flatMap(({ id, ags, name }) => [
        ...(namesakes.has(name) ? [] : [[name, id] as const]),
        ...(ags === null ? [] : [[ags, id] as const]),
        [id, id] as const,
      ]),
    ),
    services: new Map(services.flatMap(({ id, code }) => [[code, id] as const, [id, id] as const])),
  };
}
