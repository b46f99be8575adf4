import { and, asc, eq, gt, ilike, or, sql } from 'drizzle-orm';
import type { HatTx } from '../../platform/db/hat.ts';
import { containsPattern } from '../../platform/db/like.ts';
import type {
  ChangeOrganisation,
  CreateCentre,
  CreateOrganisation,
  MemberView,
  OrganisationView,
} from './organisations.schemas.ts';
import { centreMembers, centres, organisationPopulations, organisations } from './organisations.table.ts';

const populations = sql<OrganisationView['populations']>`coalesce((
  select json_agg(json_build_object('asOf', p.as_of, 'basis', p.basis, 'population', p.population, 'source', p.source) order by p.as_of desc, p.basis)
  from organisation_populations p where p.organisation_id = ${organisations.id}), '[]')`;

const organisationColumns = {
  id: organisations.id,
  ags: organisations.ags,
  name: organisations.name,
  kind: organisations.kind,
  state: organisations.state,
  district: organisations.district,
  populations,
  version: organisations.version,
};
export type OrganisationRow = Awaited<ReturnType<typeof findOrganisation>>;

export async function insertOrganisation(tx: HatTx, id: string, input: CreateOrganisation): Promise<void> {
  await tx.insert(organisations).values({
    id,
    ags: input.ags ?? null,
    name: input.name,
    kind: input.kind,
    state: input.state ?? null,
    district: input.district ?? null,
  });
  await savePopulations(tx, id, input.populations);
}

/** Adds figures; one for the same day and basis is corrected. */
export async function savePopulations(
  tx: HatTx,
  organisationId: string,
  figures: OrganisationView['populations'],
): Promise<void> {
  if (figures.length === 0) return;
  await tx
    .insert(organisationPopulations)
    .values(figures.map((figure) => ({ organisationId, ...figure })))
    .onConflictDoUpdate({
      target: [
        organisationPopulations.organisationId,
        organisationPopulations.asOf,
        organisationPopulations.basis,
      ],
      set: { population: sql`excluded.population`, source: sql`excluded.source` },
    });
}

export async function findOrganisation(tx: HatTx, id: string) {
  const [row] = await tx.select(organisationColumns).from(organisations).where(eq(organisations.id, id));
  return row;
}

export interface OrganisationFilter {
  readonly q?: string;
  readonly ags?: string;
}

/** Up to `limit` organisations by name, after the given name and id. */
export async function listOrganisations(
  tx: HatTx,
  filter: OrganisationFilter,
  after: readonly [string, string] | undefined,
  limit: number,
) {
  return tx
    .select(organisationColumns)
    .from(organisations)
    .where(
      and(
        filter.q === undefined ? undefined : ilike(organisations.name, containsPattern(filter.q)),
        filter.ags === undefined ? undefined : eq(organisations.ags, filter.ags),
        after === undefined
          ? undefined
          : or(
              gt(organisations.name, after[0]),
              and(eq(organisations.name, after[0]), gt(organisations.id, after[1])),
            ),
      ),
    )
    .orderBy(asc(organisations.name), asc(organisations.id))
    .limit(limit);
}

/** Returns false when the row is no longer at this version. */
export async function updateOrganisation(
  tx: HatTx,
  id: string,
  version: number,
  change: ChangeOrganisation,
): Promise<boolean> {
  const changed = await tx
    .update(organisations)
    .set({ ...(change.name === undefined ? {} : { name: change.name }), version: version + 1 })
    .where(and(eq(organisations.id, id), eq(organisations.version, version)))
    .returning({ id: organisations.id });
  if (changed.length === 1) await savePopulations(tx, id, change.populations ?? []);
  return changed.length === 1;
}

const centreColumns = {
  id: centres.id,
  code: centres.code,
  name: centres.name,
  operatorId: centres.operatorId,
  version: centres.version,
};

export async function insertCentre(tx: HatTx, id: string, input: CreateCentre): Promise<void> {
  await tx.insert(centres).values({ id, ...input });
}

export async function findCentre(tx: HatTx, id: string) {
  const [row] = await tx.select(centreColumns).from(centres).where(eq(centres.id, id));
  return row;
}

export async function listCentres(tx: HatTx, after: string | undefined, limit: number) {
  return tx
    .select(centreColumns)
    .from(centres)
    .where(after === undefined ? undefined : gt(centres.id, after))
    .orderBy(asc(centres.id))
    .limit(limit);
}

export async function updateCentre(tx: HatTx, id: string, version: number, name: string): Promise<boolean> {
  const changed = await tx
    .update(centres)
    .set({ name, version: version + 1 })
    .where(and(eq(centres.id, id), eq(centres.version, version)))
    .returning({ id: centres.id });
  return changed.length === 1;
}

export async function insertMember(
  tx: HatTx,
  centreId: string,
  organisationId: string,
  joinedOn: string,
): Promise<void> {
  await tx.insert(centreMembers).values({ centreId, organisationId, joinedOn });
}

const memberColumns = {
  organisationId: centreMembers.organisationId,
  ags: organisations.ags,
  name: organisations.name,
  joinedOn: centreMembers.joinedOn,
  leftOn: centreMembers.leftOn,
};

const isMember = (centreId: string, organisationId: string) =>
  and(eq(centreMembers.centreId, centreId), eq(centreMembers.organisationId, organisationId));

export async function findMember(
  tx: HatTx,
  centreId: string,
  organisationId: string,
): Promise<MemberView | undefined> {
  const [row] = await tx
    .select(memberColumns)
    .from(centreMembers)
    .innerJoin(organisations, eq(organisations.id, centreMembers.organisationId))
    .where(isMember(centreId, organisationId));
  return row;
}

/** Lets one change of a membership happen at a time. */
export async function lockMember(tx: HatTx, centreId: string, organisationId: string): Promise<void> {
  await tx.sql`select from centre_members
    where centre_id = ${centreId} and organisation_id = ${organisationId} for no key update`;
}

export async function updateMember(
  tx: HatTx,
  centreId: string,
  organisationId: string,
  leftOn: string | null,
): Promise<void> {
  await tx.update(centreMembers).set({ leftOn }).where(isMember(centreId, organisationId));
}

/** Members of a centre by organisation id; under an organisation hat that is at most the organisation itself. */
export async function listMembers(
  tx: HatTx,
  centreId: string,
  after: string | undefined,
  limit: number,
): Promise<MemberView[]> {
  return tx
    .select(memberColumns)
    .from(centreMembers)
    .innerJoin(organisations, eq(organisations.id, centreMembers.organisationId))
    .where(
      and(
        eq(centreMembers.centreId, centreId),
        after === undefined ? undefined : gt(centreMembers.organisationId, after),
      ),
    )
    .orderBy(asc(centreMembers.organisationId))
    .limit(limit);
}
