import fc from 'fast-check';
import tap, { type Test } from 'tap';
import { vatOn } from '../../../src/modules/billing/documents/amounts.rules.ts';
import type { DocumentKind } from '../../../src/modules/billing/documents/index.ts';
import type {
  AccountPlan,
  AccountRule,
  LedgerEntry,
  LedgerLine,
  LedgerStatement,
  LedgerVoucher,
} from '../../../src/modules/billing/ledger/ledger.types.ts';
import { ruleFor } from '../../../src/modules/billing/ledger/ledger-accounts.rules.ts';
import { bookingsOf, legsOf, sumsOf } from '../../../src/modules/billing/ledger/ledger-bookings.rules.ts';
import { spread } from '../../../src/modules/billing/ledger/ledger-entries.rules.ts';
import { bookStatements } from '../../../src/modules/billing/ledger/ledger-vouchers.rules.ts';

const say = (key: string, values: Readonly<Record<string, string>>) =>
  `${key} ${Object.values(values).join(' ')}`;
const none = new Map<string, readonly LedgerEntry[]>();
const RUNS = 1000;

const rule = (change: Partial<AccountRule>): AccountRule => ({
  serviceId: null,
  kind: null,
  vatCategory: null,
  ratePercent: null,
  account: '8000',
  product: 'P',
  costObject: null,
  vatAccount: '1776',
  taxKey: '3',
  ...change,
});

const PLAN: AccountPlan = {
  id: 'plan',
  validFrom: '2026-01-01',
  collectiveDebtor: null,
  rules: [
    rule({}),
    rule({ serviceId: 'a', account: '8001' }),
    rule({
      serviceId: 'a',
      vatCategory: 'S',
      ratePercent: '7',
      account: '8007',
      vatAccount: '1771',
      taxKey: '2',
    }),
    rule({ kind: 'credit', account: '8009' }),
    rule({ kind: 'instalment', account: '1710', vatAccount: '1777' }),
    rule({ kind: 'instalment', serviceId: 'b', account: '1711', vatAccount: '1777' }),
  ],
  debtors: new Map([['m', '10001']]),
};

type LineSample = readonly [service: string, rate: string, netCents: number];

interface Sample {
  readonly kind: DocumentKind;
  readonly lines: readonly LineSample[];
  readonly setsOff?: readonly (readonly [LedgerStatement, percent: number])[];
  readonly corrects?: LedgerStatement;
}

let count = 0;
function statement({ kind, lines, setsOff = [], corrects }: Sample): LedgerStatement {
  count += 1;
  const number = `SOE-R-2026-${String(count).padStart(6, '0')}`;
  const shown = lines.map(([serviceId, rate, netCents]): LedgerLine => {
    const vatCategory = rate === '0' ? 'E' : 'S';
    return {
      serviceId,
      serviceCode: serviceId,
      serviceTitle: `Leistung ${serviceId}`,
      vatCategory,
      ratePercent: rate,
      netCents,
    };
  });
  const vat = [...new Set(lines.map(([, rate]) => rate))].map((ratePercent) => {
    const net = shown
      .filter((line) => line.ratePercent === ratePercent)
      .reduce((sum, line) => sum + line.netCents, 0);
    return {
      category: ratePercent === '0' ? ('E' as const) : ('S' as const),
      ratePercent,
      vatCents: vatOn(net, ratePercent),
    };
  });
  const preceding = setsOff.map(([before, percent]) => {
    const part = (cents: number) => Math.trunc((cents * percent) / 100);
    return {
      statementId: before.id,
      number: before.number,
      prepaidCents: part(before.payableCents),
      prepaidVatCents: part(vatOf(before)),
    };
  });
  const gross = netOf({ lines: shown }) + vat.reduce((sum, one) => sum + one.vatCents, 0);
  return {
    id: number,
    number,
    kind,
    organisationId: 'm',
    memberName: 'Erwitte',
    memberKey: '05974016',
    issuedOn: '2026-10-05',
    dueOn: '2026-11-04',
    periodCode: '2026-Q3',
    startsOn: '2026-07-01',
    endsOn: '2026-10-01',
    agreementReference: 'Vereinbarung',
    correctsId: corrects?.id ?? null,
    correctsNumber: corrects?.number ?? null,
    preceding,
    lines: shown,
    vat,
    payableCents: gross - preceding.reduce((sum, { prepaidCents }) => sum + prepaidCents, 0),
  };
}

const netOf = ({ lines }: Pick<LedgerStatement, 'lines'>) =>
  lines.reduce((sum, line) => sum + line.netCents, 0);
const vatOf = ({ vat }: Pick<LedgerStatement, 'vat'>) => vat.reduce((sum, one) => sum + one.vatCents, 0);

const lineSample = fc.tuple(
  fc.constantFrom('a', 'b', 'c'),
  fc.constantFrom('19', '7', '0'),
  fc.integer({ min: -30_000, max: 3_000_000 }),
);
const lines = fc.array(lineSample, { minLength: 1, maxLength: 6 });
const positive = fc.array(
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('19', '7'), fc.integer({ min: 1, max: 900_000 })),
  { minLength: 1, maxLength: 4 },
);

