import fc from 'fast-check';
import tap from 'tap';
import { type ServiceUsageTotal, usageTotalsOfServices } from '../../../src/modules/usage/index.ts';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import { newId } from '../../../src/platform/ids.ts';
import { startUsageWorld, type UsageWorld } from '../../support/usage.ts';

tap.setTimeout(120_000);

const YEAR = { from: '2026-01-01', to: '2027-01-01' };
const ELEVEN_MONTHS = { from: '2026-02-01', to: '2027-01-01' };

tap.test('usage: sums by month', async (t) => {
  const world = await startUsageWorld(t);
  const { test, finance, centre } = world;
  const { rollups } = test.modules;

  const totals = (range: { from: string; to: string; recordedUntil?: string } = YEAR) =>
    withHatTx(test.db, finance.context, (tx) =>
      usageTotalsOfServices(tx, {
        centreId: centre.id,
        serviceIds: [world.serviceId, world.otherServiceId],
        ...range,
      }),
    );

  await t.test(
    'the sums are those of the events, whenever they are folded and whatever comes between',
    async (t) => {
      const steps = fc.array(stepOf, { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          for (const step of taken) await take(world, step);
          t.same(await totals(), await byHand(world), 'roll-ups by year and deltas together');
          t.same(await totals(ELEVEN_MONTHS), await byHand(world, ELEVEN_MONTHS), 'by month and deltas');
        }),
        { numRuns: 40 },
      );
      await rollups.fold();
      t.same(await totals(), await byHand(world), 'roll-ups by year alone');
      t.same(await totals(ELEVEN_MONTHS), await byHand(world, ELEVEN_MONTHS), 'roll-ups by month alone');
      t.equal((await test.owner.sql`select from usage_rollup_deltas`).length, 0, 'nothing is left to fold');
      t.ok((await test.owner.sql`select from usage_rollups`).length > 4, 'and there was something');
    },
  );

  await t.test('what was recorded too late is left out to the event', async (t) => {
    const before = await totals();
    const until = world.clock.now();
    world.clock.set('2026-11-20T13:00:00.000Z');
    await post(world, [{ occurredAt: '2026-03-05T10:00:00Z', quantity: '7.5' }]);
    t.same(await totals({ ...YEAR, recordedUntil: until }), before, 'before it is folded');
    await rollups.fold();
    t.same(await totals({ ...YEAR, recordedUntil: until }), before, 'and after');
    t.notSame(await totals(), before, 'though it counts today');
  });

  await t.test('days that are no whole months are added up from the events', async (t) => {
    const parts = await Promise.all([
      totals({ from: '2026-01-01', to: '2026-03-05' }),
      totals({ from: '2026-03-05', to: '2027-01-01' }),
    ]);
    const sum = (rows: readonly ServiceUsageTotal[]) =>
      rows.reduce((total, { eventCount }) => total + eventCount, 0);
    t.equal(
      parts.map(sum).reduce((a, b) => a + b),
      sum(await totals()),
    );
  });

  await t.test('a summary is narrowed down as asked, from roll-ups as from events', async (t) => {
    for (const range of ['from=2026-01-01&to=2027-01-01', 'from=2026-01-01&to=2026-12-31']) {
      const url = `/usage-summary?${range}&groupBy=service`;
      const items = async (query: string) =>
        (await finance.call('GET', `${url}${query}`)).json<{ items: { serviceId: string }[] }>().items;
      t.match(await items(`&serviceId=${world.serviceId}`), [{ serviceId: world.serviceId }], range);
      t.same(await items(`&serviceId=${newId()}`), []);
      t.same(await items(`&organisationId=${newId()}`), []);
      t.same(await items(`&centreId=${newId()}`), []);
    }
  });

  await t.test('two folding at once, and folding while events come, count nothing twice', async (t) => {
    const work = Array.from({ length: 12 }, (_, n) =>
      n % 3 === 0 ? rollups.fold() : post(world, [{ occurredAt: '2026-05-01T00:00:00Z' }, {}]),
    );
    await Promise.all(work);
    t.same(await totals(), await byHand(world));
  });

  await t.test('a transaction that is taken back adds nothing', async (t) => {
    const before = await totals();
    const failing = withHatTx(test.db, finance.context, async (tx) => {
      await tx.sql`insert into usage_rollup_deltas (centre_id, month, service_id, organisation_id, meter, unit, source, quantity, event_count)
        select centre_id, month, service_id, organisation_id, meter, unit, source, 5, 1 from usage_rollups limit 1`;
      throw new Error('died');
    });
    await t.rejects(failing, { message: 'died' });
    t.same(await totals(), before);
  });

  await t.test('usage of before the first partition counts like all other', async (t) => {
    const { sql } = test.owner;
    const [row] = await sql<{ part: string }[]>`
      insert into usage_events select gen_random_uuid(), centre_id, organisation_id, service_id, agreement_version_id, source, ${newId()}, kind, meter,
        unit, quantity, '2019-05-05T10:00:00Z', '2019-05-05', null, null, '{}', null, null, recorded_by, recorded_at from usage_events
        where kind = 'usage' limit 1 returning tableoid::regclass::text as part`;
    t.equal(row?.part, 'partitions.usage_events_other');
    const sums = await totals({ from: '2019-05-01', to: '2019-06-01' });
    t.equal(sums[0]?.eventCount, 1);
  });

  await t.test('the sums by year are those by month, for each year by itself', async (t) => {
    const { sql } = test.owner;
    await rollups.fold();
    const kept =
      await sql`select * from usage_year_rollups where event_count <> 0 or quantity <> 0 order by 1, 2, 3, 4, 5, 6`;
    const added = await sql`
      select centre_id, date_trunc('year', month)::date as year, service_id, organisation_id, meter, unit, sum(quantity)::numeric(30, 6) as quantity,
        sum(event_count)::int as event_count
      from usage_rollups group by 1, 2, 3, 4, 5, 6 having sum(event_count) <> 0 or sum(quantity) <> 0 order by 1, 2, 3, 4, 5, 6`;
    t.same(kept, added);
    t.ok(new Set(kept.map((row) => String(row['year']))).size > 1, 'of more than one year');
  });

  await t.test('partitions are made once, for the months that have none', async (t) => {
    const count = async () =>
      (await test.owner.sql`select from pg_inherits where inhparent = 'usage_events'::regclass`).length;
    await rollups.prepareMonths('2026-11-20T12:00:00.000Z');
    const made = await count();
    await rollups.prepareMonths('2026-11-20T12:00:00.000Z');
    t.equal(await count(), made);
    t.ok(made > 12);
  });
});

