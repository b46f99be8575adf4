import tap from 'tap';
import type { Caller } from '../../support/app.ts';
import {
  addCost,
  addWording,
  type CostingWorld,
  createRun,
  freeze,
  linesOf,
  movePeriod,
  postRun,
  problemOf,
  STANDBY_AND_CASES,
  startCostingWorld,
  step,
  use,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';

interface Delta {
  readonly member: string;
  readonly trancheId: string;
  readonly previousCents: number;
  readonly amountCents: number;
  readonly deltaCents: number;
}
interface Why {
  readonly line: { readonly member: string };
  readonly pool: { readonly amountCents: number; readonly deductions: readonly object[] } | null;
  readonly links: { readonly usageEvents: string | null; readonly costLines: readonly string[] };
}

const deltasOf = async (caller: Caller, id: string, query = 'limit=200'): Promise<Delta[]> =>
  (await must<{ items: Delta[] }>(caller, 'GET', `/allocation-runs/${id}/deltas?${query}`)).items;

async function lateUsage(world: CostingWorld, posted: { id: string; version: number }): Promise<void> {
  await step(world.finance, posted, 'supersede', { reason: 'Späte Fälle' });
  await movePeriod(world.finance, world.periodId, 'reopen');
  await use(world, world.anroechte, world.marriage, '3');
  await freeze(world);
}

tap.test('corrections and reasons (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, member, otherMember, stranger, marriage, certificates, periodId } = world;
  const { erwitte, anroechte, association } = world;
  await addWording(world, [marriage], [erwitte, anroechte, association], STANDBY_AND_CASES);
  await addWording(world, [certificates], [erwitte], {
    mode: 'cascade',
    tranches: [{ id: 't', label: 'Alles', percent: '100', key: { type: 'equal' } }],
  });
  await use(world, erwitte, marriage, '7');
  await use(world, anroechte, marriage, '4');
  await addCost(world, marriage, 1_000_000);
  await addCost(world, certificates, 500);
  await must(finance, 'POST', '/cost-lines', {
    serviceId: marriage,
    category: 'grant',
    bookedOn: '2026-09-01',
    costType: 'Landesmittel',
    amountCents: 100_000,
    text: 'Bescheid',
  });
  const { id: nextPeriod } = await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' });

  await t.test('409: only a correction has deltas and another billing period', async (t) => {
    const draft = await createRun(world);
    const deltas = await finance.call('GET', `/allocation-runs/${draft.id}/deltas`);
    t.equal(problemOf(deltas).code, 'RUN_CORRECTS_NOTHING');
    const billed = await finance.call('POST', '/allocation-runs', { periodId, billingPeriodId: nextPeriod });
    t.equal(problemOf(billed).code, 'RUN_CORRECTS_NOTHING');
    await step(finance, draft, 'reject', { reason: 'Probe' });
  });

  await freeze(world);
  const first = await postRun(world, await createRun(world));
  const before = await linesOf(finance, first.id);
  await lateUsage(world, first);

  await t.test('422: the billing period is one of the centre', async (t) => {
    const answer = await finance.call('POST', '/allocation-runs', { periodId, billingPeriodId: marriage });
    t.match(problemOf(answer), { code: 'PERIOD_UNKNOWN', errors: [{ pointer: '/billingPeriodId' }] });
  });

  const draft = await createRun(world, { billingPeriodId: nextPeriod });
  await t.test('201: the correction keeps the period of the usage and that of the bill', async (t) => {
    t.match(draft, {
      correctsRunId: first.id,
      period: { id: periodId, code: '2026-Q3' },
      billingPeriod: { id: nextPeriod, code: '2026-Q4' },
    });
  });
  const second = await postRun(world, draft);

  t.test('deltas are the new amount less the old, line by line, and add up (1)', async (t) => {
    const after = await linesOf(finance, second.id);
    const deltas = await deltasOf(finance, second.id);
    t.equal(deltas.length, after.length);
    const amountOf = (lines: typeof after, { member, trancheId }: Delta, service: string) =>
      lines.find(
        (line) => line.member === member && line.trancheId === trancheId && line.serviceCode === service,
      )?.amountCents ?? 0;
    for (const delta of deltas as (Delta & { serviceCode: string })[]) {
      t.equal(delta.previousCents, amountOf(before, delta, delta.serviceCode));
      t.equal(delta.amountCents, amountOf(after, delta, delta.serviceCode));
      t.equal(delta.deltaCents, delta.amountCents - delta.previousCents);
    }
    t.equal(
      deltas.reduce((sum, { deltaCents }) => sum + deltaCents, 0),
      second.amountCents - first.amountCents,
    );
    const changed = await deltasOf(finance, second.id, 'changed=true');
    t.same(
      changed.map(({ trancheId, deltaCents }) => [trancheId, deltaCents]),
      [
        ['use', 315_000 - 229_091],
        ['use', 315_000 - 400_909],
      ],
      '7 of 14 cases each, not 4 and 7 of 11',
    );
    const paged = await must<{ items: Delta[]; nextCursor: string }>(
      finance,
      'GET',
      `/allocation-runs/${second.id}/deltas?limit=3`,
    );
    const rest = await deltasOf(finance, second.id, `limit=200&cursor=${paged.nextCursor}`);
    t.same([...paged.items, ...rest], deltas);
  });

  t.test('200, 404: a member reads its own deltas and nothing else (7)', async (t) => {
    const own = await deltasOf(member, second.id);
    t.same([...new Set(own.map((delta) => delta.member))], ['05974016']);
    t.same(await deltasOf(member, second.id, `organisationId=${anroechte.id}`), []);
    t.equal((await stranger.call('GET', `/allocation-runs/${second.id}/deltas`)).statusCode, 404);
  });

  t.test('a line says why: derivation, pool, and links that list exactly what is behind it', async (t) => {
    const line = before.find(({ trancheId, member: who }) => trancheId === 'use' && who === '05974016');
    const url = `/allocation-runs/${first.id}/lines/${line?.position}/why`;
    const why = await must<Why>(finance, 'GET', url);
    t.match(why, {
      run: { number: first.number, periodCode: '2026-Q3' },
      line: { member: '05974016', parts: [{ share: '7/11', weight: '7', weightTotal: '11' }] },
      pool: {
        amountCents: 900_000,
        costCents: 1_000_000,
        deductions: [{ type: 'grant', label: 'Landesmittel', amountCents: 100_000 }],
        costCentres: [],
        plan: null,
      },
    });
    const list = (caller: Caller, path: string) =>
      must<{ items: { quantity?: string; amountCents?: number }[] }>(
        caller,
        'GET',
        path.replace('/api/v1/', '/'),
      );
    t.match((await list(finance, why.links.usageEvents ?? '')).items, [{ quantity: '7' }]);
    t.equal((await list(finance, why.links.costLines[0] ?? '')).items.length, 2);
    const mine = await must<Why>(member, 'GET', url);
    const nothing = { directCents: null, costCentres: [], supports: [], method: null, plan: null };
    t.same(mine.pool, { ...why.pool, ...nothing }, 'its sums; single cost is the own of the centre (7)');
    t.same(mine.links.costLines, []);
    t.equal((await list(member, mine.links.usageEvents ?? '')).items.length, 1);
    t.equal((await otherMember.call('GET', url)).statusCode, 404);
    t.equal((await finance.call('GET', `/allocation-runs/${first.id}/lines/999/why`)).statusCode, 404);
    const standby = before.find(({ trancheId }) => trancheId === 'standby');
    const other = await must<Why>(
      finance,
      'GET',
      `/allocation-runs/${first.id}/lines/${standby?.position}/why`,
    );
    t.equal(other.links.usageEvents, null);
  });

  t.test('who left the agreement is given back what it bore, and may read it', async (t) => {
    await step(finance, second, 'supersede', { reason: 'Falsche Leistung' });
    await movePeriod(finance, periodId, 'reopen');
    const sql = world.test.owner.sql;
    await sql`update agreement_versions set valid_to = '2026-02-01' where service_ids = array[${certificates}]::uuid[]`;
    await addWording(world, [certificates], [anroechte], {
      mode: 'cascade',
      tranches: [{ id: 't', label: 'Alles', percent: '100', key: { type: 'equal' } }],
    });
    await freeze(world);
    const third = await postRun(world, await createRun(world));
    const mine = await deltasOf(member, third.id, 'changed=true');
    t.match(mine, [{ previousCents: 500, amountCents: 0, deltaCents: -500 }]);
  });
});
