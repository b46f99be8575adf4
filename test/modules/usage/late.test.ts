import tap from 'tap';
import type { UsageEventView } from '../../../src/modules/usage/index.ts';
import { newId } from '../../../src/platform/ids.ts';
import { addWording, freeze, STANDBY_AND_CASES, startCostingWorld } from '../../support/costing.ts';
import { admit } from '../../support/late-usage.ts';
import { must } from '../../support/services.ts';

interface Warned {
  readonly id: string;
  readonly warnings?: readonly { readonly code: string; readonly detail: string }[];
}
interface Period {
  readonly lateEvents: number;
  readonly lateUsageEvents: string | null;
  readonly recordedUntil: string;
}

tap.test('usage that came late is told so and can be looked at before it is admitted', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, erwitte, anroechte, marriage, periodId, clock } = world;
  await addWording(world, [marriage], [erwitte, anroechte], STANDBY_AND_CASES);
  const period = () => must<Period>(finance, 'GET', `/billing-periods/${periodId}`);
  const listed = async (link: string) =>
    (await must<{ items: UsageEventView[] }>(finance, 'GET', link.replace('/api/v1', ''))).items.map(
      ({ id }) => id,
    );
  const event = (change: object = {}) => ({
    organisationId: erwitte.id,
    serviceId: marriage,
    source: 'late',
    idempotencyKey: newId(),
    quantity: '1',
    occurredAt: '2026-09-30T21:59:00Z',
    ...change,
  });
  const record = (body: unknown) => must<Warned>(finance, 'POST', '/usage-events', body);
  const frozen = await record(event());
  t.equal(frozen.warnings, undefined);
  t.match(await period(), { lateEvents: 0, lateUsageEvents: null });
  await freeze(world);
  clock.set('2026-10-06T08:00:00.000Z');
  const late: string[] = [];

  await t.test('201: each way of recording says it', async (t) => {
    const single = await record(event());
    t.match(single.warnings, [{ pointer: '/occurredAt', code: 'LATE', detail: /2026-Q3, which is frozen/ }]);
    late.push(single.id);
    const next = await record(event({ occurredAt: '2026-09-30T22:00:00Z' }));
    t.equal(next.warnings, undefined, 'in Germany that is the day after the period');
    const { results } = await must<{ results: Warned[] }>(finance, 'POST', '/usage-events', [
      event(),
      event(),
    ]);
    t.ok(results.every(({ warnings }) => warnings?.[0]?.code === 'LATE'));
    late.push(...results.map(({ id }) => id));
    const lines = [event(), event({ occurredAt: '2026-10-02T10:00:00Z' })].map((one) => JSON.stringify(one));
    const stream = await finance.call('POST', '/usage-events', lines.join('\n'), {
      'content-type': 'application/x-ndjson',
    });
    const [first, second] = stream.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Warned);
    t.match([first?.warnings, second?.warnings], [[{ code: 'LATE' }], undefined]);
    late.push(first?.id ?? '');
    const file = 'AGS;Leistung;Menge;Datum\n05974016;marriage;3;01.09.2026\n05974016;marriage;3;01.10.2026\n';
    const csv = { 'content-type': 'text/csv' };
    const tried = await must<{ results: Warned[] }>(finance, 'POST', '/usage-imports?dryRun=true', file, csv);
    t.match(
      tried.results.map(({ warnings }) => warnings),
      [[{ column: 'Datum', code: 'LATE' }], []],
    );
    const { results: rows } = await must<{ results: Warned[] }>(finance, 'POST', '/usage-imports', file, csv);
    late.push(rows[0]?.id ?? '');
  });

  await t.test('201: a correction of what was frozen is late like it', async (t) => {
    const url = `/usage-events/${frozen.id}`;
    const body = { quantity: '1', reason: 'x', idempotencyKey: 'more' };
    for (const [path, sent] of [
      ['adjustment', body],
      ['reversal', { reason: 'x' }],
    ] as const) {
      const correction = await must<Warned>(finance, 'POST', `${url}/${path}`, sent);
      t.match(correction.warnings, [{ code: 'LATE' }]);
      late.push(correction.id);
    }
    t.equal(
      (await must<Warned>(finance, 'POST', `${url}/adjustment`, body)).warnings,
      undefined,
      'said once',
    );
  });

  await t.test('200: the period leads to exactly the events that it counts as late', async (t) => {
    const { lateEvents, lateUsageEvents } = await period();
    t.equal(lateEvents, late.length);
    t.same((await listed(lateUsageEvents ?? '')).toSorted(), late.toSorted());
  });

  await t.test('200: recordedAfter leaves out the moment itself, which recordedUntil has', async (t) => {
    const at = encodeURIComponent('2026-10-06T08:00:00.000Z');
    t.same(await listed(`/usage-events?recordedAfter=${at}`), []);
    t.equal((await listed(`/usage-events?recordedUntil=${at}`)).length, late.length + 4);
    clock.set('2026-10-06T08:00:01.000Z');
    const { id } = await record(event());
    late.push(id);
    t.same(await listed(`/usage-events?recordedAfter=${at}`), [id]);
    t.equal((await finance.call('GET', '/usage-events?recordedAfter=gestern')).statusCode, 400);
  });

  await t.test('200: what was admitted is no longer listed', async (t) => {
    t.equal((await admit(finance, periodId)).statusCode, 200);
    const { lateEvents, lateUsageEvents } = await period();
    t.match([lateEvents, await listed(lateUsageEvents ?? '')], [0, []]);
  });
});
