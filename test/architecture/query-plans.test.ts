import { pino } from 'pino';
import tap, { type Test } from 'tap';
import { recordedUnits } from '../../src/modules/usage/usage.units.repo.ts';
import { fixedClock } from '../../src/platform/clock.ts';
import type { HatContext } from '../../src/platform/context.ts';
import { type Database, openDatabase } from '../../src/platform/db/database.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import { newId } from '../../src/platform/ids.ts';
import { createQueueSystem } from '../../src/platform/jobs/queues.ts';
import { RELAY_DEFAULTS, startRelay } from '../../workers/outbox-relay.ts';
import { type Caller, startTestApp } from '../support/app.ts';
import { dropConstraints } from '../support/catalog.ts';
import { planOf, statementsOf } from '../support/plans.ts';

/**
 * The hot queries, as the program sends them, on tables of 50,000 rows: each uses the index that was made for it, whether it is
 * planned for its values or for any. The planner decides under the program's own role, so that row-level security has its say.
 */

const ROWS = 50_000;
const BIG = [
  'service_requests',
  'service_request_events',
  'usage_events',
  'usage_rollups',
  'usage_year_rollups',
  'audit_entries',
  'outbox_jobs',
  'statements',
  'statement_dispatches',
  'statement_dispatch_attempts',
  'statement_validations',
  'payments',
  'payment_matches',
  'dunning_blocks',
  'write_offs',
];
const NOW = '2026-11-22T12:00:00.000Z';

interface HotQuery {
  readonly name: string;
  readonly caller: Caller | undefined;
  readonly db: Database;
  readonly run: (ctx: HatContext) => Promise<unknown>;
  /** The index that answers it. */
  /** One of these has to serve it. */
  readonly index: string | readonly string[];
  /** The program has it planned for its values, always. */
  readonly byValues?: true;
}

tap.setTimeout(180_000);

