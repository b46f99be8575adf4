import { readdirSync } from 'node:fs';
import { test } from 'tap';
import { calculations } from '../../src/commands/compute.ts';
import { billingCalculations } from '../../src/modules/billing/index.ts';
import { costingCalculations } from '../../src/modules/costing/compute.ts';
import { grantsCalculations } from '../../src/modules/grants/compute.ts';
import { requestsCalculations } from '../../src/modules/requests/compute.ts';
import { jsonText } from '../../src/platform/calculations/json-text.ts';
import { DomainError } from '../../src/platform/errors.ts';
import { readText, repository } from '../support/repository.ts';

interface Example {
  readonly input: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly expected: object;
}

function example(name: string): Example {
  return JSON.parse(readText(`examples/${name}.json`)) as Example;
}

/** What the command writes. */
async function compute(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  const calculation = await calculations[String(input['kind'])]?.();
  return JSON.parse([...jsonText(calculation?.compute(input))].join(''));
}

test('examples', async (t) => {
  const names = readdirSync(`${repository}/examples`)
    .map((file) => file.replace('.json', ''))
    .filter((name) => name !== 'vat-cases');
  t.equal(names.length, 18);
  for (const name of names) {
    const { input, expected } = example(name);
    t.match(await compute(input), expected, name);
  }
  const cases = Object.entries(JSON.parse(readText('examples/vat-cases.json')) as Record<string, Example>);
  t.equal(cases.length, 20);
  for (const [name, { input, expected }] of cases) {
    const outcome = (await compute(input)) as Record<string, unknown>;
    const compared = Object.fromEntries(Object.keys(expected).map((field) => [field, outcome[field]]));
    t.strictSame(compared, expected, name);
  }
});

test('kinds', async (t) => {
  t.test('a kind belongs to one module', async (t) => {
    const kinds = [
      billingCalculations,
      costingCalculations,
      grantsCalculations,
      requestsCalculations,
    ].flatMap(Object.keys);
    t.strictSame(kinds.toSorted(), Object.keys(calculations).toSorted());
  });

  t.test('each kind is described in docs/calculation-files.md, with its problems', async (t) => {
    const text = readText('docs/calculation-files.md');
    for (const kind of Object.keys(calculations)) t.match(text, `\n## ${kind}\n`);
    const named = new Set(text.match(/\b[A-Z]+(_[A-Z]+)+\b/g));
    for (const { code } of [...refusals.map(([, code]) => ({ code })), { code: 'JSON_INVALID' }])
      t.ok(named.has(code), code);
  });

  t.test('the examples of docs/calculation-files.md are computed as they stand there', async (t) => {
    const blocks = readText('docs/calculation-files.md').matchAll(/```json\n(.*?)```\s+```json\n(.*?)```/gs);
    let seen = 0;
    for (const [, input = '', output = ''] of blocks) {
      t.strictSame(
        await compute(JSON.parse(input) as Example['input']),
        JSON.parse(output),
        input.slice(0, 40),
      );
      seen += 1;
    }
    t.ok(seen >= 8);
  });
});

const use = (values: Record<string, Record<string, string>>) => ({
  ...example('secondary-reciprocal').input,
  use: values,
});
const slots = (mon: unknown) => ({
  ...example('deadline-corpus-christi').input,
  calendar: { timeZone: 'Europe/Berlin', state: 'NW', slots: { mon }, closedOn: [] },
});
const of = (name: string, changes: Record<string, unknown>) => ({ ...example(name).input, ...changes });
const keyed = (values: Record<string, string>, percent = '100') =>
  of('allocation-nordlippe', { tranches: [{ id: 't', percent, key: { type: 'values', values } }] });
const full = { '05766012': '1', '05766024': '1', '05766028': '1', '05766036': '1' };
const tier = (...limits: (string | null)[]) =>
  of('rating-volume', { tiers: limits.map((upTo) => ({ upTo, unitCents: '1' })) });
const unit = { kind: 'rating', model: 'unit', quantity: '1', unitCents: '1' };
const vat = {
  ...(JSON.parse(readText('examples/vat-cases.json')) as Record<string, Example>)['T02 forecast 17,400.00']
    ?.input,
};
const grantRule = { baseCents: 0, stepCents: 0, singlePartyCents: 0, percent: '90' };
const settled = { member: 'm', invoicedCents: 0, paidCents: 0, actualCents: 0 };
const thirty = `0.${'1'.repeat(30)}`;
const loop = { IT: { GEB: '1', PERS: '1' }, GEB: { IT: '1' }, PERS: { IT: '1', PERS: '5' } };

