import tap, { type Test } from 'tap';
import type { RunLineView } from '../../../src/modules/costing/index.ts';
import { usageLinks } from '../../../src/modules/costing/index.ts';
import type { UsageEventView } from '../../../src/modules/usage/index.ts';
import type { Caller } from '../../support/app.ts';
import {
  addCost,
  addWording,
  createRun,
  freeze,
  linesOf,
  postRun,
  startCostingWorld,
  use,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';

interface Why {
  readonly links: { readonly usageEvents: string | null; readonly costLines: readonly string[] };
}
type Event = Pick<UsageEventView, 'meter' | 'unit' | 'quantity'>;

const tranche = (id: string, percent: string, key: object) => ({ id, label: id, percent, key });
const CLAUSE = {
  mode: 'cascade',
  tranches: [
    tranche('cases', '30', { type: 'cases', meter: 'cases' }),
    tranche('minutes', '30', { type: 'minutes' }),
    tranche('weighted', '20', {
      type: 'weighted_cases',
      equivalents: { cases: '1', minutes: '0.25', unheard: '7' },
    }),
    tranche('mistyped', '10', { type: 'equal' }),
    tranche('people', '10', { type: 'population', basis: 'census-2022' }),
  ],
};

/** Behind a link of the API; with several meters in one page after the other. */
async function behind(caller: Caller, link: string): Promise<Event[]> {
  if (!link.startsWith('/api/v1/usage-events?')) throw new Error(`${link} has another form`);
  const found: Event[] = [];
  let cursor: string | null = null;
  do {
    const path: string = `${link.slice('/api/v1'.length)}&limit=1${cursor === null ? '' : `&cursor=${cursor}`}`;
    const page: { items: Event[]; nextCursor: string | null } = await must(caller, 'GET', path);
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

const WORTH: Readonly<Record<string, number>> = { cases: 1, minutes: 0.25 };
const sumOf = (events: readonly Event[], worth: (event: Event) => number = () => 1) =>
  events.reduce((sum, event) => sum + Number(event.quantity) * worth(event), 0);

tap.test('a share leads to exactly the usage that its key counted', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, member, erwitte, anroechte, marriage, certificates, clock } = world;
  await addWording(world, [marriage], [erwitte, anroechte], CLAUSE);
  await addWording(world, [certificates], [erwitte, anroechte], {
    mode: 'composite',
    tranches: [
      tranche('cases', '50', { type: 'cases' }),
      tranche('minutes', '50', { type: 'minutes', meter: 'minutes' }),
    ],
  });
  for (const service of [marriage, certificates]) {
    await use(world, erwitte, service, '7');
    await use(world, erwitte, service, '2');
    await use(world, anroechte, service, '4');
    await use(world, erwitte, service, '90', { meter: 'minutes' });
    await use(world, anroechte, service, '10', { meter: 'minutes' });
    await use(world, erwitte, service, '1000', { meter: 'calls' });
    await use(world, erwitte, service, '500', { occurredAt: '2026-10-01T10:00:00Z' });
    await addCost(world, service, 100_003);
  }
  const draft = await createRun(world);
  clock.set('2026-10-05T08:30:00.000Z');

  const eventsOf = async (runId: string, trancheId: string | null, who: string, caller = finance) => {
    const line = (await linesOf(finance, runId)).find(
      (one) => one.trancheId === trancheId && one.member === who,
    );
    const url = `/allocation-runs/${runId}/lines/${line?.position}/why`;
    const { links } = await must<Why>(caller, 'GET', url);
    const events = links.usageEvents === null ? null : await behind(caller, links.usageEvents);
    return { weight: Number(line?.parts[0]?.weight), events, links };
  };
  const check = async (t: Test, runId: string) => {
    for (const who of ['05974016', '05974004']) {
      for (const meter of ['cases', 'minutes']) {
        const { weight, events } = await eventsOf(runId, meter, who);
        t.equal(sumOf(events ?? []), weight, `${meter} of ${who}`);
        t.same([...new Set(events?.map((event) => event.meter))], [meter]);
      }
      const { weight, events } = await eventsOf(runId, 'weighted', who);
      t.equal(
        sumOf(events ?? [], (event) => WORTH[event.meter] ?? Number.NaN),
        weight,
      );
    }
    t.equal((await eventsOf(runId, 'mistyped', '05974016')).events, null, 'nothing was counted for it');
    t.equal((await eventsOf(runId, 'people', '05974016')).events, null);
  };

  await t.test('sums of meters, also weighted ones, are the weight', async (t) => {
    const run = await postRun(world, await (await freeze(world), createRun(world)));
    await use(world, erwitte, marriage, '3');
    await check(t, run.id);
    const mine = await eventsOf(run.id, 'weighted', '05974016', member);
    t.equal(mine.events?.length, 3, 'for the member too');
    const { events } = await eventsOf(run.id, null, '05974016');
    t.same(
      events?.map(({ meter, quantity }) => `${meter} ${quantity}`).toSorted(),
      ['cases 2', 'cases 7', 'minutes 90'],
      'where a line is of several tranches, what each of them counted',
    );
    const [costLines] = (await eventsOf(run.id, 'cases', '05974016')).links.costLines;
    t.match(costLines, /^\/api\/v1\/cost-lines\?/, 'all links have one form');
  });

  await t.test('a run of an open period leads to what there was when it was computed', async (t) => {
    await check(t, draft.id);
  });
});

tap.test('meters are read from the key as a run keeps it, also from before', async (t) => {
  const place = { centreId: 'c', startsOn: '2026-07-01', endsOn: '2026-10-01', recordedUntil: null };
  const metersOf = (...keys: object[]) => {
    const parts = keys.map((key) => ({ key })) as unknown as RunLineView['parts'];
    return usageLinks({ parts, serviceId: 's', organisationId: 'o' }, place).map((link) => {
      const query = new URLSearchParams(link.split('?')[1]);
      t.equal(query.get('from'), '2026-07-01');
      return [query.get('meter'), query.get('unit')];
    });
  };
  const origin = (eventCount: number) => ({ kind: 'usage_events', eventCount });
  const before = '17 usage events from 2026-07-01 until before 2026-10-01';
  t.same(metersOf({ type: 'cases', basis: 'cases (Stück)', source: before }), [['cases', 'Stück']]);
  t.same(metersOf({ type: 'cases' }), [['cases', null]]);
  t.same(metersOf({ type: 'minutes', basis: 'a b (Minute (voll))', origin: origin(1) }), [
    ['a b', 'Minute (voll)'],
  ]);
  t.same(metersOf({ type: 'cases', basis: 'Fälle (eilig)', origin: origin(0) }), [['Fälle (eilig)', null]]);
  t.same(
    metersOf(
      { type: 'weighted_cases', basis: 'calls × 2 + cases (Fall + Akte) × 1 + minutes (minute) × 0.25' },
      { type: 'cases', basis: 'cases (Fall + Akte)', origin: origin(3) },
      { type: 'equal' },
    ),
    [
      ['cases', 'Fall + Akte'],
      ['minutes', 'minute'],
    ],
    'each once, and none of which there is nothing',
  );
  t.same(metersOf({ type: 'area', basis: 'cases (case)' }), []);
});