type Step =
  | { readonly kind: 'fold' }
  | { readonly kind: 'record'; readonly months: readonly number[]; readonly quantity: number }
  | { readonly kind: 'reverse' };

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('fold' as const) }),
  fc.record({
    kind: fc.constant('record' as const),
    months: fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1, maxLength: 5 }),
    quantity: fc.integer({ min: 0, max: 10_000_000 }),
  }),
  fc.record({ kind: fc.constant('reverse' as const) }),
);

async function take(world: UsageWorld, step: Step): Promise<void> {
  if (step.kind === 'fold') return world.test.modules.rollups.fold();
  if (step.kind === 'reverse') return reverseOne(world);
  await post(
    world,
    step.months.map((month) => ({
      occurredAt: `2026-${String(month).padStart(2, '0')}-01T11:00:00Z`,
      quantity: (step.quantity / 1_000_000).toFixed(6),
    })),
  );
}

async function post(world: UsageWorld, events: readonly Record<string, unknown>[]): Promise<void> {
  const answer = await world.finance.call(
    'POST',
    '/usage-events',
    events.map((event) => world.event(event)),
  );
  if (answer.statusCode !== 201) throw new Error(answer.body);
}

async function reverseOne({ test, finance }: UsageWorld): Promise<void> {
  const [open] = await test.owner.sql<{ id: string }[]>`select id from usage_events e where kind = 'usage'
    and not exists (select from usage_events c where c.corrects_event_id = e.id) limit 1`;
  if (open === undefined) return;
  const answer = await finance.call('POST', `/usage-events/${open.id}/reversal`, { reason: 'Irrtum' });
  if (answer.statusCode !== 201) throw new Error(answer.body);
}

/** From the events themselves. */
async function byHand({ test, centre }: UsageWorld, { from, to } = YEAR): Promise<ServiceUsageTotal[]> {
  return test.owner.sql<ServiceUsageTotal[]>`
    select service_id as "serviceId", organisation_id as "organisationId", meter, unit, trim_scale(sum(quantity))::text as quantity,
      count(*)::int as "eventCount"
    from usage_events where centre_id = ${centre.id} and occurred_on >= ${from} and occurred_on < ${to}
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
}