/** What is wrong, the code that says so, and the place it names. */
const refusals: [Record<string, unknown>, string, string][] = [
  [of('allocation-cascade', { extra: 1 }), 'VALIDATION_FAILED', '/extra'],
  [keyed(full, '99.99'), 'TRANCHE_PERCENT_SUM', '/tranches'],
  [keyed({ ...full, '05766012': '-1' }), 'NEGATIVE_WEIGHT', '/tranches/0/key/values/05766012'],
  [keyed({ ...full, '05766012': thirty }), 'DECIMAL_INVALID', '/tranches/0/key/values/05766012'],
  [keyed({}), 'KEY_VALUE_MISSING', '/tranches/0/key/values/05766012'],
  [keyed({ ...full, x: '1' }), 'KEY_VALUE_UNKNOWN_MEMBER', '/tranches/0/key/values/x'],
  [
    keyed({ '05766012': '0', '05766024': '0', '05766028': '0', '05766036': '0' }),
    'ALLOCATION_KEY_EMPTY',
    '/tranches/0/key',
  ],
  [of('allocation-cascade', { amountCents: 2 ** 53 }), 'AMOUNT_OUT_OF_RANGE', '/amountCents'],

  [use(loop), 'RECIPROCAL_SINGULAR', '/use/GEB'],
  [use({ ...loop, PERS: { STANDESAMT: '-1' } }), 'NEGATIVE_WEIGHT', '/use/PERS/STANDESAMT'],
  [use({ ...loop, PERS: { STANDESAMT: thirty } }), 'DECIMAL_INVALID', '/use/PERS/STANDESAMT'],
  [use({ ...loop, PERS: { PERS: '1' } }), 'ALLOCATION_KEY_EMPTY', '/use/PERS'],
  [use({ IT: { GEB: '1' }, GEB: { IT: '1' } }), 'COST_CENTRE_USE_MISSING', '/use/PERS'],
  [use({ ...loop, TELEFON: { IT: '1' } }), 'COST_CENTRE_UNKNOWN', '/use/TELEFON'],
  [use({ ...loop, IT: { 'a/b': '1' } }), 'COST_CENTRE_UNKNOWN', '/use/IT/a~1b'],
  [of('secondary-step-down', { order: ['GEB', 'IT'] }), 'STEP_DOWN_ORDER_INVALID', '/order'],
  [of('secondary-step-down', { order: undefined }), 'STEP_DOWN_ORDER_INVALID', '/order'],
  [of('secondary-step-down', { order: ['GEB', 'GEB', 'IT'] }), 'STEP_DOWN_ORDER_INVALID', '/order/1'],
  [of('secondary-direct', { order: ['TELEFON'] }), 'STEP_DOWN_ORDER_INVALID', '/order/0'],
  [of('secondary-direct', { method: 'other' }), 'VALIDATION_FAILED', '/method'],
  [
    of('secondary-direct', {
      costCentres: ['IT', 'IT'].map((id) => ({ id, type: 'final', primaryCents: 1 })),
      use: {},
    }),
    'COST_CENTRE_DUPLICATE',
    '/costCentres/1',
  ],
  [
    of('secondary-direct', { costCentres: [{ id: 'F', type: 'final', primaryCents: 1e16 }], use: {} }),
    'AMOUNT_OUT_OF_RANGE',
    '/costCentres/0/primaryCents',
  ],

  [{ ...unit, quantity: thirty }, 'DECIMAL_INVALID', '/quantity'],
  [{ ...unit, quantity: 1 }, 'VALIDATION_FAILED', '/quantity'],
  [{ ...unit, quantity: '-1' }, 'RATE_NEGATIVE', '/quantity'],
  [{ ...unit, unitCents: '-0.1' }, 'RATE_NEGATIVE', '/unitCents'],
  [{ ...unit, unitCents: 0.5 }, 'VALIDATION_FAILED', '/unitCents'],
  [{ ...unit, model: 'weekly' }, 'VALIDATION_FAILED', '/model'],
  [{ ...unit, tiers: [] }, 'VALIDATION_FAILED', '/tiers'],
  [{ ...unit, quantity: '9'.repeat(18), unitCents: '9' }, 'AMOUNT_OUT_OF_RANGE', '/quantity'],
  [{ ...unit, minimumCents: 2, maximumCents: 1 }, 'RATE_COMMITMENT_INVALID', '/minimumCents'],
  [tier('10', '10', null), 'RATE_TIERS_INVALID', '/tiers/1/upTo'],
  [tier('0', null), 'RATE_TIERS_INVALID', '/tiers/0/upTo'],
  [tier('10', '20'), 'RATE_TIERS_INVALID', '/tiers/1/upTo'],
  [tier(null, null), 'RATE_TIERS_INVALID', '/tiers/0/upTo'],
  [of('rating-package', { package: { size: '0', unitCents: '1' } }), 'RATE_PACKAGE_EMPTY', '/package/size'],

  [{ ...vat, serviceDay: '2027-02-29' }, 'VALIDATION_FAILED', '/serviceDay'],
  [{ ...vat, serviceDay: '2020-12-31' }, 'VAT_RULES_MISSING', '/serviceDay'],
  [{ ...vat, cooperation: { e: true } }, 'VALIDATION_FAILED', '/cooperation/e'],
  [{ ...vat, groupForecastCents: 1e17 }, 'AMOUNT_OUT_OF_RANGE', '/groupForecastCents'],
  [{ ...vat, basis: undefined, consideration: 'yes' }, 'VALIDATION_FAILED', '/consideration'],

  [of('grant-three-parties', { parties: 0 }), 'VALIDATION_FAILED', '/parties'],
  [
    of('grant-three-parties', { rule: { ...grantRule, percent: '100.1' } }),
    'GRANT_PERCENT_OUT_OF_RANGE',
    '/rule/percent',
  ],
  [
    of('grant-three-parties', { rule: { ...grantRule, percent: '-1' } }),
    'GRANT_PERCENT_OUT_OF_RANGE',
    '/rule/percent',
  ],
  [of('grant-three-parties', { eligibleCents: -1 }), 'VALIDATION_FAILED', '/eligibleCents'],
  [
    of('grant-three-parties', { rule: { ...grantRule, stepCents: 10 ** 14 - 1 }, parties: 10_000 }),
    'AMOUNT_OUT_OF_RANGE',
    '/rule',
  ],

  [of('instalments', { due: [] }), 'VALIDATION_FAILED', '/due'],
  [of('instalments', { due: ['2026-02-30'] }), 'VALIDATION_FAILED', '/due/0'],
  [of('instalments', { due: ['2026-02-15', '2026-02-15'] }), 'INSTALMENT_DAY_DUPLICATE', '/due/1'],
  [of('instalments', { totalCents: 2 ** 60 }), 'AMOUNT_OUT_OF_RANGE', '/totalCents'],

  [of('settlement', { members: [settled, settled] }), 'SETTLEMENT_MEMBER_DUPLICATE', '/members/1/member'],
  [
    of('settlement', { members: [settled, { ...settled, member: 'x', invoicedCents: 10 ** 14 }] }),
    'AMOUNT_OUT_OF_RANGE',
    '/members/1/invoicedCents',
  ],

  [of('deadline-corpus-christi', { startAt: '2026-06-31T10:00:00Z' }), 'VALIDATION_FAILED', '/startAt'],
  [of('deadline-corpus-christi', { startAt: '2026-06-30 10:00' }), 'VALIDATION_FAILED', '/startAt'],
  [
    of('deadline-corpus-christi', { target: { businessMinutes: 1, businessDays: 1 } }),
    'VALIDATION_FAILED',
    '/target',
  ],
  [of('deadline-corpus-christi', { target: {} }), 'VALIDATION_FAILED', '/target'],
  [of('deadline-corpus-christi', { target: { businessMinutes: 10_000_000 } }), 'DEADLINE_TOO_FAR', ''],
  [of('deadline-corpus-christi', { asOf: '2999-01-01T00:00:00Z' }), 'DEADLINE_TOO_FAR', ''],
  [of('deadline-corpus-christi', { startAt: '1994-06-01T10:00:00Z' }), 'HOLIDAYS_UNKNOWN', ''],
  [
    of('deadline-corpus-christi', {
      pauses: [{ from: '2026-06-03T15:00:00Z', to: '2026-06-03T14:59:59Z' }],
    }),
    'PAUSE_INVALID',
    '/pauses/0',
  ],
  [slots([['12:00', '08:00']]), 'CALENDAR_INVALID', '/calendar/slots/mon/0'],
  [
    slots([
      ['08:00', '12:00'],
      ['11:59', '13:00'],
    ]),
    'CALENDAR_INVALID',
    '/calendar/slots/mon/1',
  ],
  [slots([]), 'CALENDAR_INVALID', '/calendar/slots'],
  [slots([['8:00', '12:00']]), 'VALIDATION_FAILED', '/calendar/slots/mon/0/0'],
  [
    of('deadline-corpus-christi', {
      calendar: {
        timeZone: 'Europe/Bielefeld',
        state: 'NW',
        slots: { mon: [['08:00', '12:00']] },
        closedOn: [],
      },
    }),
    'CALENDAR_INVALID',
    '/calendar/timeZone',
  ],
  [
    of('deadline-corpus-christi', {
      calendar: {
        timeZone: 'Europe/Berlin',
        state: 'NRW',
        slots: { mon: [['08:00', '12:00']] },
        closedOn: [],
      },
    }),
    'VALIDATION_FAILED',
    '/calendar/state',
  ],
];

