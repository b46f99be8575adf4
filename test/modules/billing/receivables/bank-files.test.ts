import tap from 'tap';
import { balanceGaps } from '../../../../src/modules/billing/payments/bank-balances.rules.ts';
import { readCamt } from '../../../../src/modules/billing/payments/camt/read-camt.ts';
import {
  type IncomingPayment,
  type MatchableItem,
  type MatchingFacts,
  matchAll,
  matchPayment,
  numbersIn,
} from '../../../../src/modules/billing/payments/matching.rules.ts';
import { type CamtFile, camt } from '../../../support/camt.ts';

const read = (file: CamtFile | string) => readCamt(Buffer.from(typeof file === 'string' ? file : camt(file)));
const codes = (file: CamtFile | string): string[] => {
  const reading = read(file);
  return 'faults' in reading ? reading.faults.map(({ code }) => code) : [];
};

tap.test('camt.053: what is read', async (t) => {
  for (const version of ['02', '08'] as const) {
    const reading = read({
      version,
      opening: '10.00',
      entries: [
        {
          amount: '20.5',
          text: ['SOE-R-2026-', '000001'],
          iban: 'DE89370400440532013000',
          name: 'Stadt & Land',
          reference: 'A1',
        },
        { amount: '5.01', debit: true, reference: 'A2' },
        { amount: '7.00', status: 'PDNG', reference: 'A3' },
        { amount: '3.00', reversal: true, debit: true, reference: 'A4' },
        {
          amount: '30.00',
          reference: 'B',
          parts: [
            { amount: '10.00', text: ['eins'] },
            { amount: '20.00', text: ['zwei'] },
          ],
        },
      ],
    });
    if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
    const [statement] = reading.file.statements;
    t.match(reading.file, {
      format: `camt.053.001.${version}`,
      statements: [{ openingCents: 1000, closingCents: 5249, pendingCount: 1 }],
    });
    t.match(
      statement?.entries,
      [
        {
          amountCents: 2050,
          key: 'DE02120300000000202051 bank A1',
          text: 'SOE-R-2026-\n000001',
          counterpartyName: 'Stadt & Land',
          counterpartyIban: 'DE89370400440532013000',
          bookedOn: '2026-10-05',
          isReversal: false,
        },
        { amountCents: -501 },
        { amountCents: -300, isReversal: true },
        { amountCents: 1000, key: 'DE02120300000000202051 bank B 0', text: 'eins' },
        {
          amountCents: 2000,
          key: 'DE02120300000000202051 bank B 1',
          place: 'statement 1, entry 4, transaction 2',
        },
      ].slice(0, 3),
      version,
    );
    t.same(
      statement?.entries.slice(3).map(({ amountCents, text }) => [amountCents, text]),
      [
        [1000, 'eins'],
        [2000, 'zwei'],
      ],
    );
  }
});

