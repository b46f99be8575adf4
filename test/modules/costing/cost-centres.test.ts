import tap from 'tap';
import {
  addCost,
  addWording,
  type CostingWorld,
  createRun,
  freeze,
  postRun,
  problemOf,
  type RunBody,
  startCostingWorld,
  verifyFile,
} from '../../support/costing.ts';
import { must, tagOf } from '../../support/services.ts';

interface Centre {
  readonly id: string;
  readonly code: string;
  readonly version: number;
}
interface File {
  readonly pools: readonly { id: string; amountCents: number; directCents?: number; netting?: object }[];
  readonly secondary: { readonly plan?: object; readonly costCentres: readonly object[] };
  readonly secondaryResult: { readonly final: readonly { id: string; totalCents: number }[] };
}

const EQUAL = {
  mode: 'cascade',
  tranches: [{ id: 't', label: 'Alles', percent: '100', key: { type: 'equal' } }],
};

const addCentre = (world: CostingWorld, code: string, serviceId?: string): Promise<Centre> =>
  must<Centre>(world.finance, 'POST', '/cost-centres', {
    code,
    name: `Stelle ${code}`,
    type: serviceId === undefined ? 'support' : 'final',
    ...(serviceId !== undefined && { serviceId }),
  });

const book = (world: CostingWorld, change: object) =>
  world.finance.call('POST', '/cost-lines', {
    bookedOn: '2026-08-15',
    costType: 'Personal',
    amountCents: 1,
    text: 'Gehälter',
    ...change,
  });

async function simulated(world: CostingWorld): Promise<File> {
  const { finance, periodId } = world;
  return must<File>(finance, 'POST', '/allocation-runs', { periodId, simulate: true });
}