test('refusals name code and place', async (t) => {
  for (const [input, code, pointer] of refusals) {
    // As from a file: what is undefined is not there.
    const file = JSON.parse(JSON.stringify(input)) as Record<string, unknown>;
    const name = `${input['kind']}: ${code} ${pointer}`;
    try {
      t.fail(`${name}, but got ${JSON.stringify(await compute(file))}`);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      t.match({ code: error.code, pointers: error.errors.map((each) => each.pointer) }, { code }, name);
      if (pointer !== '')
        t.ok(error.errors.map((each) => each.pointer).includes(pointer), `${name}: ${error.message}`);
    }
  }
});

test('the largest amounts are exact in every kind, and 10^14 cents are refused in each', async (t) => {
  const most = 99_999_999_999_998;
  t.match(await compute(of('allocation-one-cent', { amountCents: most })), {
    members: [
      { amountCents: 33333333333333 },
      { amountCents: 33333333333333 },
      { amountCents: 33333333333332 },
    ],
  });
  t.match(await compute(of('instalments', { totalCents: most })), {
    instalments: [{ amountCents: 25000000000000 }],
  });
  t.match(await compute({ ...unit, quantity: '100000000000001', unitCents: '0.5' }), {
    amountCents: 50000000000001,
  });
  t.match(await compute(of('settlement', { members: [{ ...settled, actualCents: most }] })), {
    members: [{ settlementCents: most, netDueCents: most }],
  });
  t.match(await compute(of('grant-three-parties', { eligibleCents: most })), {
    percentCents: 89999999999998,
  });
  for (const amount of [10 ** 14, -(10 ** 14)])
    for (const input of [
      of('allocation-one-cent', { amountCents: amount }),
      of('instalments', { totalCents: amount }),
      of('settlement', { members: [{ ...settled, actualCents: amount }] }),
    ])
      await t.rejects(compute(input), { code: 'AMOUNT_OUT_OF_RANGE' });
  await t.rejects(compute({ ...unit, unitCents: 10 ** 14 }), { code: 'AMOUNT_OUT_OF_RANGE' });
  await t.rejects(compute(of('grant-three-parties', { eligibleCents: 10 ** 14 })), {
    code: 'AMOUNT_OUT_OF_RANGE',
  });
});