tap.test('query plans', async (t) => {
  const test = await startTestApp(t, { clock: fixedClock(NOW) });
  const { modules, db } = test;
  const centre = await test.centre('SOE');
  const member = await test.organisation('Erwitte');
  const finance = await test.caller(centre, ['finance', 'auditor']);
  const caseworker = await test.caller(centre, ['caseworker']);
  const requester = await test.caller(member, ['requester', 'member-finance', 'member-admin']);
  const [bigCentre, bigMember] = [await test.centre('BIG'), await test.organisation('Wuppertal')];
  const bigCaseworker = await test.caller(bigCentre, ['caseworker']);
  const bigFinance = await test.caller(bigCentre, ['finance']);
  const bigRequester = await test.caller(bigMember, ['requester']);
  const teamId = newId();
  await dropConstraints(test.owner);
  await fill(test.owner, {
    centreId: centre.id,
    organisationId: member.id,
    teamId,
    userId: caseworker.userId,
    bigCentreId: bigCentre.id,
    bigMemberId: bigMember.id,
  });
  const jobs = openDatabase(test.target, 'verbund_jobs', 2);
  t.teardown(() => jobs.end());
  const [someRequest] = await test.owner.sql<
    { id: string }[]
  >`select id from service_requests where organisation_id = ${member.id} limit 1`;
  const requestId = someRequest?.id ?? '';
  const frozenId = newId();
  await test.owner.sql`insert into billing_periods (id, centre_id, code, starts_on, ends_on, state, frozen_at)
    values (${frozenId}, ${bigCentre.id}, '2026-Q3', '2026-07-01', '2026-10-01', 'frozen', '2026-10-05T08:00:00Z')`;
  const [settledId, postedId] = [newId(), newId()];
  await test.owner.sql`insert into billing_periods (id, centre_id, code, starts_on, ends_on, state, frozen_at)
    values (${settledId}, ${bigCentre.id}, '2026-Q2', '2026-04-01', '2026-07-01', 'settled', '2026-10-05T08:00:00Z')`;
  const draftId = newId();
  for (const [id, status] of [
    [postedId, 'posted'],
    [draftId, 'draft'],
  ] as const)
    await test.owner
      .sql`insert into allocation_runs (id, centre_id, period_id, period_code, starts_on, ends_on, number, status, algorithm, input_hash,
        result_hash, member_ids, created_by, created_by_name, created_at)
      values (${id}, ${bigCentre.id}, ${settledId}, '2026-Q2', '2026-04-01', '2026-07-01', ${status}, ${status}, 'x', 'x', 'x', '{}',
        ${bigFinance.userId}, 'x', ${NOW})`;
  const key = { type: 'cases', basis: 'visits', members: [] };
  await test.owner
    .sql`insert into allocation_run_lines (run_id, position, centre_id, organisation_id, service_id, service_code, service_title, member,
      member_name, tranche_id, parts, exact_cents, rounding_cents, amount_cents)
    values (${draftId}, 0, ${bigCentre.id}, ${bigMember.id}, ${teamId}, 'x', 'x', 'x', 'x', 'a',
      ${JSON.stringify([{ key }])}::text::jsonb, '1', 0, 1)`;
  const page = { limit: 50 };
  const list = { ...page, sort: 'newest' } as const;

  const queries: HotQuery[] = [
    {
      name: "a team's open requests",
      caller: caseworker,
      db,
      index: 'service_requests_team_open_idx',
      run: (ctx) => modules.requests.list(ctx, { ...list, teamId, open: true, sort: 'oldest' }),
    },
    {
      name: 'what a centre has put on hold',
      caller: bigCaseworker,
      db,
      index: ['service_requests_status_idx', 'service_requests_centre_open_idx'],
      run: (ctx) => modules.requests.list(ctx, { ...list, status: ['on_hold'] }),
    },
    {
      name: 'what a centre has rejected',
      caller: bigCaseworker,
      db,
      index: 'service_requests_status_idx',
      run: (ctx) => modules.requests.list(ctx, { ...list, status: ['rejected'] }),
    },
    {
      name: 'what waits in a centre or is worked on, the oldest first',
      caller: bigCaseworker,
      db,
      index: ['service_requests_centre_open_idx', 'service_requests_status_idx'],
      run: (ctx) =>
        modules.requests.list(ctx, { ...page, status: ['submitted', 'in_progress'], sort: 'oldest' }),
    },
    {
      name: 'all that was ever mine',
      caller: bigCaseworker,
      db,
      index: 'service_requests_assignee_idx',
      run: (ctx) => modules.requests.list(ctx, { ...list, assigneeId: bigCaseworker.userId }),
    },
    {
      name: 'requests for one service of a centre',
      caller: bigCaseworker,
      db,
      index: 'service_requests_service_idx',
      run: (ctx) => modules.requests.list(ctx, { ...list, serviceId: teamId }),
    },
    {
      name: "a centre's request by the mark of the filing office",
      caller: bigCaseworker,
      db,
      index: 'service_requests_external_centre_idx',
      run: (ctx) => modules.requests.list(ctx, { ...list, externalReference: 'AZ 1' }),
    },
    {
      name: 'the next request to claim',
      caller: caseworker,
      db,
      index: 'service_requests_claim_idx',
      run: (ctx) => modules.actions.claim(ctx),
    },
    {
      name: "a member's requests",
      caller: requester,
      db,
      index: 'service_requests_organisation_idx',
      run: (ctx) => modules.requests.list(ctx, list),
    },
    {
      name: "a centre's requests",
      caller: finance,
      db,
      index: 'service_requests_centre_idx',
      run: (ctx) => modules.requests.list(ctx, list),
    },
    {
      name: "a word in a big centre's requests",
      caller: bigCaseworker,
      db,
      index: 'service_requests_search_idx',
      run: (ctx) => modules.requests.list(ctx, { ...list, q: 'Wort77' }),
    },
    {
      name: "a word in a big member's requests",
      caller: bigRequester,
      db,
      index: 'service_requests_search_idx',
      run: (ctx) => modules.requests.list(ctx, { ...list, q: 'Wort77' }),
    },
    {
      name: 'one request',
      caller: requester,
      db,
      index: 'service_requests_pkey',
      run: (ctx) => modules.requests.get(ctx, requestId),
    },
    {
      name: 'the history of a request',
      caller: requester,
      db,
      index: 'service_request_events_request_idx',
      run: (ctx) => modules.conversation.listEvents(ctx, requestId, page),
    },
    {
      name: "a centre's usage of a quarter",
      caller: finance,
      db,
      index: 'usage_rollups_pkey',
      run: (ctx) => modules.usage.summarise(ctx, { period: '2026-Q3', groupBy: 'service,organisation' }),
    },
    {
      name: "a member's usage of a quarter",
      caller: requester,
      db,
      index: 'usage_rollups_organisation_idx',
      run: (ctx) => modules.usage.summarise(ctx, { period: '2026-Q3', groupBy: 'service' }),
    },
    {
      name: 'usage of a service on some days',
      caller: finance,
      db,
      index: ['usage_events_centre_day_idx', 'usage_events_service_day_idx'],
      run: (ctx) =>
        modules.usage.summarise(ctx, {
          from: '2026-07-03',
          to: '2026-07-19',
          serviceId: teamId,
          groupBy: 'service',
        }),
    },
    {
      name: 'what came too late for a frozen quarter of a big centre',
      caller: bigFinance,
      db,
      index: 'usage_events_recorded_idx',
      byValues: true,
      run: (ctx) => modules.costing.periods.get(ctx, frozenId),
    },
    {
      name: 'the events that came too late, one by one',
      caller: bigFinance,
      db,
      index: 'usage_events_recorded_idx',
      byValues: true,
      run: (ctx) =>
        modules.usage.listEvents(ctx, {
          ...page,
          centreId: bigCentre.id,
          from: '2026-07-01',
          to: '2026-10-01',
          recordedAfter: '2026-10-05T08:00:00Z',
        }),
    },
    {
      name: 'in which units a meter was recorded',
      caller: bigFinance,
      db,
      index: 'usage_year_rollups_units_idx',
      run: (ctx) =>
        withHatTx(db, ctx, (tx) =>
          recordedUnits(tx, bigCentre.id, [{ serviceId: teamId, meter: 'cases', year: '2026-01-01' }]),
        ),
    },
    {
      name: 'whether late usage lets the run of a settled quarter be superseded',
      caller: bigFinance,
      db,
      index: 'usage_events_recorded_idx',
      byValues: true,
      run: (ctx) => modules.costing.runs.get(ctx, postedId),
    },
    {
      name: 'usage that no key of the run of a settled quarter counts',
      caller: bigFinance,
      db,
      index: 'usage_events_recorded_idx',
      byValues: true,
      run: (ctx) => modules.costing.uncountedUsage.list(ctx, draftId),
    },
    {
      name: "a member's usage of some days",
      caller: requester,
      db,
      index: 'usage_events_organisation_day_idx',
      run: (ctx) =>
        modules.usage.summarise(ctx, { from: '2026-07-03', to: '2026-07-19', groupBy: 'service' }),
    },
    {
      name: "a centre's usage events",
      caller: finance,
      db,
      index: 'usage_events_centre_day_idx',
      run: (ctx) => modules.usage.listEvents(ctx, page),
    },
    {
      name: 'the usage of two meters behind a share',
      caller: finance,
      db,
      index: ['usage_events_organisation_day_idx', 'usage_events_service_day_idx'],
      run: (ctx) =>
        modules.usage.listEvents(ctx, {
          ...page,
          organisationId: requester.hat.id,
          serviceId: newId(),
          meter: ['cases', 'minutes'],
          from: '2026-07-01',
          to: '2026-10-01',
        }),
    },
    {
      name: "a centre's audit trail",
      caller: finance,
      db,
      index: 'audit_entries_centre_idx',
      run: (ctx) => modules.operations.listAuditEntries(ctx, page),
    },
    {
      name: "a member's audit trail",
      caller: requester,
      db,
      index: 'audit_entries_organisation_idx',
      run: (ctx) => modules.operations.listAuditEntries(ctx, page),
    },
    {
      name: 'the audit trail of one thing',
      caller: finance,
      db,
      index: 'audit_entries_entity_id_idx',
      run: (ctx) => modules.operations.listAuditEntries(ctx, { ...page, entityId: requestId }),
    },
    {
      name: "a centre's dead letters",
      caller: finance,
      db,
      index: 'outbox_jobs_failed_idx',
      run: (ctx) => modules.operations.listDeadLetters(ctx, page),
    },
    {
      name: "a centre's open items",
      caller: finance,
      db,
      index: 'statements_claims_idx',
      run: (ctx) => modules.receivables.openItems.list(ctx, page),
    },
    {
      name: "a big centre's overdue items",
      caller: bigFinance,
      db,
      index: 'payment_matches_chain_idx',
      run: (ctx) => modules.receivables.openItems.list(ctx, { ...page, overdue: true }),
    },
    {
      name: "a member's open items",
      caller: requester,
      db,
      index: 'statements_member_claims_idx',
      run: (ctx) => modules.receivables.openItems.list(ctx, page),
    },
    {
      name: "a big centre's dunning blocks",
      caller: bigFinance,
      db,
      index: 'dunning_blocks_centre_idx',
      run: (ctx) => modules.receivables.dunningBlocks.list(ctx, page),
    },
    {
      name: "a member's dunning blocks",
      caller: finance,
      db,
      index: ['dunning_blocks_member_idx', 'dunning_blocks_centre_idx'],
      run: (ctx) => modules.receivables.dunningBlocks.list(ctx, { ...page, organisationId: member.id }),
    },
    {
      name: 'dunning blocks that hold',
      caller: bigFinance,
      db,
      index: ['dunning_blocks_standing_idx', 'dunning_blocks_centre_idx'],
      run: (ctx) => modules.receivables.dunningBlocks.list(ctx, { ...page, standing: true }),
    },
    {
      name: 'what is blocked of open items',
      caller: bigFinance,
      db,
      index: ['dunning_blocks_standing_idx', 'dunning_blocks_member_idx'],
      run: (ctx) => modules.receivables.openItems.list(ctx, page),
    },
    {
      name: 'what was written off of open items',
      caller: bigFinance,
      db,
      index: 'write_offs_chain_idx',
      run: (ctx) => modules.receivables.openItems.list(ctx, page),
    },
    {
      name: "a big centre's write-offs",
      caller: bigFinance,
      db,
      index: 'write_offs_centre_idx',
      run: (ctx) => modules.receivables.writeOffs.list(ctx, page),
    },
    {
      name: 'write-offs that wait for a second person',
      caller: bigFinance,
      db,
      index: 'write_offs_waiting_idx',
      run: (ctx) => modules.receivables.writeOffs.list(ctx, { ...page, status: 'requested' }),
    },
    {
      name: "a member's write-offs",
      caller: finance,
      db,
      index: ['write_offs_member_idx', 'write_offs_centre_idx'],
      run: (ctx) => modules.receivables.writeOffs.list(ctx, { ...page, organisationId: member.id }),
    },
    {
      name: 'payments that nobody could match',
      caller: bigFinance,
      db,
      index: 'payments_unclear_idx',
      run: (ctx) => modules.receivables.payments.list(ctx, { ...page, status: 'unclear' }),
    },
    {
      name: "a member's payments",
      caller: requester,
      db,
      index: 'payments_organisation_idx',
      run: (ctx) => modules.receivables.payments.list(ctx, page),
    },
    {
      name: 'what a centre mailed',
      caller: finance,
      db,
      index: 'statement_dispatches_centre_id_key',
      run: (ctx) => modules.billing.sending.listCentreDispatches(ctx, page),
    },
    {
      name: 'what a big centre mailed that was refused',
      caller: bigFinance,
      db,
      index: ['statement_dispatch_attempts_end_key', 'statement_dispatch_attempts_dispatch_idx'],
      run: (ctx) => modules.billing.sending.listCentreDispatches(ctx, { ...page, status: 'refused' }),
    },
    {
      name: 'statements of a big centre that the validator rejected',
      caller: bigFinance,
      db,
      index: 'statement_validations_rejected_idx',
      run: (ctx) => modules.billing.statements.list(ctx, { ...page, validation: 'rejected' }),
    },
    {
      name: 'what was mailed of a dunning notice',
      caller: bigFinance,
      db,
      index: 'statement_dispatches_notice_idx',
      run: (ctx) => modules.billing.sending.listCentreDispatches(ctx, { ...page, noticeId: requestId }),
    },
    {
      name: 'what was mailed of a batch',
      caller: bigFinance,
      db,
      index: ['statements_batch_idx'],
      run: (ctx) => modules.billing.sending.listCentreDispatches(ctx, { ...page, batchId: requestId }),
    },
    {
      name: 'jobs that wait in the outbox',
      caller: undefined,
      db: jobs,
      index: 'outbox_jobs_waiting_idx',
      run: () => oneRound(jobs),
    },
    {
      name: 'jobs that are long with a queue',
      caller: undefined,
      db: jobs,
      index: 'outbox_jobs_running_idx',
      run: () => oneRound(jobs),
    },
  ];
  for (const query of queries) await t.test(`${query.index}: ${query.name}`, (t) => usesItsIndex(t, query));
});