tap.test('cost centres (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, auditor, stranger, member, marriage, certificates, erwitte, anroechte } = world;
  await addWording(world, [marriage, certificates], [erwitte, anroechte], EQUAL);
  const it = await addCentre(world, 'IT');
  const hr = await addCentre(world, 'HR');
  const desk = await addCentre(world, 'DESK', marriage);
  const archive = await addCentre(world, 'ARCHIVE', certificates);

  t.test('422, 409: a final one feeds a service, a support one none; codes are unique', async (t) => {
    const post = async (body: object) => problemOf(await finance.call('POST', '/cost-centres', body)).code;
    t.equal(await post({ code: 'X', name: 'x', type: 'final' }), 'COST_CENTRE_SERVICE');
    t.equal(
      await post({ code: 'X', name: 'x', type: 'support', serviceId: marriage }),
      'COST_CENTRE_SERVICE',
    );
    t.equal(await post({ code: 'IT', name: 'x', type: 'support' }), 'COST_CENTRE_CODE_TAKEN');
    t.equal(
      await post({ code: 'X', name: 'x', type: 'final', serviceId: world.centre.id }),
      'COST_SERVICE_UNKNOWN',
    );
  });

  t.test('428, 412, 200: renamed and retired by those who read it last', async (t) => {
    const url = `/cost-centres/${hr.id}`;
    const patch = (body: object, etag?: string) =>
      finance.call('PATCH', url, body, etag === undefined ? {} : { 'if-match': `"${etag}"` });
    t.equal((await patch({ name: 'Personal' })).statusCode, 428);
    t.equal((await patch({ name: 'Personal' }, '7')).statusCode, 412);
    t.equal((await patch({ code: 'PERS' }, '1')).statusCode, 400, 'runs name it by its code');
    t.match((await patch({ name: 'Personal', retiredOn: '2026-09-01' }, '1')).json(), {
      name: 'Personal',
      retiredOn: '2026-09-01',
      version: 2,
    });
    const late = await book(world, { costCentreId: hr.id, bookedOn: '2026-09-01' });
    t.equal(problemOf(late).code, 'COST_CENTRE_RETIRED');
    t.equal((await patch({ retiredOn: null }, '2')).statusCode, 200);
    const tag = await tagOf(finance, url);
    t.equal(tag, '3');
  });

  t.test('403, 404: other centres and members see none of it; auditors only read (7)', async (t) => {
    t.equal((await stranger.call('GET', `/cost-centres/${it.id}`)).statusCode, 404);
    t.equal((await member.call('GET', '/cost-centres')).statusCode, 403);
    t.equal((await auditor.call('GET', `/cost-centres/${it.id}`)).statusCode, 200);
    const body = { code: 'Y', name: 'y', type: 'support' };
    t.equal((await auditor.call('POST', '/cost-centres', body)).statusCode, 403);
    const foreign = await stranger.call('POST', '/cost-lines', {
      costCentreId: it.id,
      bookedOn: '2026-08-15',
      costType: 'x',
      amountCents: 1,
      text: 'x',
    });
    t.equal(problemOf(foreign).code, 'COST_CENTRE_UNKNOWN');
  });

  t.test('422: cost has one place', async (t) => {
    const both = await book(world, { costCentreId: it.id, serviceId: marriage });
    t.equal(problemOf(both).code, 'COST_PLACE_UNCLEAR');
    t.equal(problemOf(await book(world, {})).code, 'COST_PLACE_UNCLEAR');
    await t.rejects(
      world.test.owner
        .sql`insert into cost_lines (id, centre_id, service_id, cost_centre_id, booked_on, cost_type, amount_cents, text, recorded_by, recorded_at)
        values (gen_random_uuid(), ${world.centre.id}, ${marriage}, ${it.id}, '2026-08-01', 'x', 1, 'x', ${it.id}, now())`,
      /cost_lines_place_check/,
      'the database says so too',
    );
  });

  t.test('422: a plan nobody could compute is refused when it is recorded, place by place', async (t) => {
    const plan = async (use: object, more: object = {}) =>
      problemOf(
        await finance.call('POST', '/secondary-plans', {
          asOf: '2026-01-01',
          method: 'reciprocal',
          source: 'Vermerk',
          use,
          ...more,
        }),
      );
    t.match(await plan({ IT: { HR: '1' }, HR: { IT: '1' } }), { code: 'RECIPROCAL_SINGULAR' });
    t.match(await plan({ IT: { NOBODY: '1' } }), {
      code: 'COST_CENTRE_UNKNOWN',
      errors: [{ pointer: '/use/IT/NOBODY' }],
    });
    t.match(await plan({ DESK: { IT: '1' } }), { code: 'COST_CENTRE_UNKNOWN' });
    t.match(await plan({ IT: { DESK: '0' } }), { code: 'ALLOCATION_KEY_EMPTY' });
    t.match(await plan({ IT: { DESK: '-1' } }), { code: 'VALIDATION_FAILED' });
    t.match(await plan({ IT: { DESK: '1' } }, { method: 'step_down' }), {
      code: 'STEP_DOWN_ORDER_INVALID',
    });
    const { items } = await must<{ items: unknown[] }>(finance, 'GET', '/secondary-plans');
    t.same(items, []);
  });

  t.test('422: support cost that nobody bears is refused by name (9)', async (t) => {
    t.equal((await book(world, { costCentreId: it.id, amountCents: 100_000 })).statusCode, 201);
    const answer = await finance.call('POST', '/allocation-runs', { periodId: world.periodId });
    t.match(problemOf(answer), { code: 'SECONDARY_PLAN_MISSING', detail: /cost of IT/ });
  });

  t.test('a run passes support cost on, sets income off and says how it came about (9)', async (t) => {
    for (const line of [
      { costCentreId: it.id, amountCents: 10_000, category: 'other_income', costType: 'Erstattungen' },
      { costCentreId: hr.id, amountCents: 50_000 },
      { costCentreId: desk.id, amountCents: 700_000, grantTags: ['LF-26'] },
      { costCentreId: desk.id, amountCents: 30_000, category: 'grant', costType: 'Landesmittel' },
      { costCentreId: archive.id, amountCents: 300_001 },
      { costCentreId: archive.id, amountCents: 999_999, kind: 'budget' },
    ]) {
      t.equal((await book(world, line)).statusCode, 201);
    }
    await addCost(world, marriage, 11);
    await must(finance, 'POST', '/secondary-plans', {
      asOf: '2026-01-01',
      method: 'reciprocal',
      source: 'Vermerk',
      use: { IT: { HR: '2', DESK: '5', ARCHIVE: '3' }, HR: { IT: '1', DESK: '6', ARCHIVE: '3' } },
    });
    // IT = 90,000 + HR/10, HR = 50,000 + IT/5: IT = 95,000/0.98, HR = 68,000/0.98.
    const file = await simulated(world);
    const passedOn = (itShare: number, hrShare: number) => (95_000 * itShare + 68_000 * hrShare) / 0.98;
    const total = (id: string) =>
      file.secondaryResult.final.find((centre) => centre.id === id)?.totalCents ?? 0;
    t.ok(Math.abs(total('DESK') - 700_000 - passedOn(0.5, 0.6)) < 1);
    t.ok(Math.abs(total('ARCHIVE') - 300_001 - passedOn(0.3, 0.3)) < 1);
    t.equal(total('DESK') + total('ARCHIVE'), 700_000 + 300_001 + 90_000 + 50_000, 'conserved');
    t.match(
      file.pools.find(({ id }) => id === 'marriage'),
      {
        directCents: 11,
        amountCents: total('DESK') + 11 - 30_000,
        netting: {
          costCents: total('DESK') + 11,
          deductions: [{ type: 'grant', label: 'Landesmittel', amountCents: 30_000 }],
        },
      },
    );
    t.match(file.secondary.plan, { number: 1, asOf: '2026-01-01', source: 'Vermerk' });
  });

  t.test('a posted run verifies outside; whatever is changed in its cost centres shows (5)', async (t) => {
    await freeze(world);
    const draft: RunBody = await createRun(world);
    const posted = await postRun(world, draft);
    t.equal(posted.status, 'posted');
    const { body } = await auditor.call('GET', `/allocation-runs/${posted.id}/calculation`);
    t.equal(await verifyFile(body), 0);
    t.equal(await verifyFile(body.replace('"DESK": "5"', '"DESK": "50"')), 2, 'its pools do not follow');
    t.equal(await verifyFile(body.replace('"name": "Stelle IT"', '"name": "Stelle EDV"')), 1);
    t.equal(await verifyFile(body.replace(/"exactSecondaryCents": "\d+/, '"exactSecondaryCents": "1')), 1);
  });

  t.test('lists: by service, by tag, by kind and category', async (t) => {
    const count = async (query: string) =>
      (await must<{ items: unknown[] }>(finance, 'GET', query)).items.length;
    t.equal(await count(`/cost-centres?serviceId=${marriage}`), 1);
    t.equal(await count('/cost-lines?grantTag=LF-26'), 1);
    t.equal(await count('/cost-lines?kind=budget'), 1);
    t.equal(await count('/cost-lines?category=grant'), 1);
    t.equal(await count(`/cost-lines?costCentreId=${it.id}`), 2);
    const codes = await must<{ items: Centre[]; nextCursor: string }>(
      finance,
      'GET',
      '/cost-centres?limit=3',
    );
    const rest = await must<{ items: Centre[] }>(
      finance,
      'GET',
      `/cost-centres?limit=3&cursor=${codes.nextCursor}`,
    );
    t.same(
      [...codes.items, ...rest.items].map(({ code }) => code),
      ['ARCHIVE', 'DESK', 'HR', 'IT'],
    );
  });
});