test('results stay below 10^14 like what goes in, and the refusal names the figure', async (t) => {
  const most = 10 ** 14 - 1;
  const priced = { ...unit, quantity: '10', unitCents: most };
  const centres = [
    { id: 'IT', type: 'support', primaryCents: most },
    { id: 'F', type: 'final', primaryCents: 1 },
  ];
  const secondary = of('secondary-direct', { costCentres: centres, use: { IT: { F: '1' } } });
  const cases: [Record<string, unknown>, string, RegExp][] = [
    [priced, '/quantity', /^The price, before minimum and maximum, comes to 999999999999990 cents/],
    [{ ...priced, maximumCents: 1 }, '/quantity', /before minimum and maximum/],
    [
      of('settlement', { members: [{ ...settled, invoicedCents: -1, actualCents: most }] }),
      '/members/0',
      /^settlementCents of m comes to 100000000000000 cents/,
    ],
    [
      of('settlement', { members: [{ ...settled, invoicedCents: -1, paidCents: most, actualCents: -1 }] }),
      '/members/0',
      /^openCents of m comes to -100000000000000 cents/,
    ],
    [secondary, '/costCentres/1', /^totalCents of F comes to 100000000000000 cents/],
    [
      of('grant-three-parties', { rule: { ...grantRule, baseCents: most, stepCents: 1 } }),
      '/rule',
      /^capCents comes to 100000000000000 cents/,
    ],
  ];
  for (const [input, pointer, detail] of cases)
    await t.rejects(compute(input), { code: 'AMOUNT_OUT_OF_RANGE', message: detail, errors: [{ pointer }] });
  t.match(await compute({ ...priced, quantity: '1' }), { amountCents: most });
});

test('nobody to settle with is nothing to settle; an amount without anybody to bear it is refused', async (t) => {
  t.same(await compute(of('settlement', { members: [] })), { members: [] });
  await t.rejects(compute(of('allocation-cascade', { members: [] })), { code: 'ALLOCATION_KEY_EMPTY' });
});
