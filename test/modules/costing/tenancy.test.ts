import tap from 'tap';
import {
  act,
  createRun,
  fillQuarter,
  freeze,
  linesOf,
  postRun,
  problemOf,
  startCostingWorld,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';

tap.test('who sees which cost (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, stranger, member, otherMember, auditor, catalogueManager, test, erwitte, periodId } =
    world;
  await fillQuarter(world);
  const draft = await createRun(world);
  const url = `/allocation-runs/${draft.id}`;
  const list = { name: 'Fläche', type: 'area', asOf: '2026-01-01', source: 'x', values: { '05974016': '1' } };
  const { id: keyId } = await must(finance, 'POST', '/allocation-keys', list);

  const seenByErwitte = () =>
    test.db.sql.begin(async (tx) => {
      await tx`select app.open_hat('organisation', ${erwitte.id}, ${member.userId}, null)`;
      const [counts] = await tx<{ lines: number; others: number; inputs: number; costs: number }[]>`
        select (select count(*)::int from allocation_run_lines) as lines,
          (select count(*)::int from allocation_run_lines where organisation_id <> ${erwitte.id}) as others,
          (select count(*)::int from allocation_run_calculations) as inputs,
          (select count(*)::int from cost_lines) as costs`;
      return counts;
    });

  t.test('404: another centre sees nothing of it and changes nothing (7)', async (t) => {
    for (const path of [
      '/allocation-runs',
      '/billing-periods',
      '/cost-lines',
      '/cost-line-imports',
      '/allocation-keys',
    ]) {
      t.same((await must<{ items: unknown[] }>(stranger, 'GET', path)).items, [], path);
    }
    for (const path of [
      url,
      `${url}/lines`,
      `${url}/calculation`,
      `${url}/export`,
      `/billing-periods/${periodId}`,
      `/allocation-keys/${keyId}`,
    ]) {
      t.equal((await stranger.call('GET', path)).statusCode, 404, path);
    }
    t.equal((await act(stranger, draft, 'submit')).statusCode, 404);
    const period = await stranger.call('POST', `/billing-periods/${periodId}/actions/close`, undefined, {
      'if-match': '"1"',
    });
    t.equal(period.statusCode, 404);
    t.equal(problemOf(await stranger.call('POST', '/allocation-runs', { periodId })).code, 'PERIOD_UNKNOWN');
    const foreign = { centreId: world.centre.id, code: '2027' };
    t.equal((await stranger.call('POST', '/billing-periods', foreign)).statusCode, 404);
  });

  t.test('404: a member knows nothing of a run before it is posted (7)', async (t) => {
    t.same((await must<{ items: unknown[] }>(member, 'GET', '/allocation-runs')).items, []);
    for (const path of [url, `${url}/lines`, `${url}/export`]) {
      t.equal((await member.call('GET', path)).statusCode, 404, path);
    }
    t.same(await seenByErwitte(), { lines: 0, others: 0, inputs: 0, costs: 0 }, 'nor by SQL');
  });

  t.test('403: roles without a right to it', async (t) => {
    const line = {
      serviceId: world.marriage,
      bookedOn: '2026-08-01',
      costType: 'x',
      amountCents: 1,
      text: 'x',
    };
    for (const [caller, name] of [
      [catalogueManager, 'catalogue'],
      [auditor, 'auditor'],
      [member, 'member'],
    ] as const) {
      t.equal((await caller.call('POST', '/cost-lines', line)).statusCode, 403, `${name}: cost`);
      t.equal((await caller.call('POST', '/allocation-runs', { periodId })).statusCode, 403, `${name}: run`);
      t.equal((await act(caller, draft, 'approve', { resultHash: draft.resultHash })).statusCode, 403, name);
    }
    t.equal((await catalogueManager.call('GET', '/cost-lines')).statusCode, 403);
    t.equal((await catalogueManager.call('GET', '/allocation-runs')).statusCode, 403);
    t.equal((await member.call('GET', '/cost-lines')).statusCode, 403);
    t.equal((await auditor.call('GET', url)).statusCode, 200);
  });

  t.test('200: members read their own lines of a posted run, and no other figures (7)', async (t) => {
    await freeze(world);
    await postRun(world, draft);
    const all = await linesOf(finance, draft.id);
    const own = all.filter((line) => line.organisationId === erwitte.id);
    t.same(await linesOf(member, draft.id), own);
    t.same(await linesOf(member, draft.id, `organisationId=${world.anroechte.id}`), []);
    const detail = await must(member, 'GET', url);
    const amountCents = own.reduce((sum, line) => sum + line.amountCents, 0);
    t.match(detail, {
      status: 'posted',
      amountCents,
      availableActions: [],
      created: { by: null },
      members: [{ member: '05974016', amountCents }],
    });
    t.match(await must(member, 'GET', '/allocation-runs'), { items: [{ id: draft.id, amountCents }] });
    t.match((await must<{ members: unknown[] }>(otherMember, 'GET', url)).members, [{ member: '05974004' }]);
    const outsider = await test.caller(await test.organisation('Lippetal'), ['member-finance']);
    t.equal((await outsider.call('GET', url)).statusCode, 404);
    t.equal((await member.call('GET', `${url}/calculation`)).statusCode, 403);
    const memberAuditor = await test.caller(erwitte, ['auditor']);
    t.equal((await memberAuditor.call('GET', `${url}/calculation`)).statusCode, 404);
    t.same((await must<{ items: unknown[] }>(memberAuditor, 'GET', '/cost-lines')).items, []);
    t.equal((await act(member, { id: draft.id, version: 4 }, 'supersede', { reason: 'x' })).statusCode, 403);
  });

  t.test('the database itself lets through no other lines, whatever a query asks for (7)', async (t) => {
    t.same(await seenByErwitte(), { lines: 3, others: 0, inputs: 0, costs: 0 });
  });

  t.test(
    '200: exports are safe for spreadsheets, in either language, and hold what one may see',
    async (t) => {
      const german = await member.call('GET', `${url}/export?format=csv&locale=de`);
      t.equal(german.statusCode, 200, german.body);
      t.match(german.headers, {
        'content-type': /text\/csv/,
        'content-disposition': 'attachment; filename="SOE-U-2026-001.csv"',
      });
      t.notMatch(german.body, /Anröchte|Zweckverband/);
      t.match(german.body, /'=Erwitte/, 'no formula starts');
      t.match(german.body, /'@Urkunden/);
      t.match(german.body, /7 von 11/, 'no date is made of a share');
      t.match(german.body, /05 9 74 016/, 'no zero is dropped from an AGS');
      t.match(german.body, /4009,10/);
      t.match(
        german.body,
        /Leistungserfassung vom \d\d\.\d\d\.\d{4} bis \d\d\.\d\d\.\d{4} \(Einträge: \d+\)/,
      );
      t.notMatch(german.body, /usage|clause|agreement/, 'where figures come from is said in German');
      const english = await finance.call('GET', `${url}/export?format=csv&locale=en`);
      t.match(english.body, /4009\.10/);
      t.match(english.body, /Recorded usage from .* \(entries: \d+\)/);
      t.match(english.body, /Anröchte/);
      const amounts = english.body
        .trim()
        .split('\r\n')
        .slice(1)
        .map((row) => row.split(';').at(-1) ?? '');
      const cents = amounts.map((amount) => Math.round(Number(amount || 0) * 100));
      t.equal(
        cents.reduce((sum, amount) => sum + amount, 0),
        draft.amountCents,
        'the column adds up',
      );
      const json = await member.call('GET', `${url}/export?format=json`);
      t.match(json.json(), { number: 'SOE-U-2026-001', lines: [{ organisationId: erwitte.id }] });
      const [row] = await linesOf(member, draft.id);
      t.match(row, json.json<{ lines: object[] }>().lines[0] ?? {});
      const one = await finance.call('GET', `${url}/export?organisationId=${world.anroechte.id}`);
      t.notMatch(one.body, /Erwitte/);
    },
  );
});
