import type { HatTx } from '../../../platform/db/hat.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { COST_SERVICE_UNKNOWN } from '../costing.errors.ts';
import { COST_CENTRE_CODE_TAKEN } from './cost-centres.errors.ts';
import type {
  ChangeCostCentre,
  CostCentreQuery,
  CostCentreView,
  CreateCostCentre,
} from './cost-centres.schemas.ts';

const columns = ({
  sql,
}: HatTx) => sql`id, centre_id as "centreId", code, name, type, service_id as "serviceId", retired_on as "retiredOn", version,
  created_at as "createdAt"`;

/** @throws DomainError COST_CENTRE_CODE_TAKEN, COST_SERVICE_UNKNOWN */
export async function insertCostCentre(
  { sql }: HatTx,
  centreId: string,
  id: string,
  { code, name, type, serviceId }: CreateCostCentre,
): Promise<void> {
  await mapConstraints(
    {
      cost_centres_code_key: {
        problem: COST_CENTRE_CODE_TAKEN,
        detail: `The code ${code} belongs to another cost centre.`,
        errors: [{ pointer: '/code', code: 'taken', detail: 'belongs to another cost centre' }],
      },
      cost_centres_service_fkey: {
        problem: COST_SERVICE_UNKNOWN,
        detail: 'The centre has no service with this id.',
        errors: [{ pointer: '/serviceId', code: 'unknown', detail: 'is no service of the centre' }],
      },
    },
    () => sql`insert into cost_centres (id, centre_id, code, name, type, service_id)
      values (${id}, ${centreId}, ${code}, ${name}, ${type}, ${serviceId ?? null})`,
  );
}

export async function findCostCentre(tx: HatTx, id: string): Promise<CostCentreView | undefined> {
  const [row] = await tx.sql<CostCentreView[]>`select ${columns(tx)} from cost_centres where id = ${id}`;
  return row;
}

/** The cost centre as it stays until the transaction ends, so that nobody retires it while cost is booked on it. */
export async function holdCostCentre(tx: HatTx, id: string): Promise<CostCentreView | undefined> {
  const [row] = await tx.sql<
    CostCentreView[]
  >`select ${columns(tx)} from cost_centres where id = ${id} for share`;
  return row;
}

/** Returns false when the cost centre is no longer at this version. */
export async function updateCostCentre(
  { sql }: HatTx,
  id: string,
  version: number,
  { name, retiredOn }: ChangeCostCentre,
): Promise<boolean> {
  const change = {
    version: version + 1,
    ...(name !== undefined && { name }),
    ...(retiredOn !== undefined && { retired_on: retiredOn }),
  };
  const { count } =
    await sql`update cost_centres set ${sql(change)} where id = ${id} and version = ${version}`;
  return count === 1;
}

/** Up to `limit` cost centres by code, after the given one. */
export async function listCostCentres(
  tx: HatTx,
  centreId: string,
  { serviceId }: Pick<CostCentreQuery, 'serviceId'>,
  after: string | undefined,
  limit: number | null,
): Promise<CostCentreView[]> {
  const { sql } = tx;
  return sql<CostCentreView[]>`select ${columns(tx)} from cost_centres where centre_id = ${centreId}
    ${serviceId === undefined ? sql`` : sql`and service_id = ${serviceId}`}
    ${after === undefined ? sql`` : sql`and code > ${after}`}
    order by code limit ${limit}`;
}
