import type { HatTx } from '../../../platform/db/hat.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { COST_LINE_MAPPING_NAME_TAKEN } from './cost-centres.errors.ts';
import type { MappingView, ReplaceMapping } from './cost-line-mappings.schemas.ts';

const selected = ({
  sql,
}: HatTx) => sql`id, centre_id as "centreId", name, columns, categories, day_format as "dayFormat",
  number_format as "numberFormat", sign, version, created_at as "createdAt"`;

/** @throws DomainError COST_LINE_MAPPING_NAME_TAKEN */
function withFreeName<T>(name: string, work: () => Promise<T>): Promise<T> {
  const detail = `The name ${name} belongs to another mapping.`;
  const errors = [{ pointer: '/name', code: 'taken', detail: 'belongs to another mapping' }];
  const problem = COST_LINE_MAPPING_NAME_TAKEN;
  return mapConstraints({ cost_line_mappings_name_key: { problem, detail, errors } }, work);
}

export async function insertMapping(
  { sql }: HatTx,
  centreId: string,
  id: string,
  { name, columns, categories = {}, dayFormat, numberFormat, sign }: ReplaceMapping,
): Promise<void> {
  await withFreeName(
    name,
    () => sql`insert into cost_line_mappings (id, centre_id, name, columns, categories, day_format, number_format, sign)
      values (${id}, ${centreId}, ${name}, ${JSON.stringify(columns)}::text::jsonb, ${JSON.stringify(categories)}::text::jsonb,
        ${dayFormat}, ${numberFormat}, ${sign})`,
  );
}

/** Returns false when the mapping is no longer at this version. */
export async function replaceMapping(
  { sql }: HatTx,
  id: string,
  version: number,
  { name, columns, categories = {}, dayFormat, numberFormat, sign }: ReplaceMapping,
): Promise<boolean> {
  const { count } = await withFreeName(
    name,
    () => sql`update cost_line_mappings set name = ${name}, columns = ${JSON.stringify(columns)}::text::jsonb,
      categories = ${JSON.stringify(categories)}::text::jsonb, day_format = ${dayFormat}, number_format = ${numberFormat}, sign = ${sign},
      version = ${version + 1} where id = ${id} and version = ${version}`,
  );
  return count === 1;
}

export async function findMapping(tx: HatTx, id: string): Promise<MappingView | undefined> {
  const [row] = await tx.sql<MappingView[]>`select ${selected(tx)} from cost_line_mappings where id = ${id}`;
  return row;
}

/** Up to `limit` mappings by name, after the given one. */
export async function listMappings(
  tx: HatTx,
  centreId: string,
  after: string | undefined,
  limit: number,
): Promise<MappingView[]> {
  const { sql } = tx;
  return sql<MappingView[]>`select ${selected(tx)} from cost_line_mappings where centre_id = ${centreId}
    ${after === undefined ? sql`` : sql`and name > ${after}`} order by name limit ${limit}`;
}
