import tap from 'tap';
import type { UsageEventView } from '../../../src/modules/usage/index.ts';
import {
  addCost,
  addService,
  addWording,
  type CostingWorld,
  createRun,
  freeze,
  linesOf,
  postRun,
  problemOf,
  startCostingWorld,
  use,
  verifyFile,
} from '../../support/costing.ts';
import { admit } from '../../support/late-usage.ts';
import { must } from '../../support/services.ts';

const clause = (key: object) => ({
  mode: 'cascade',
  tranches: [{ id: 't', label: 'Alles', percent: '100', key }],
});
const CASES = { meter: 'cases', unit: 'Fall' };

/** Takes back all that was recorded in a unit, as somebody does who sees it in the list. */
async function reverseAll({ finance }: CostingWorld, query: string): Promise<number> {
  const { items } = await must<{ items: UsageEventView[] }>(finance, 'GET', `/usage-events?${query}`);
  const usage = items.filter(({ kind }) => kind === 'usage');
  for (const { id } of usage)
    await must(finance, 'POST', `/usage-events/${id}/reversal`, { reason: 'falsche Einheit' });
  return usage.length;
}

async function importRows({ finance, clock }: CostingWorld, file: string): Promise<void> {
  clock.set('2026-10-05T09:00:00.000Z');
  const { createdCount } = await must<{ createdCount: number }>(finance, 'POST', '/usage-imports', file, {
    'content-type': 'text/csv',
  });
  if (createdCount !== file.trim().split('\n').length - 1) throw new Error(`${createdCount} rows of ${file}`);
}

tap.test('usage that was taken back whole counts for nothing', async (t) => {
  const world = await startCostingWorld(t);
  const { test, centre, finance, erwitte, anroechte, periodId, clock } = world;

  await t.test('422, 201: rows in another unit block a frozen period until they are reversed', async (t) => {
    const service = await addService(test, centre, 'registry', 'Register');
    await addWording(world, [service], [erwitte, anroechte], clause({ type: 'cases', meter: 'cases' }));
    await addCost(world, service, 1000);
    await use(world, erwitte, service, '3', CASES);
    await use(world, anroechte, service, '1', CASES);
    const before = await createRun(world);
    await freeze(world);
    await importRows(
      world,
      'Mitglied;Leistung;Menge;Datum;Einheit\n05974016;registry;5;03.08.2026;case\n05974004;registry;7;04.08.2026;case\n',
    );
    t.equal((await admit(finance, periodId)).statusCode, 200);
    const refused = await finance.call('POST', '/allocation-runs', { periodId });
    t.match(
      [refused.statusCode, problemOf(refused)],
      [422, { code: 'KEY_UNITS_DIFFER', detail: /registry.*cases was recorded in Fall and case/ }],
    );
    clock.set('2026-10-06T08:00:00.000Z');
    t.equal(await reverseAll(world, 'unit=case'), 2);
    t.equal((await admit(finance, periodId)).statusCode, 200);
    const run = await createRun(world);
    t.same(
      run.members.map(({ member, amountCents }) => [member, amountCents]).sort(),
      [
        ['05974004', 250],
        ['05974016', 750],
      ],
      'as without the file',
    );
    const [line] = await linesOf(finance, run.id);
    const [was] = await linesOf(finance, before.id);
    t.same(line?.parts, was?.parts, 'also the events it counts');
    const file = await finance.call('GET', `/allocation-runs/${run.id}/calculation`);
    t.equal(await verifyFile(file.body), 0);
    t.equal((await postRun(world, run)).status, 'posted');
  });
});

tap.test('what was possible before has the same snapshot', async (t) => {
  const world = await startCostingWorld(t);
  const { test, centre, finance, erwitte, anroechte, association, periodId } = world;
  const simulate = async () => {
    const answer = await finance.call('POST', '/allocation-runs', { periodId, simulate: true });
    return { answer, text: answer.body };
  };
  const service = await addService(test, centre, 'registry', 'Register');
  await addCost(world, service, 1000);
  await addWording(world, [service], [erwitte, anroechte], clause({ type: 'cases', meter: 'cases' }));
  await use(world, erwitte, service, '3', CASES);
  await use(world, anroechte, service, '2', { ...CASES, source: 'slip' });

  t.test('reversed events in the one unit are counted among the events, with a quantity of 0', async (t) => {
    t.equal(await reverseAll(world, 'source=slip'), 1);
    const { text, answer } = await simulate();
    t.match(answer.json(), {
      pools: [
        {
          tranches: [
            {
              key: {
                basis: 'cases (Fall)',
                origin: { kind: 'usage_events', eventCount: 3 },
                values: { '05974016': '3', '05974004': '0' },
              },
            },
          ],
        },
      ],
    });
    await use(world, anroechte, service, '2', { meter: 'cases', unit: 'case', source: 'slip 2' });
    t.equal(problemOf((await simulate()).answer).code, 'KEY_UNITS_DIFFER');
    await reverseAll(world, 'source=slip%202');
    t.equal((await simulate()).text, text, 'byte for byte');
  });

  t.test('an organisation outside the pool is in the way until its usage is taken back', async (t) => {
    const { text } = await simulate();
    await test.owner
      .sql`insert into agreement_coverage (centre_id, agreement_version_id, organisation_id, service_id, valid_from)
      select centre_id, agreement_version_id, ${association.id}, service_id, valid_from from agreement_coverage
      where service_id = ${service} and organisation_id = ${erwitte.id}`;
    await use(world, association, service, '1', { ...CASES, source: 'stray' });
    t.equal(problemOf((await simulate()).answer).code, 'KEY_USAGE_OUTSIDE');
    await reverseAll(world, 'source=stray');
    t.equal((await simulate()).text, text);
  });

  t.test('where everything was taken back, in whatever units, there is nothing to share by', async (t) => {
    await use(world, anroechte, service, '2', { meter: 'cases', unit: 'case', source: 'slip 3' });
    await reverseAll(world, 'unit=Fall&source=counter');
    await reverseAll(world, 'source=slip%203');
    t.equal(problemOf((await simulate()).answer).code, 'ALLOCATION_KEY_EMPTY');
  });
});
