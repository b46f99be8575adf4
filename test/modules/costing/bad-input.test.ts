import type { LightMyRequestResponse } from 'fastify';
import tap, { type Test } from 'tap';
import { agreementTerms } from '../../support/agreements.ts';
import { keepChangeJournal } from '../../support/change-journal.ts';
import {
  act,
  addCost,
  addWording,
  createRun,
  fillQuarter,
  freeze,
  linesOf,
  postRun,
  problemOf,
  startCostingWorld,
  step,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';

/** An answer, or what follows from it, and the problem it has to be: status, code, and where. */
interface Attempt {
  readonly name: string;
  readonly send: () => Promise<LightMyRequestResponse>;
  readonly status: number;
  readonly code: string;
  readonly error?: object;
  readonly detail?: RegExp;
}

tap.test('bad input: a clear problem, and not a row of any table is another', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, erwitte, anroechte, association, marriage, certificates, periodId } = world;
  const { test, centre } = world;
  await fillQuarter(world);
  await must(finance, 'POST', '/cost-centres', { code: 'IT', name: 'IT', type: 'support' });
  await must(finance, 'POST', '/cost-centres', { code: 'HR', name: 'Personal', type: 'support' });
  const manager = await test.caller(centre, ['centre-admin']);
  const journal = await keepChangeJournal(test.owner);
  const writtenSince = (mark: string) => journal.since(mark, [centre.id, erwitte.id, anroechte.id]);

  const refused = async (t: Test, { name, send, status, code, error, detail }: Attempt): Promise<void> => {
    const before = await journal.mark();
    const answer = await send();
    t.equal(answer.statusCode, status, `${name}: ${answer.body.slice(0, 300)}`);
    const problem = problemOf(answer);
    t.equal(problem.code, code, name);
    if (error !== undefined) t.match(problem.errors, [error], name);
    if (detail !== undefined) t.match(JSON.stringify(problem), detail, name);
    t.same(await writtenSince(before), [], `${name}: nothing was written`);
  };

  const clause = (tranches: readonly object[]) => ({
    mode: 'cascade',
    tranches: tranches.map((tranche, n) => ({ id: `t${n}`, label: `Tranche ${n}`, ...tranche })),
  });
  const agree = (costClause: object) => () =>
    manager.call('POST', '/agreements', {
      title: 'Vereinbarung',
      mode: 'mandating',
      ...agreementTerms([erwitte.id, anroechte.id], [marriage], { costClause }),
    });
  const key = (values: Record<string, string>) => () =>
    finance.call('POST', '/allocation-keys', {
      name: 'Fläche',
      type: 'area',
      asOf: '2026-01-01',
      source: 'Vermessung',
      values,
    });
  const plan = (use: object) => () =>
    finance.call('POST', '/secondary-plans', {
      asOf: '2026-01-01',
      method: 'reciprocal',
      source: 'Vermerk',
      use,
    });
  const file =
    (...rows: string[]) =>
    () =>
      finance.call('POST', '/cost-line-imports', ['Datum;Leistung;Kostenart;Betrag', ...rows].join('\n'), {
        'content-type': 'text/csv',
      });
  const usage = (quantity: unknown) => () =>
    finance.call('POST', '/usage-events', {
      organisationId: erwitte.id,
      serviceId: marriage,
      source: 'counter',
      idempotencyKey: 'bad',
      quantity,
      occurredAt: '2026-08-01T10:00:00Z',
    });
  const cost = (amountCents: unknown) => () =>
    finance.call('POST', '/cost-lines', {
      serviceId: marriage,
      bookedOn: '2026-08-15',
      costType: 'Personal',
      amountCents,
      text: 'Gehälter',
    });

  await t.test('400, 422: keys, percentages and plans', async (t) => {
    await refused(t, {
      name: 'a key for somebody who is no member',
      send: key({ '05974016': '1', '05974999': '1' }),
      status: 422,
      code: 'KEY_MEMBER_UNKNOWN',
      detail: /05974999/,
    });
    await refused(t, {
      name: 'a negative weight',
      send: key({ '05974016': '-1' }),
      status: 422,
      code: 'NEGATIVE_WEIGHT',
      error: { pointer: '/values/05974016', code: 'NEGATIVE_WEIGHT' },
    });
    await refused(t, {
      name: 'a member without a value',
      send: agree(clause([{ percent: '100', key: { type: 'fixed', values: { '05974016': '1' } } }])),
      status: 422,
      code: 'AGREEMENT_TERMS_REFUSED',
      error: { pointer: '/costClause/tranches/0/key/values/05974004' },
    });
    await refused(t, {
      name: 'percentages that are not 100 together',
      send: agree(
        clause([
          { percent: '50', key: { type: 'equal' } },
          { percent: '49.999999', key: { type: 'equal' } },
        ]),
      ),
      status: 422,
      code: 'AGREEMENT_TERMS_REFUSED',
      error: { pointer: '/costClause/tranches', code: 'PERCENT_SUM' },
    });
    await refused(t, {
      name: 'cost centres that serve nobody but each other',
      send: plan({ IT: { HR: '1' }, HR: { IT: '1' } }),
      status: 422,
      code: 'RECIPROCAL_SINGULAR',
    });
  });

  await t.test('400, 422: amounts, quantities and files', async (t) => {
    for (const amountCents of [1e14, 1e13 + 1, -1e14, 1e300, 0.5, '100']) {
      await refused(t, {
        name: `an amount of ${amountCents}`,
        send: cost(amountCents),
        status: 400,
        code: 'VALIDATION_FAILED',
        error: { pointer: '/amountCents' },
      });
    }
    for (const quantity of [`0.${'3'.repeat(30)}`, `1${'0'.repeat(18)}`, '1.234,5', '-1', 1.5]) {
      await refused(t, {
        name: `a quantity of ${quantity}`,
        send: usage(quantity),
        status: 400,
        code: 'VALIDATION_FAILED',
        error: { pointer: '/quantity' },
      });
    }
    await refused(t, {
      name: 'one good row, thousands that may be decimals, days that are none, amounts too large',
      send: file(
        '01.08.2026;marriage;Personal;1,00',
        '01.08.2026;marriage;Personal;1.234',
        '30.02.2026;marriage;Personal;1,00',
        '08/01/2026;marriage;Personal;1,00',
        '01.08.2026;marriage;Personal;1.000.000.000.000,00',
        '01.08.1026;marriage;Personal;1,00',
      ),
      status: 422,
      code: 'COST_LINE_IMPORT_BROKEN',
      detail:
        /rows\/3\/Betrag.*AMOUNT_AMBIGUOUS.*rows\/4\/Datum.*DAY_UNKNOWN.*rows\/5\/Datum.*DAY_MALFORMED.*rows\/6\/Betrag.*AMOUNT_OUT_OF_RANGE.*rows\/7\/Datum.*DAY_IMPLAUSIBLE/,
    });
  });

  await t.test('409, 422: runs', async (t) => {
    const draft = await createRun(world);
    const submitted = await step(finance, draft, 'submit');
    const approved = await step(colleague, submitted, 'approve', { resultHash: draft.resultHash });
    await refused(t, {
      name: 'the period is still open',
      send: () => act(finance, approved, 'post'),
      status: 409,
      code: 'PERIOD_STATE_REFUSED',
    });
    const before = await journal.mark();
    await addCost(world, marriage, 1);
    t.notSame(await writtenSince(before), [], 'what is written shows');
    await freeze(world);
    await refused(t, {
      name: 'cost was booked after the run was computed',
      send: () => act(finance, approved, 'post'),
      status: 409,
      code: 'RUN_INPUTS_CHANGED',
    });
    await step(finance, approved, 'reject', { reason: 'Nachbuchung' });
    const { sql } = test.owner;
    await sql`update agreement_versions set valid_to = '2026-02-01' where service_ids = array[${certificates}]::uuid[]`;
    await addWording(world, [certificates], [erwitte, association], {
      mode: 'cascade',
      tranches: [
        { id: 't', label: 'Köpfe', percent: '100', key: { type: 'population', basis: 'census-1987' } },
      ],
    });
    await refused(t, {
      name: 'a figure that a member does not have',
      send: () => finance.call('POST', '/allocation-runs', { periodId }),
      status: 422,
      code: 'KEY_VALUE_MISSING',
      detail: /Service certificates, tranche t: .*Erwitte|Zweckverband/,
    });
  });
});

tap.test('the largest amount there can be is shared out to the cent', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, erwitte, anroechte, association, marriage } = world;
  await addWording(world, [marriage], [erwitte, anroechte, association], {
    mode: 'cascade',
    tranches: [{ id: 't', label: 'Köpfe', percent: '100', key: { type: 'equal' } }],
  });
  await addCost(world, marriage, 1e13);
  await freeze(world);
  const run = await postRun(world, await createRun(world));
  const amounts = (await linesOf(finance, run.id)).map(({ amountCents }) => amountCents);
  t.same(amounts.toSorted(), [3_333_333_333_333, 3_333_333_333_333, 3_333_333_333_334]);
  t.equal(run.amountCents, 1e13);
});
