import tap from 'tap';
import {
  addWording,
  CLOSED_AT,
  freeze,
  movePeriod,
  STANDBY_AND_CASES,
  startCostingWorld,
  use,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';
import { until } from '../../support/waiting.ts';

tap.test('what was frozen counts what was recorded before, and nothing that comes later (2)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, clock, finance, centre, periodId, marriage, erwitte, anroechte } = world;
  const { sql } = test.owner;
  await addWording(world, [marriage], [erwitte, anroechte], STANDBY_AND_CASES);
  const waiting = async () =>
    (await sql`select from pg_locks where locktype = 'advisory' and not granted`).length > 0;

  await t.test('freezing waits for usage that is being recorded', async (t) => {
    await movePeriod(finance, periodId, 'close');
    let isFrozen = false;
    const underWay = await sql.reserve();
    await underWay`begin`;
    await underWay`select app.hold_freezing(${centre.id})`;
    const freezing = movePeriod(finance, periodId, 'freeze').then(() => {
      isFrozen = true;
    });
    await until('the freezing waits', waiting);
    t.notOk(isFrozen);
    await underWay`commit`;
    underWay.release();
    await freezing;
    t.ok(isFrozen);
  });

  await t.test('usage that waited for the freezing is recorded after it', async (t) => {
    await movePeriod(finance, periodId, 'reopen');
    await movePeriod(finance, periodId, 'close');
    const freezing = await sql.reserve();
    await freezing`begin`;
    await freezing`select app.lock_freezing(${centre.id})`;
    const recording = use(world, erwitte, marriage, '7');
    await until('the recording waits', waiting);
    await freezing`update billing_periods set state = 'frozen', frozen_at = ${CLOSED_AT}::timestamptz + interval '1 second' where id = ${periodId}`;
    await freezing`commit`;
    freezing.release();
    await recording;
    const [period] = await sql<
      { frozenAt: string }[]
    >`select frozen_at as "frozenAt" from billing_periods where id = ${periodId}`;
    const counted = await must<{ items: object[] }>(
      finance,
      'GET',
      `/usage-events?recordedUntil=${encodeURIComponent(period?.frozenAt ?? '')}`,
    );
    t.same(counted.items, []);
  });

  await t.test('also where the clock of the one who records is behind', async (t) => {
    clock.set('2026-10-04T08:00:00.000Z');
    await use(world, anroechte, marriage, '4');
    const rows = await sql<{ late: boolean }[]>`
      select e.recorded_at > p.frozen_at as late from usage_events e, billing_periods p where p.id = ${periodId}`;
    t.ok(rows.length === 2 && rows.every(({ late }) => late));
    clock.set(CLOSED_AT);
    await movePeriod(finance, periodId, 'reopen');
    await freeze(world);
  });
});