tap.test('camt.053: what is refused, each with its reason', async (t) => {
  const sound = camt({ entries: [{ amount: '1.00' }] });
  t.same(codes(sound), []);
  const bomb = sound
    .replace('<Document', `<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Document`)
    .replace('MSG-', '&b;');
  for (const [name, file, code] of [
    ['cut', sound.slice(0, 600), 'XML_MALFORMED'],
    ['empty', '', 'XML_MALFORMED'],
    ['an entity bomb', bomb, 'XML_MALFORMED'],
    ['an unknown entity', sound.replace('MSG-', '&nbsp;'), 'XML_MALFORMED'],
    ['too deep', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`, 'XML_MALFORMED'],
    ['another encoding', sound.replace('UTF-8', 'ISO-8859-1'), 'XML_MALFORMED'],
    ['another format', sound.replaceAll('camt.053.001.08', 'camt.052.001.08'), 'FORMAT_UNKNOWN'],
    ['another currency', camt({ currency: 'USD' }), 'CURRENCY_FOREIGN'],
    [
      'an entry in another currency',
      camt({ entries: [{ amount: '1.00', currency: 'CHF' }] }),
      'CURRENCY_FOREIGN',
    ],
    ['a wrong digit in the account', camt({ iban: 'DE03120300000000202051' }), 'IBAN_INVALID'],
    ['a balance that does not add up', camt({ closing: '100.01' }), 'BALANCE_WRONG'],
    ['no closing balance', sound.replaceAll('CLBD', 'CLAV'), 'BALANCE_MISSING'],
    ['fractions of a cent', camt({ entries: [{ amount: '1.005' }], closing: '101.00' }), 'AMOUNT_INVALID'],
    ['an amount of 10^14 cents', camt({ entries: [{ amount: '1000000000000.00' }] }), 'AMOUNT_INVALID'],
    ['a negative amount', camt({ entries: [{ amount: '-1.00' }], closing: '99.00' }), 'AMOUNT_INVALID'],
    [
      'an entry twice',
      camt({
        entries: [
          { amount: '1.00', reference: 'X' },
          { amount: '1.00', reference: 'X' },
        ],
      }),
      'ENTRY_REPEATED',
    ],
    [
      'a batch that does not add up',
      camt({ entries: [{ amount: '3.00', parts: [{ amount: '1.00' }, { amount: '1.00' }] }] }),
      'BATCH_SUM_WRONG',
    ],
    ['no sign', sound.replace(/(<Ntry>.*?)<CdtDbtInd>CRDT<\/CdtDbtInd>/, '$1'), 'SIGN_MISSING'],
    ['no day', sound.replace(/<BookgDt>.*?<\/BookgDt>/, ''), 'DAY_MISSING'],
    ['an empty day', sound.replace(/<BookgDt>.*?<\/BookgDt>/, '<BookgDt/>'), 'DAY_MISSING'],
    ['a 13th month', camt({ entries: [{ amount: '1.00', bookedOn: '2026-13-01' }] }), 'DAY_INVALID'],
    ['30 February', camt({ entries: [{ amount: '1.00', bookedOn: '2026-02-30' }] }), 'DAY_INVALID'],
    ['the year 0', camt({ entries: [{ amount: '1.00', bookedOn: '0000-01-01' }] }), 'DAY_INVALID'],
    [
      'a moment of 30 February',
      sound.replace(/<BookgDt>.*?<\/BookgDt>/, '<BookgDt><DtTm>2026-02-30T10:00:00Z</DtTm></BookgDt>'),
      'DAY_INVALID',
    ],
    ['a balance of 30 February', camt({ day: '2026-02-30' }), 'DAY_INVALID'],
  ] as const)
    t.ok(codes(file).includes(code), `${name}: ${code}, not ${codes(file).join(', ')}`);
  const huge = `<Document>${'<x/>'.repeat(400_001)}</Document>`;
  t.same(codes(huge), ['XML_MALFORMED'], 'bounded');
});

tap.test('camt.053: texts are cut between characters, never within one', async (t) => {
  const long = (length: number) => `${'x'.repeat(length - 1)}🏛🏛`;
  const reading = read({ entries: [{ amount: '1.00', text: [long(1000)], name: long(140) }] });
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  const [entry] = reading.file.statements[0]?.entries ?? [];
  t.equal(entry?.text, `${'x'.repeat(999)}🏛`);
  t.equal(entry?.counterpartyName, `${'x'.repeat(139)}🏛`);
  t.notMatch(JSON.stringify(entry), /\\ud83c/, 'no half of one');
});

tap.test('balances: what follows on what, and where a bank day is missing (29)', async (t) => {
  const [own, other] = ['DE02120300000000202051', 'DE89370400440532013000'];
  const statement = (id: string, closedOn: string | null, openingCents: number, closingCents: number) => ({
    id,
    iban: own,
    closedOn,
    openingCents,
    closingCents,
  });
  const monday = statement('MO', '2026-10-05', 0, 100);
  const wednesday = statement('WE', '2026-10-07', 150, 170);
  const gap = { code: 'BALANCE_GAP', place: 'statement 1' };
  for (const [name, imported, file, expected] of [
    ['the first of an account', [], [monday], []],
    ['the first of another account', [{ ...monday, iban: other }], [wednesday], []],
    ['the day after', [monday], [statement('TU', '2026-10-06', 100, 150)], []],
    ['a day left out', [monday], [wednesday], [gap]],
    [
      'the day that was left out, sent late',
      [monday, wednesday],
      [statement('TU', '2026-10-06', 100, 150)],
      [],
    ],
    ['two of one day', [monday], [statement('MO2', '2026-10-05', 100, 120)], []],
    ['within the file', [], [monday, wednesday], [{ ...gap, place: 'statement 2' }]],
    ['in order within the file', [monday], [statement('TU', '2026-10-06', 100, 150), wednesday], []],
    ['without days, by order', [statement('A', null, 0, 5)], [statement('B', null, 6, 7)], [gap]],
  ] as const) {
    const found = balanceGaps(imported, file);
    t.same(
      found.map(({ code, place }) => ({ code, place })),
      expected,
      name,
    );
  }
  t.match(balanceGaps([monday], [wednesday])[0]?.reason, /150 cents.*MO.*100 on 2026-10-05/, 'names both');
});

tap.test('numbers in the text of a transfer, as people and banks write them', async (t) => {
  for (const text of [
    'SOE-R-2026-000123',
    'Rg. soe-r-2026-000123 vom 5.10.',
    'Rg.SOE-R-2026-000123',
    'RECHNUNG SOE R 2026 000123',
    'SOE-R-20\n26-0001\n23',
    'SOER2026000123',
    'RgSOE-R-2026-000123',
    'SOE–R–2026–000123 45,00 EUR',
  ])
    t.same(numbersIn(text, 'SOE'), ['SOE-R-2026-000123'], text);
  for (const text of [
    'SOE-R-2026-0001234',
    'SOE-R-2026-00012',
    'XSOE-R-2026-000123',
    'SOE-A-2026-000123',
    'PB-R-2026-000123',
    '',
  ])
    t.same(numbersIn(text, 'SOE'), [], text);
  t.same(numbersIn('SOE-R-2026-000001, SOE-R-2026-000002, SOE-R-2026-000001', 'SOE'), [
    'SOE-R-2026-000001',
    'SOE-R-2026-000002',
  ]);
});

const item = (
  number: string,
  openCents: number,
  organisationId = 'a',
  owedCents = openCents,
): MatchableItem => ({
  statementId: `s-${number}`,
  chainId: `c-${number}`,
  organisationId,
  number,
  openCents,
  owedCents,
});

const facts = (items: readonly MatchableItem[], payers: Record<string, string[]> = {}): MatchingFacts => ({
  itemByNumber: new Map(items.map((one) => [one.number, one])),
  itemsByMember: new Map(
    ['a', 'b'].map((id) => [id, items.filter(({ organisationId }) => organisationId === id)]),
  ),
  membersByIban: new Map(Object.entries(payers)),
});

const payment = (
  amountCents: number,
  text: string,
  change: Partial<IncomingPayment> = {},
): IncomingPayment => ({
  amountCents,
  text,
  counterpartyIban: null,
  isReversal: false,
  ...change,
});

tap.test('matching: the table of what is certain and what is not', async (t) => {
  const [one, two] = ['SOE-R-2026-000001', 'SOE-R-2026-000002'];
  const known = facts(
    [
      item(one, 100),
      item(two, 50),
      item('SOE-R-2026-000003', 70, 'b'),
      item('SOE-R-2026-000004', -30),
      item('SOE-R-2026-000005', 0),
    ],
    {
      IA: ['a'],
      IB: ['b'],
      IAB: ['a', 'b'],
    },
  );
  const at = (iban: string) => ({ counterpartyIban: iban });
  for (const [name, incoming, expected] of [
    ['the number, the amount', payment(100, one), [[one, 100], 0]],
    ['a part', payment(40, one), [[one, 40], 0]],
    ['more than is open', payment(120, one), [[one, 100], 20]],
    ['several numbers that add up', payment(150, `${one} ${two}`), [[one, 100], [two, 50], 0]],
    ['a refund we made', payment(-30, 'SOE-R-2026-000004'), [['SOE-R-2026-000004', -30], 0]],
    ['no number, a known account, one claim of the amount', payment(50, 'Umlage', at('IA')), [[two, 50], 0]],
    ['several that do not add up', payment(149, `${one} ${two}`), 'SUM_DIFFERS'],
    ['a number nobody has', payment(100, 'SOE-R-2026-000099'), 'NUMBER_UNKNOWN'],
    ['one of two numbers nobody has', payment(100, `${one} SOE-R-2026-000099`), 'NUMBER_UNKNOWN'],
    ['documents of two members', payment(170, `${one} SOE-R-2026-000003`), 'SEVERAL_MEMBERS'],
    ['the account of somebody else', payment(100, one, at('IB')), 'PAYER_DIFFERS'],
    ['paid already', payment(100, 'SOE-R-2026-000005'), 'NOTHING_OPEN'],
    ['money in for a credit', payment(30, 'SOE-R-2026-000004'), 'DIRECTION_DIFFERS'],
    ['money out for a claim', payment(-100, one), 'DIRECTION_DIFFERS'],
    ['refunded too much', payment(-31, 'SOE-R-2026-000004'), 'SUM_DIFFERS'],
    ['taken back by the bank', payment(-100, one, { isReversal: true }), 'BANK_REVERSAL'],
    ['nothing to go by', payment(100, 'Umlage'), 'PAYER_UNKNOWN'],
    ['an unknown account', payment(100, 'Umlage', at('IX')), 'PAYER_UNKNOWN'],
    ['an account of several', payment(70, 'Umlage', at('IAB')), 'PAYER_OF_SEVERAL'],
    ['no claim of the amount', payment(99, 'Umlage', at('IA')), 'NO_CLAIM_OF_AMOUNT'],
  ] as const) {
    const outcome = matchPayment(incoming, known, 'SOE');
    const said =
      outcome.kind === 'unclear'
        ? outcome.reason
        : [
            ...outcome.matches.map(({ item: { number }, amountCents }) => [number, amountCents]),
            outcome.creditCents,
          ];
    t.same(said, expected, name);
  }
  const twins = facts([item(one, 100), item(two, 100)], { IA: ['a'] });
  const twin = matchPayment(payment(100, 'Umlage', at('IA')), twins, 'SOE');
  t.match(twin, {
    kind: 'unclear',
    reason: 'SEVERAL_CLAIMS_OF_AMOUNT',
    candidates: [{ number: one }, { number: two }],
  });
});

tap.test('matching: who pays what was written off pays what is owed, and gets no credit', async (t) => {
  const partly = item('SOE-R-2026-000001', 79, 'a', 119);
  const matched = (amountCents: number) =>
    matchPayment(payment(amountCents, 'SOE-R-2026-000001'), facts([partly]), 'SOE');
  for (const [amountCents, takes, creditCents] of [
    [119, 119, 0],
    [100, 100, 0],
    [79, 79, 0],
    [120, 119, 1],
  ] as const)
    t.match(matched(amountCents), { kind: 'matched', matches: [{ amountCents: takes }], creditCents });
});

tap.test(
  'matching: a claim that is written off in part and paid is no credit to later lines of its file',
  async (t) => {
    const partly = item('SOE-R-2026-000001', 60, 'a', 100);
    const out = { ...payment(-40, 'Auszahlung'), counterpartyIban: 'DE1' };
    const outcomes = matchAll(
      [payment(100, 'SOE-R-2026-000001'), out],
      facts([partly], { DE1: ['a'] }),
      'SOE',
    );
    t.match(outcomes, [{ kind: 'matched' }, { kind: 'unclear' }]);
  },
);

tap.test('matching: a file sees what its earlier transfers took', async (t) => {
  const one = 'SOE-R-2026-000001';
  const outcomes = matchAll(
    [payment(60, one), payment(40, one), payment(1, one)],
    facts([item(one, 100)]),
    'SOE',
  );
  t.match(outcomes, [
    { kind: 'matched', matches: [{ amountCents: 60 }] },
    { kind: 'matched', matches: [{ amountCents: 40 }], creditCents: 0 },
    { kind: 'unclear', reason: 'NOTHING_OPEN' },
  ]);
});