async function usesItsIndex(t: Test, { caller, db, run, index, byValues }: HotQuery): Promise<void> {
  const ctx = caller && { ...caller.context, now: NOW };
  const statements = await statementsOf(db, BIG, () => run(ctx as HatContext));
  const reading = statements.filter(({ text }) => /\bselect\b/i.test(text) || /^update/i.test(text));
  t.ok(reading.length > 0, 'it was seen');
  for (const mode of byValues ? (['custom'] as const) : (['custom', 'generic'] as const)) {
    const used: string[] = [];
    for (const statement of reading) {
      const plan = await planOf(db, ctx, statement, mode);
      t.same(
        plan.scannedWhole.filter((table) => BIG.includes(table)),
        [],
        `${mode}: no table is read whole by ${statement.text.slice(0, 120)}`,
      );
      used.push(...plan.indexes);
    }
    t.ok(
      [index].flat().some((name) => used.includes(name)),
      `${mode}: ${index} is used: ${used.join(', ')}`,
    );
  }
}

/** One look of the relay into the outbox, and one of its reconciler. */
async function oneRound(jobs: Database): Promise<void> {
  const queues = createQueueSystem({ backend: 'postgres', database: jobs.target });
  const log = pino({ level: 'silent' });
  const deps = { outbox: jobs, queues, contracts: new Map(), clock: fixedClock(NOW), log };
  const relay = startRelay(deps, { ...RELAY_DEFAULTS, batchSize: 1 });
  await relay.stop();
}