/** Debit less credit of each account of a voucher, by its rows. */
function balances(
  voucher: LedgerVoucher,
  vat: 'separate' | 'included',
  layout: 'pairs' | 'legs',
): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (account: string, cents: number) => sums.set(account, (sums.get(account) ?? 0) + cents);
  if (layout === 'legs') {
    for (const { account, side, amountCents } of legsOf(voucher, vat, say)) {
      add(account, side === 'debit' ? amountCents : -amountCents);
    }
    return sums;
  }
  for (const { account, debtorAccount, debtorSide, amountCents } of bookingsOf(voucher, vat, say)) {
    const cents = debtorSide === 'debit' ? amountCents : -amountCents;
    add(debtorAccount, cents);
    add(account, -cents);
  }
  return sums;
}

/** What the member owes more after a document, by the document itself. */
function owed(statement: LedgerStatement, before: LedgerStatement | undefined): number {
  if (statement.kind === 381) return -statement.payableCents;
  return statement.payableCents - (statement.kind === 384 ? (before?.payableCents ?? 0) : 0);
}

function assertBalanced(voucher: LedgerVoucher, before?: LedgerStatement): void {
  for (const vat of ['separate', 'included'] as const) {
    for (const layout of ['pairs', 'legs'] as const) {
      const sums = balances(voucher, vat, layout);
      const total = [...sums.values()].reduce((sum, cents) => sum + cents, 0);
      if (total !== 0) throw new Error(`${vat} ${layout}: debit less credit is ${total}`);
      const debtor = sums.get('10001') ?? 0;
      if (debtor !== owed(voucher.statement, before))
        throw new Error(`${vat} ${layout}: member owes ${debtor}`);
    }
  }
}

function book(statements: readonly LedgerStatement[], kept = none) {
  const { vouchers, shortages } = bookStatements(statements, [PLAN], kept, say);
  if (shortages.length > 0) throw new Error(JSON.stringify(shortages));
  return vouchers;
}

const check = (t: Test, property: fc.IRawProperty<unknown>) => {
  t.doesNotThrow(() => fc.assert(property, { numRuns: RUNS }));
};

