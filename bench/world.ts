import { createHmac } from 'node:crypto';
import type { Sql } from 'postgres';
import { newId } from '../src/platform/ids.ts';

export const BENCH_SECRET = 'signs the tokens of one bench run, nothing else';

/** One centre, one member, one service that can be ordered, one team; tokens for both sides. */
export interface World {
  readonly centreId: string;
  readonly memberId: string;
  readonly serviceId: string;
  readonly serviceVersionId: string;
  readonly agreementVersionId: string;
  readonly teamId: string;
  readonly requester: string;
  readonly caseworker: string;
  readonly finance: string;
}

const FORM = {
  type: 'object',
  required: ['registerNumber', 'copies'],
  additionalProperties: false,
  properties: {
    registerNumber: { type: 'string', title: 'Registernummer', maxLength: 40 },
    copies: { type: 'integer', title: 'Anzahl', minimum: 1, maximum: 20 },
  },
};

/** Made by the schema's owner, a superuser here, for speed. */
export async function makeWorld(sql: Sql): Promise<World> {
  const [
    centreId,
    operatorId,
    memberId,
    serviceId,
    serviceVersionId,
    agreementId,
    agreementVersionId,
    teamId,
  ] = Array.from({ length: 8 }, newId) as [string, string, string, string, string, string, string, string];
  await sql`insert into organisations (id, name, kind) values (${operatorId}, 'Träger', 'municipality'), (${memberId}, 'Mitglied', 'municipality')`;
  await sql`insert into centres (id, operator_id, code, name) values (${centreId}, ${operatorId}, 'BEN', 'Messzentrum')`;
  await sql`insert into centre_members (centre_id, organisation_id, joined_on) values (${centreId}, ${memberId}, '2020-01-01')`;
  await sql`insert into teams (id, centre_id, name) values (${teamId}, ${centreId}, 'Team')`;
  await sql`insert into services (id, centre_id, code, title, category, published_version, first_published_at) values (${serviceId}, ${centreId}, 'certificate', 'Urkunde', 'registry', 1, now())`;
  await sql`insert into service_versions (id, centre_id, service_id, number, status, title, description, form_schema, usage_rule, processing_rule, published_at)
    values (${serviceVersionId}, ${centreId}, ${serviceId}, 1, 'published', 'Urkunde', 'Urkunde', ${JSON.stringify(FORM)}::jsonb,
      ${JSON.stringify({ meter: 'cases', unit: 'piece', quantity: { fixed: '1' } })}::jsonb,
      ${JSON.stringify({ teamId, autoAccept: true, objectionDays: 14, routes: [] })}::jsonb, now())`;
  await sql`insert into agreements (id, centre_id, title, mode) values (${agreementId}, ${centreId}, 'Vereinbarung', 'delegating')`;
  await sql`insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, data_protection_role, organisation_ids, service_ids)
    values (${agreementVersionId}, ${centreId}, ${agreementId}, 1, 'in_force', '2020-01-01', 'controller', array[${memberId}]::uuid[], array[${serviceId}]::uuid[])`;
  await sql`insert into agreement_coverage (centre_id, agreement_version_id, organisation_id, service_id, valid_from)
    values (${centreId}, ${agreementVersionId}, ${memberId}, ${serviceId}, '2020-01-01')`;
  const requester = await person(sql, 'organisation', memberId, ['requester']);
  const caseworker = await person(sql, 'centre', centreId, ['caseworker']);
  const finance = await person(sql, 'centre', centreId, ['finance']);
  await sql`insert into team_members (centre_id, team_id, user_id) values (${centreId}, ${teamId}, ${caseworker.id})`;
  return {
    centreId,
    memberId,
    serviceId,
    serviceVersionId,
    agreementVersionId,
    teamId,
    requester: requester.token,
    caseworker: caseworker.token,
    finance: finance.token,
  };
}

async function person(
  sql: Sql,
  kind: string,
  hatId: string,
  roles: readonly string[],
): Promise<{ id: string; token: string }> {
  const [id, sid] = [newId(), newId()];
  await sql`insert into users (id, email, name, password_hash) values (${id}, ${`${id}@example.org`}, 'Person', '-')`;
  for (const role of roles)
    await sql`insert into role_assignments (user_id, hat_kind, hat_id, role) values (${id}, ${kind}, ${hatId}, ${role})`;
  await sql`insert into sessions (id, family_id, user_id, hat_kind, hat_id) values (${sid}, ${newId()}, ${id}, ${kind}, ${hatId})`;
  return {
    id,
    token: sign({
      sub: id,
      nam: 'Person',
      act: 'user',
      sid,
      hat: [kind, hatId],
      rol: roles,
      iat: seconds(),
      exp: seconds() + 7200,
    }),
  };
}

function seconds(): number {
  return Math.floor(performance.timeOrigin / 1000);
}

/** A token as the API signs it (HS256). */
function sign(claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', BENCH_SECRET).update(text).digest('base64url')}`;
}

/** Fills the table up to `total` requests of one team: one in ten is open, the rest closed; the ids carry their age. */
export async function fillRequests(sql: Sql, world: World, from: number, total: number): Promise<void> {
  await sql`insert into service_requests (id, number, centre_id, organisation_id, service_id, service_version_id, service_version_number, service_title,
      agreement_version_id, status, priority, subject, form_data, requester_id, requester_name, team_id, created_at, updated_at, submitted_at, accepted_at)
    select (lpad(to_hex((1700000000000 + n)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || 'a' || substr(md5(n::text), 4, 15))::uuid,
      'OLD-' || n, ${world.centreId}::uuid, ${world.memberId}::uuid, ${world.serviceId}::uuid, ${world.serviceVersionId}::uuid, 1, 'Urkunde', ${world.agreementVersionId}::uuid,
      case when n % 10 = 0 then 'in_progress' else 'closed' end, 3, 'Vorgang ' || n, '{"registerNumber": "G 1", "copies": 1}',
      ${world.memberId}::uuid, 'Person', ${world.teamId}::uuid, now(), now(), now(), now()
    from generate_series(${from}::int, ${total}::int) n`;
  await sql`analyze service_requests`;
}

/** Requests that wait to be claimed. */
export async function fillClaimable(sql: Sql, world: World, count: number): Promise<void> {
  await sql`insert into service_requests (id, number, centre_id, organisation_id, service_id, service_version_id, service_version_number, service_title,
      agreement_version_id, status, priority, subject, form_data, requester_id, requester_name, team_id, created_at, updated_at, submitted_at, accepted_at)
    select gen_random_uuid(), 'CLAIM-' || n, ${world.centreId}::uuid, ${world.memberId}::uuid, ${world.serviceId}::uuid, ${world.serviceVersionId}::uuid, 1, 'Urkunde',
      ${world.agreementVersionId}::uuid, 'accepted', 1 + n % 4, 'Vorgang ' || n, '{}', ${world.memberId}::uuid, 'Person', ${world.teamId}::uuid,
      now(), now(), now() + n * interval '1 millisecond', now()
    from generate_series(1, ${count}::int) n`;
  await sql`analyze service_requests`;
}