interface Owners {
  readonly centreId: string;
  readonly organisationId: string;
  readonly teamId: string;
  readonly userId: string;
  readonly bigCentreId: string;
  readonly bigMemberId: string;
}

/**
 * A hundredth of all rows belongs to the centre under test and its member, and half of them to a big centre and its one member; most
 * work is done long ago.
 */
async function fill({ sql }: Database, owners: Owners): Promise<void> {
  const { centreId, organisationId, teamId, userId, bigCentreId, bigMemberId } = owners;
  await sql`create temp table parties as select n,
    case when n = 0 then ${centreId}::uuid when n >= 50 then ${bigCentreId}::uuid else gen_random_uuid() end as centre_id,
    case when n = 0 then ${organisationId}::uuid when n >= 50 then ${bigMemberId}::uuid else gen_random_uuid() end as organisation_id,
    case n when 0 then ${teamId}::uuid else gen_random_uuid() end as team_id from generate_series(0, 99) n`;
  await sql`create temp table numbered as select i, gen_random_uuid() as id, p.*, timestamptz '2026-01-01' + i * interval '9 minutes' as at
    from generate_series(1, ${ROWS}) i join parties p on p.n = i % 100`;
  await sql`insert into team_members (centre_id, team_id, user_id) values (${centreId}, ${teamId}, ${userId})`;
  await sql`insert into role_assignments (user_id, hat_kind, hat_id, role)
    select gen_random_uuid(), 'centre', centre_id, 'caseworker' from parties where n between 1 and 49`;
  await sql`insert into service_requests (id, number, centre_id, organisation_id, service_id, service_version_id, agreement_version_id,
      service_version_number, service_title, status, priority, subject, description, form_data, requester_id, requester_name, team_id, updated_at, submitted_at, external_reference)
    select id, 'N-' || i, centre_id, organisation_id, team_id, team_id, team_id, 1, 'Urkunde',
      case when i % 700 < 100 then 'accepted' else 'closed' end, 3, 'Urkunde', 'Wort' || i % 2000, '{}', team_id, 'x', team_id, at, at, 'AZ ' || i from numbered`;
  await sql`insert into service_request_events (id, centre_id, organisation_id, request_id, type, at, actor_id, actor_name, hat_kind, hat_id, details, visibility)
    select gen_random_uuid(), centre_id, organisation_id, id, 'submitted', at, team_id, 'x', 'centre', centre_id, '{}', 'parties' from numbered`;
  await sql`insert into usage_events (id, centre_id, organisation_id, service_id, agreement_version_id, source, idempotency_key, kind,
      meter, unit, quantity, occurred_at, occurred_on, attributes, recorded_by, recorded_at)
    select id, centre_id, organisation_id, team_id, team_id, 'x', i::text, 'usage', 'cases', 'piece', 1, at, at::date, '{}', team_id, at from numbered`;
  await sql`insert into usage_rollups (centre_id, organisation_id, service_id, month, meter, unit, source, quantity, event_count)
    select centre_id, organisation_id, id, date_trunc('month', at), 'cases', 'piece', 'x', 1, 1 from numbered`;
  await sql`insert into audit_entries (id, at, actor_id, actor_name, actor_kind, hat_kind, hat_id, request_id, action, entity_type, entity_id,
      centre_id, organisation_id, details)
    select id, at, team_id, 'x', 'user', 'centre', centre_id, 'x', 'x', 'x', id, centre_id, organisation_id, '{}' from numbered`;
  await sql`insert into outbox_jobs (id, queue, name, payload, hat_kind, hat_id, request_id, available_at, dispatched_at, completed_at, failed_at)
    select id, 'maintenance', 'x', '{}', 'centre', centre_id, 'x', at, case when i % 1000 = 0 then null else at end,
      case when i % 1000 < 900 and i % 1000 > 0 then at end, case when i % 1000 >= 990 then at end from numbered`;
  await sql`insert into statements (id, centre_id, organisation_id, kind, vat_group, status, number, period_code, starts_on, ends_on,
      agreement_reference, notes, preceding, net_cents, vat_cents, gross_cents, prepaid_cents, payable_cents, content_hash, due_on, issued_on,
      issued_at, document, created_by, created_by_name, created_at)
    select id, centre_id, organisation_id, 326, 'S', 'issued', 'N-' || i, '2026', '2026-01-01', '2027-01-01', 'x', '{}', '[]', 100, 0, 100, 0,
      100, 'x', at::date, at::date, at, '{}', team_id, 'x', at from numbered`;
  await sql`insert into statement_dispatches (id, statement_id, centre_id, organisation_id, trigger, recipient, files, requested_by,
      requested_by_name, requested_at)
    select id, id, centre_id, organisation_id, 'automatic', 'x', '[]', team_id, 'x', at from numbered`;
  await sql`insert into statement_dispatch_attempts (id, dispatch_id, statement_id, centre_id, organisation_id, status, answer, at)
    select gen_random_uuid(), id, id, centre_id, organisation_id, case when i % 700 < 100 then 'refused' else 'sent' end, 'x', at from numbered`;
  await sql`insert into statement_validations (id, statement_id, centre_id, organisation_id, format, document_sha256, accepted, report,
      report_size_bytes, report_sha256, validator, at)
    select id, id, centre_id, organisation_id, 'xrechnung-ubl', 'x', i % 700 >= 5, '', 0, encode(sha256(''), 'hex'), 'x', at from numbered`;
  await sql`insert into payments (id, centre_id, organisation_id, kind, amount_cents, booked_on, text, candidates, unclear_reason, recorded_by,
      recorded_by_name, recorded_at)
    select id, centre_id, organisation_id, 'by_hand', 100, at::date, 'x', '{}', case when i % 700 < 100 then 'PAYER_UNKNOWN' end, team_id, 'x', at
    from numbered`;
  await sql`insert into payment_matches (id, centre_id, organisation_id, payment_id, statement_id, chain_id, amount_cents, basis, matched_by,
      matched_by_name, matched_at)
    select gen_random_uuid(), centre_id, organisation_id, id, id, id, 100, 'by_hand', team_id, 'x', at from numbered where i % 10 < 9`;
  await sql`insert into dunning_blocks (id, centre_id, organisation_id, chain_id, reason, until_on, recorded_by, recorded_by_name, recorded_at)
    select id, centre_id, organisation_id, id, 'x', date '2025-12-01' + i % 365, team_id, 'x', at from numbered`;
  await sql`insert into write_offs (id, centre_id, organisation_id, chain_id, amount_cents, ground, reason, recorded_by, recorded_by_name,
      recorded_at)
    select id, centre_id, organisation_id, id, 1, 'minor', 'x', team_id, 'x', at from numbered`;
  await sql`update write_offs w set confirmed_by = gen_random_uuid(), confirmed_by_name = 'x', confirmed_at = n.at from numbered n
    where n.id = w.id and n.i % 50 > 0`;
  await sql`analyze`;
}
