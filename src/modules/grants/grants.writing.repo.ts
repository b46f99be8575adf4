import type { Day } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { mapConstraints } from '../../platform/db/postgres-errors.ts';
import type { Problem } from '../../platform/errors.ts';
import type { GrantStatus } from './grant-states.rules.ts';
import type { PartyInput } from './parties.rules.ts';

/** What was applied for. */
export interface Application {
  readonly title: string;
  readonly ruleVersionId: string;
  readonly serviceId: string | null;
  readonly costCentreId: string | null;
  readonly costType: string;
  readonly appliedOn: Day;
  readonly parties: readonly PartyInput[];
  readonly leadId: string;
  readonly tags: readonly string[];
  readonly costBeforeCents: number;
  readonly costAfterCents: number;
  readonly savingsJustification: string | null;
  readonly plannedEligibleCents: number;
}

export interface GrantKey {
  readonly id: string;
  readonly centreId: string;
}

const columnsOf = (given: Application) => ({
  title: given.title,
  rule_version_id: given.ruleVersionId,
  service_id: given.serviceId,
  cost_centre_id: given.costCentreId,
  cost_type: given.costType,
  applied_on: given.appliedOn,
  party_ids: given.parties.map(({ organisationId }) => organisationId),
  lead_id: given.leadId,
  tags: given.tags as string[],
  cost_before_cents: given.costBeforeCents,
  cost_after_cents: given.costAfterCents,
  savings_justification: given.savingsJustification,
  planned_eligible_cents: given.plannedEligibleCents,
});

/** A service that the centre does not have is refused with `serviceUnknown`. */
function mapService<T>(serviceUnknown: Problem, work: () => Promise<T>): Promise<T> {
  const detail = 'The centre has no service with this id.';
  const errors = [{ pointer: '/serviceId', code: 'unknown', detail: 'is no service of the centre' }];
  return mapConstraints({ grants_service_fkey: { problem: serviceUnknown, detail, errors } }, work);
}

export async function insertGrant(
  tx: HatTx,
  { actor, now }: HatContext,
  key: GrantKey & { readonly number: string; readonly programmeId: string },
  application: Application,
  serviceUnknown: Problem,
): Promise<void> {
  const { sql } = tx;
  const row = {
    ...columnsOf(application),
    id: key.id,
    centre_id: key.centreId,
    number: key.number,
    status: 'draft',
    programme_id: key.programmeId,
    created_by: actor.id,
    created_by_name: actor.name,
    created_at: now,
  };
  await mapService(serviceUnknown, () => sql`insert into grants ${sql(row)}`);
  await insertParties(tx, key, application.parties);
}

/** Makes a draft say this. Returns false when it is no longer at this version. */
export async function updateDraft(
  tx: HatTx,
  key: GrantKey,
  version: number,
  application: Application,
  serviceUnknown: Problem,
): Promise<boolean> {
  const { sql } = tx;
  const row = { ...columnsOf(application), version: version + 1 };
  const { count } = await mapService(
    serviceUnknown,
    () =>
      sql`update grants set ${sql(row)} where id = ${key.id} and version = ${version} and status = 'draft'`,
  );
  if (count === 0) return false;
  await sql`delete from grant_parties where grant_id = ${key.id}`;
  await insertParties(tx, key, application.parties);
  return true;
}

async function insertParties(
  { sql }: HatTx,
  { id, centreId }: GrantKey,
  parties: readonly PartyInput[],
): Promise<void> {
  const rows = parties.map(({ organisationId, decision }) => ({ organisationId, ...decision }));
  await sql`insert into grant_parties (grant_id, centre_id, organisation_id, decided_on, decision_reference)
    select ${id}, ${centreId}, r."organisationId", r."decidedOn", r.reference
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r ("organisationId" uuid, "decidedOn" date, reference text)`;
}

/** Columns that a step sets. */
export type GrantStep = Readonly<Record<string, string | number | null>>;

/** Returns false when the grant is no longer at this version. */
export async function updateGrant(
  { sql }: HatTx,
  id: string,
  version: number,
  status: GrantStatus,
  step: GrantStep,
): Promise<boolean> {
  const { count } = await sql`update grants set ${sql({ ...step, status, version: version + 1 })}
    where id = ${id} and version = ${version}`;
  return count === 1;
}