tap.test('bookings of documents (numbers in brackets: invariants)', async (t) => {
  t.test(
    'each document balances, revenue is its net, VAT its VAT, the member owes its payable (41)',
    async (t) => {
      check(
        t,
        fc.property(lines, fc.constantFrom<DocumentKind>(326, 380), (sample, kind) => {
          const made = statement({ kind, lines: sample });
          const [voucher] = book([made]) as [LedgerVoucher];
          assertBalanced(voucher);
          const sums = sumsOf([voucher]);
          const net = kind === 326 ? sums.advanceCents : sums.revenueCents;
          return (
            net === netOf(made) && sums.vatCents === vatOf(made) && sums.debtorCents === made.payableCents
          );
        }),
      );
    },
  );

  t.test('instalments stand as a liability and a final document clears them to nothing (42)', async (t) => {
    check(
      t,
      fc.property(
        fc.array(positive, { minLength: 1, maxLength: 3 }),
        lines,
        fc.boolean(),
        (advances, sample, later) => {
          const instalments = advances.map((own) => statement({ kind: 326, lines: own }));
          const setsOff = instalments.map((one) => [one, 100] as const);
          const final = statement({ kind: 380, lines: sample, setsOff });
          const first = book(instalments);
          const kept = new Map(first.map((voucher) => [voucher.statement.id, voucher.entries]));
          const all = later ? [...first, ...book([final], kept)] : book([...instalments, final]);
          for (const voucher of all) assertBalanced(voucher);
          const sums = new Map<string, number>();
          for (const voucher of all) {
            for (const [account, cents] of balances(voucher, 'separate', 'pairs')) {
              sums.set(account, (sums.get(account) ?? 0) + cents);
            }
          }
          const isCleared = ['1710', '1711', '1777'].every((account) => (sums.get(account) ?? 0) === 0);
          return isCleared && sumsOf(all).revenueCents === netOf(final);
        },
      ),
    );
  });

  t.test('what is set off in part is cleared to the cent (42)', async (t) => {
    check(
      t,
      fc.property(positive, lines, fc.integer({ min: 1, max: 99 }), (advance, sample, percent) => {
        const instalment = statement({ kind: 326, lines: advance });
        const final = statement({ kind: 380, lines: sample, setsOff: [[instalment, percent]] });
        const vouchers = book([instalment, final]);
        for (const voucher of vouchers) assertBalanced(voucher);
        const [before] = final.preceding;
        const left = netOf(instalment) - ((before?.prepaidCents ?? 0) - (before?.prepaidVatCents ?? 0));
        return sumsOf(vouchers).advanceCents === left;
      }),
    );
  });

  t.test('a corrected document leaves what it says and nothing of what it replaces (43)', async (t) => {
    check(
      t,
      fc.property(positive, lines, lines, lines, (advance, one, two, three) => {
        const instalment = statement({ kind: 326, lines: advance });
        const setsOff = [[instalment, 100]] as const;
        const first = statement({ kind: 380, lines: one, setsOff });
        const second = statement({ kind: 384, lines: two, setsOff, corrects: first });
        const third = statement({ kind: 384, lines: three, setsOff, corrects: second });
        // Whatever order they come in.
        const vouchers = book([third, second, first, instalment]);
        const of = (made: LedgerStatement) =>
          vouchers.find((voucher) => voucher.statement === made) as LedgerVoucher;
        assertBalanced(of(second), first);
        assertBalanced(of(third), second);
        const sums = sumsOf(vouchers);
        return (
          sums.revenueCents === netOf(third) && sums.advanceCents === 0 && sums.vatCents === vatOf(third)
        );
      }),
    );
  });

  t.test('a credit note takes back the document it is about, instalments included (43)', async (t) => {
    check(
      t,
      fc.property(positive, lines, (advance, sample) => {
        const instalment = statement({ kind: 326, lines: advance });
        const setsOff = [[instalment, 100]] as const;
        const final = statement({ kind: 380, lines: sample, setsOff });
        const credit = statement({ kind: 381, lines: sample, setsOff, corrects: final });
        const back = statement({ kind: 381, lines: advance, corrects: instalment });
        const vouchers = book([instalment, final, credit, back]);
        for (const voucher of vouchers) assertBalanced(voucher);
        const { revenueCents, advanceCents, vatCents, debtorCents } = sumsOf(vouchers);
        return [revenueCents, advanceCents, vatCents, debtorCents].every((cents) => cents === 0);
      }),
    );
  });

  t.test('an amount is split by weights of either sign and none of it is lost (41)', async (t) => {
    check(
      t,
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 8 }),
        (total, weights) => spread(total, weights).reduce((sum, part) => sum + part, 0) === total,
      ),
    );
  });

  t.test('the most specific rule holds, and a rule for any kind is none for instalments (40)', async (t) => {
    const line: LedgerLine = {
      serviceId: 'a',
      serviceCode: 'a',
      serviceTitle: 'A',
      vatCategory: 'S',
      ratePercent: '7.0',
      netCents: 1,
    };
    const accountOf = (rules: readonly AccountRule[], kind: Parameters<typeof ruleFor>[1], change = {}) =>
      ruleFor(rules, kind, { ...line, ...change })?.account;
    t.equal(accountOf(PLAN.rules, 'settlement'), '8007', '7.0 is 7');
    t.equal(accountOf(PLAN.rules, 'settlement', { ratePercent: '19' }), '8001');
    t.equal(accountOf(PLAN.rules, 'credit', { serviceId: 'b' }), '8009');
    t.equal(accountOf(PLAN.rules, 'credit'), '8007', 'the service counts more than the kind');
    t.equal(accountOf(PLAN.rules, 'settlement', { serviceId: 'c' }), '8000');
    t.equal(accountOf(PLAN.rules, 'instalment'), '1710', 'and not the one of the service');
    t.equal(accountOf([rule({})], 'instalment'), undefined);
  });

  t.test('everything that is missing is named at once, each thing once (40)', async (t) => {
    const stranger = {
      ...statement({ kind: 380, lines: [['a', '19', 100]] }),
      organisationId: 'x',
      memberName: 'Anröchte',
    };
    const early = { ...statement({ kind: 380, lines: [['a', '19', 100]] }), issuedOn: '2025-12-31' };
    const unknown = statement({ kind: 326, lines: [['a', '19', 100]] });
    const follows = statement({
      kind: 380,
      lines: [
        ['b', '19', 100],
        ['b', '19', 1],
      ],
      setsOff: [[unknown, 100]],
    });
    const rules = [rule({ serviceId: 'a', vatAccount: null })];
    const { shortages } = bookStatements([stranger, early, follows], [{ ...PLAN, rules }], none, say);
    t.same(shortages.map(({ code, detail }) => `${code}: ${detail}`).sort(), [
      'DEBTOR_MISSING: Anröchte has no personal account',
      'PLAN_MISSING: no account plan holds on 2025-12-31',
      `PREDECESSOR_MISSING: ${follows.number} follows ${unknown.number}, which has not been exported`,
      'RULE_MISSING: Leistung b (b), settlement, VAT S 19: no account in the plan from 2026-01-01',
      'VAT_ACCOUNT_MISSING: Leistung a (a), settlement, VAT S 19: no VAT account in the plan from 2026-01-01',
    ]);
    const sameAgain = statement({ kind: 380, lines: [['c', '19', 1]], setsOff: [[stranger, 100]] });
    t.match(bookStatements([{ ...stranger, organisationId: 'm' }, sameAgain], [PLAN], none, say).shortages, [
      { code: 'NO_INSTALMENT' },
    ]);
  });
});
