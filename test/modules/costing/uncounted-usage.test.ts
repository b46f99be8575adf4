import tap, { type Test } from 'tap';
import type { UsageEventView } from '../../../src/modules/usage/index.ts';
import {
  addCost,
  addWording,
  createRun,
  freeze,
  postRun,
  type RunBody,
  startCostingWorld,
  use,
} from '../../support/costing.ts';
import { statementsOf } from '../../support/plans.ts';
import { must } from '../../support/services.ts';

interface Uncounted {
  readonly serviceCode: string;
  readonly meter: string;
  readonly unit: string;
  readonly quantity: string;
  readonly eventCount: number;
  readonly events: string;
}
interface Imported {
  readonly createdCount: number;
  readonly warningCount: number;
  readonly results: readonly { readonly warnings: readonly { readonly code: string }[] }[];
}
interface UncountedUsage {
  readonly recordedUntil: string | null;
  readonly items: readonly Uncounted[];
}

const tranche = (id: string, percent: string, key: object) => ({ id, label: id, percent, key });
const TELEPHONE = {
  mode: 'cascade',
  tranches: [
    tranche('standby', '30', { type: 'equal' }),
    tranche('use', '50', { type: 'minutes', meter: 'minutes' }),
    tranche('weighted', '20', { type: 'weighted_cases', equivalents: { calls: '1', 'Fälle (alt)': '2' } }),
  ],
};

tap.test('usage that no key counts is said (6)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, member, erwitte, anroechte, marriage, certificates, clock } = world;
  await addWording(world, [marriage], [erwitte, anroechte], TELEPHONE);
  await addWording(world, [certificates], [erwitte, anroechte], {
    mode: 'cascade',
    tranches: [tranche('heads', '100', { type: 'equal' })],
  });
  for (const service of [marriage, certificates]) await addCost(world, service, 1000);
  await use(world, erwitte, marriage, '90', { meter: 'minutes' });
  await use(world, anroechte, marriage, '3', { meter: 'calls' });
  await use(world, erwitte, marriage, '1.5', { meter: 'Minuten' });
  await use(world, anroechte, marriage, '2', { meter: 'Minuten' });
  await use(world, anroechte, marriage, '4', { meter: 'cases' });
  await use(world, anroechte, marriage, '4', { meter: 'cases', occurredAt: '2026-10-01T10:00:00Z' });
  await use(world, erwitte, marriage, '7', { meter: 'mistyped', source: 'slip' });
  await use(world, erwitte, certificates, '9');
  const reverse = async (query: string) => {
    const { items } = await must<{ items: UsageEventView[] }>(finance, 'GET', `/usage-events?${query}`);
    for (const { id } of items) await must(finance, 'POST', `/usage-events/${id}/reversal`, { reason: 'x' });
  };
  await reverse('source=slip');
  const expected = [
    { serviceCode: 'marriage', meter: 'Minuten', unit: 'piece', quantity: '3.5', eventCount: 2 },
    { serviceCode: 'marriage', meter: 'cases', unit: 'case', quantity: '4', eventCount: 1 },
  ];
  const draft = await createRun(world);
  const uncounted = ({ id }: Pick<RunBody, 'id'>) =>
    must<UncountedUsage>(finance, 'GET', `/allocation-runs/${id}/uncounted-usage`);
  const shown = ({ items }: UncountedUsage) =>
    items
      .map(({ serviceCode, meter, unit, quantity, eventCount }) => ({
        serviceCode,
        meter,
        unit,
        quantity,
        eventCount,
      }))
      .sort((a, b) => (a.meter < b.meter ? -1 : 1));
  const leadsToItsEvents = async (t: Test, { items }: UncountedUsage) => {
    for (const { events, eventCount, meter } of items) {
      const listed = await must<{ items: UsageEventView[] }>(finance, 'GET', events.replace('/api/v1', ''));
      t.equal(listed.items.length, eventCount);
      t.ok(listed.items.every((event) => event.meter === meter && event.occurredOn < '2026-10-01'));
    }
  };

  t.test('200: of services of which some key counts usage, as recorded by now', async (t) => {
    const found = await uncounted(draft);
    t.same(shown(found), expected, 'not what was taken back, of other days or of a service shared by heads');
    t.equal(found.recordedUntil, null);
    clock.set('2026-10-05T08:30:00.000Z');
    await use(world, erwitte, marriage, '100', { meter: 'Minuten' });
    const later = await uncounted(draft);
    t.match(shown(later), [{ meter: 'Minuten', quantity: '103.5', eventCount: 3 }, { meter: 'cases' }]);
    await leadsToItsEvents(t, later);
  });

  t.test('200: of a frozen period without what came late; members read nothing of it', async (t) => {
    await freeze(world);
    const posted = await postRun(world, await createRun(world));
    clock.set('2026-10-06T08:30:00.000Z');
    await use(world, erwitte, marriage, '1000', { meter: 'Minuten' });
    for (const run of [posted, draft]) {
      const found = await uncounted(run);
      t.match(shown(found), [{ meter: 'Minuten', quantity: '103.5', eventCount: 3 }, { meter: 'cases' }]);
      t.type(found.recordedUntil, 'string');
      await leadsToItsEvents(t, found);
    }
    const refused = await member.call('GET', `/allocation-runs/${posted.id}/uncounted-usage`);
    t.equal(refused.statusCode, 403);
  });

  t.test('200: a run itself is read without a look at usage', async (t) => {
    const reading = () => test.modules.costing.runs.get(finance.context, draft.id);
    t.same(
      await statementsOf(test.db, ['usage_rollups', 'usage_year_rollups', 'usage_rollup_deltas'], reading),
      [],
    );
  });

  t.test('200: an import says it row by row, in a dry run too', async (t) => {
    const file = [
      'Mitglied;Leistung;Menge;Datum;Zähler',
      '05974016;marriage;3;02.08.2026;Minuten',
      '05974016;marriage;3;02.08.2026;',
      '05974016;marriage;3;02.08.2026;minutes',
      '05974016;marriage;3;02.08.2026;Fälle (alt)',
      '05974016;certificates;3;02.08.2026;',
    ].join('\n');
    const tried = await must<Imported>(
      finance,
      'POST',
      '/usage-imports?dryRun=true',
      file.replace(/^.*alt.*\n/m, ''),
      {
        'content-type': 'text/csv',
      },
    );
    t.match(tried, { createdCount: 4, warningCount: 4 });
    const codes = tried.results.map(({ warnings }) => warnings.map(({ code }) => code));
    t.same(codes, [['METER_NOT_COUNTED', 'LATE'], ['METER_NOT_COUNTED', 'LATE'], ['LATE'], ['LATE']]);
    t.match(tried.results.slice(0, 2), [
      {
        warnings: [
          {
            column: 'Zähler',
            code: 'METER_NOT_COUNTED',
            reason:
              'is Minuten; the cost of this service is shared by Fälle (alt), calls, minutes, and no run counts it: reverse it and record it anew with one of these, or leave it if it is meant',
          },
        ],
      },
      { warnings: [{ code: 'METER_NOT_COUNTED', reason: /is cases/ }] },
    ]);
  });
});
