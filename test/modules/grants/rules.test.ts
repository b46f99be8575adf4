import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import { clawbackOf } from '../../../src/modules/grants/clawback.rules.ts';
import { computeGrant } from '../../../src/modules/grants/grant.rules.ts';
import {
  type Award,
  assertDrawable,
  balanceOf,
  entitlementOf,
  financingOf,
  type GrantSums,
} from '../../../src/modules/grants/grant-money.rules.ts';
import { testSavings } from '../../../src/modules/grants/savings.rules.ts';
import { plusDays } from '../../../src/platform/clock.ts';
import { DomainError } from '../../../src/platform/errors.ts';

const runs = { numRuns: 1000 };

test('grant', async (t) => {
  const rule = { baseCents: 17500000, stepCents: 3500000, singlePartyCents: 7500000, percent: '90' };

  t.test('the cap grows by party, and a single one has its own', async (t) => {
    const caps = [1, 2, 3, 5].map(
      (parties) => computeGrant({ rule, parties, eligibleCents: 10 ** 12 }).grantCents,
    );
    t.strictSame(caps, [7500000, 17500000, 21000000, 28000000]);
  });

  t.test('the share is cut off to the cent', async (t) => {
    t.equal(computeGrant({ rule, parties: 2, eligibleCents: 19 }).percentCents, 17);
    t.equal(
      computeGrant({ rule: { ...rule, percent: '33.333' }, parties: 2, eligibleCents: 300 }).percentCents,
      99,
    );
  });

  t.test('grant and own share are the eligible cost; the grant is never above cap or share', async () => {
    const some = fc.nat(10 ** 9);
    const rules = fc.record({
      baseCents: some,
      stepCents: some,
      singlePartyCents: some,
      percent: fc.nat(100).map(String),
    });
    fc.assert(
      fc.property(
        rules,
        fc.integer({ min: 1, max: 50 }),
        fc.nat(2 ** 31 - 1),
        (given, parties, eligibleCents) => {
          const grant = computeGrant({ rule: given, parties, eligibleCents });
          return (
            grant.grantCents + grant.ownShareCents === eligibleCents &&
            grant.grantCents === Math.min(grant.capCents, grant.percentCents) &&
            grant.ownShareCents >= 0
          );
        },
      ),
      runs,
    );
  });
});

const cents = fc.nat(10 ** 10);
const rule = fc.record({
  baseCents: cents,
  stepCents: cents,
  singlePartyCents: cents,
  percent: fc.nat(1000).map((tenths) => (tenths / 10).toFixed(1)),
});
const award = fc.record({
  rule,
  parties: fc.integer({ min: 1, max: 50 }),
  awardedCents: fc.integer({ min: 1, max: 10 ** 11 }),
});

test('financing (2)', async (t) => {
  fc.assert(
    fc.property(award, fc.integer({ min: -(10 ** 9), max: 10 ** 11 }), cents, (given, eligible, other) => {
      const grant = entitlementOf(given, eligible);
      const financing = financingOf(eligible, other, grant);
      const exact = BigInt(Math.max(0, eligible)) * BigInt(given.rule.percent.replace('.', ''));
      return (
        financing.grantCents + financing.ownShareCents === eligible &&
        financing.netPoolCents === eligible + other - grant &&
        grant >= 0 &&
        grant <= given.awardedCents &&
        BigInt(grant) * 1000n <= exact
      );
    }),
    runs,
  );
  t.pass(
    'grant + own share = eligible; net pool = eligible + not eligible − grant; within award and percentage',
  );
});

/** What may happen to a grant, in any order; amounts are shares of what is possible and a little beyond. */
type Event =
  | { readonly type: 'cost'; readonly cents: number }
  | { readonly type: 'draw'; readonly share: number }
  | { readonly type: 'receive'; readonly share: number }
  | { readonly type: 'cancel' }
  | {
      readonly type: 'clawback';
      readonly reason: 'eligible_cost' | 'purpose_ended' | 'other';
      readonly share: number;
    }
  | { readonly type: 'repay' };

const share = fc.integer({ min: 1, max: 130 });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ type: fc.constant('cost' as const), cents: fc.integer({ min: -(10 ** 7), max: 10 ** 8 }) }),
  fc.record({ type: fc.constant('draw' as const), share }),
  fc.record({ type: fc.constant('receive' as const), share }),
  fc.record({ type: fc.constant('cancel' as const) }),
  fc.record({
    type: fc.constant('clawback' as const),
    reason: fc.constantFrom('eligible_cost' as const, 'purpose_ended' as const, 'other' as const),
    share,
  }),
  fc.record({ type: fc.constant('repay' as const) }),
);

interface Books {
  eligible: number;
  open: number[];
  demanded: number[];
  /** Income as it is booked, line by line. */
  readonly income: number[];
  received: number;
  clawedBack: number;
  repaid: number;
}

const sumsIn = ({ open, received, clawedBack, repaid }: Books): GrantSums => ({
  drawnCents: received + open.reduce((sum, amount) => sum + amount, 0),
  receivedCents: received,
  clawedBackCents: clawedBack,
  repaidCents: repaid,
});

/** Does what the services do with the same rules; what a rule refuses does not happen. */
function play(books: Books, given: Award, happening: Event): void {
  const entitled = entitlementOf(given, books.eligible);
  const part = (whole: number, percent: number) => Math.ceil((whole * percent) / 100);
  switch (happening.type) {
    case 'cost':
      books.eligible += happening.cents;
      return;
    case 'draw': {
      const amount = part(entitled, happening.share);
      assertDrawable(amount, entitled, sumsIn(books), '2026-10-01');
      if (amount > 0) books.open.push(amount);
      return;
    }
    case 'receive': {
      const asked = books.open.shift();
      if (asked === undefined) return;
      const came = Math.min(asked, Math.max(1, part(asked, happening.share)));
      books.received += came;
      books.income.push(came);
      return;
    }
    case 'cancel':
      books.open.shift();
      return;
    case 'clawback': {
      const { reason } = happening;
      const { amountCents } = clawbackOf(
        {
          reason,
          ...(reason === 'other' && { amountCents: part(books.received, happening.share) }),
          ...(reason === 'purpose_ended' && { endedOn: plusDays('2027-01-01', happening.share) }),
        },
        {
          sums: sumsIn(books),
          eligibleCents: books.eligible,
          entitledCents: entitled,
          purposeFrom: '2027-01-01',
          purposeTo: '2027-04-11',
        },
      );
      books.clawedBack += amountCents;
      books.demanded.push(amountCents);
      return;
    }
    case 'repay': {
      const amount = books.demanded.shift();
      if (amount === undefined) return;
      books.repaid += amount;
      books.income.push(-amount);
    }
  }
}

test('money of a grant, whatever happens (8, 10)', async (t) => {
  let drawn = 0;
  let clawed = 0;
  fc.assert(
    fc.property(award, fc.array(event, { minLength: 20, maxLength: 60 }), (given, events) => {
      const books: Books = {
        eligible: 10 ** 8,
        open: [],
        demanded: [],
        income: [],
        received: 0,
        clawedBack: 0,
        repaid: 0,
      };
      for (const happening of events) {
        const before = sumsIn(books);
        const entitled = entitlementOf(given, books.eligible);
        try {
          play(books, given, happening);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
        const sums = sumsIn(books);
        const income = books.income.reduce((sum, amount) => sum + amount, 0);
        if (happening.type === 'draw' && sums.drawnCents > before.drawnCents) {
          drawn += 1;
          assert.ok(sums.drawnCents <= entitled, 'never more than the cost gives');
        }
        if (sums.clawedBackCents > before.clawedBackCents) clawed += 1;
        assert.ok(sums.drawnCents <= given.awardedCents, 'never more than was awarded');
        assert.ok(sums.clawedBackCents <= sums.receivedCents, 'never more back than came');
        assert.ok(sums.repaidCents <= sums.clawedBackCents);
        assert.equal(income, sums.receivedCents - sums.repaidCents, 'the books hold what the authority paid');
        const { toRepayCents, toDrawCents } = balanceOf(entitlementOf(given, books.eligible), sums);
        const kept = sums.receivedCents - sums.repaidCents - toRepayCents;
        assert.ok(toRepayCents >= 0 && toDrawCents >= 0 && kept >= 0);
        assert.ok(
          kept <= entitlementOf(given, books.eligible),
          'and in the end nobody keeps more than the cost gives',
        );
      }
    }),
    runs,
  );
  t.ok(drawn > 500 && clawed > 500, `there was something to see: ${drawn} drawdowns, ${clawed} clawbacks`);
});

test('a purpose ended early: what stays and what goes back are what there was (10)', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 9000, max: 10 ** 11 }),
      fc.integer({ min: 1, max: 9000 }),
      fc.nat(8999),
      (receivedCents, days, served) => {
        fc.pre(served < days);
        const { amountCents, derivation } = clawbackOf(
          { reason: 'purpose_ended', endedOn: plusDays('2027-01-01', served) },
          {
            sums: { receivedCents, clawedBackCents: 0 },
            eligibleCents: 0,
            entitledCents: 0,
            purposeFrom: '2027-01-01',
            purposeTo: plusDays('2027-01-01', days),
          },
        );
        const [over = 0n, under = 1n] = String((derivation as { exactCents: string }).exactCents)
          .split('/')
          .map(BigInt);
        const off = BigInt(amountCents) * under - over;
        assert.ok(2n * (off < 0n ? -off : off) <= under, 'to the nearest cent');
        assert.equal(
          over * BigInt(days),
          BigInt(receivedCents) * BigInt(days - served) * under,
          'exactly by days',
        );
      },
    ),
    runs,
  );
  const half = clawbackOf(
    { reason: 'purpose_ended', endedOn: '2027-01-02' },
    {
      sums: { receivedCents: 3, clawedBackCents: 0 },
      eligibleCents: 0,
      entitledCents: 0,
      purposeFrom: '2027-01-01',
      purposeTo: '2027-01-03',
    },
  );
  t.equal(half.amountCents, 1, 'of two equal halves of a cent the first by name is lifted: what is kept');
});

test('savings: the bound is compared exactly (3)', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 ** 14 - 1 }),
      fc.nat(10 ** 14 - 1),
      fc.nat(1000),
      (before, after, tenths) => {
        const requiredPercent = (tenths / 10).toFixed(1);
        const { isMet, savedCents } = testSavings({
          costBeforeCents: before,
          costAfterCents: after,
          requiredPercent,
        });
        assert.equal(isMet, BigInt(before - after) * 1000n >= BigInt(before) * BigInt(tenths));
        assert.equal(savedCents, before - after);
      },
    ),
    runs,
  );
  t.equal(
    testSavings({ costBeforeCents: 3, costAfterCents: 2, requiredPercent: '33.3333' }).percent,
    '33.3333',
  );
  t.equal(testSavings({ costBeforeCents: 3, costAfterCents: 2, requiredPercent: '33.3334' }).isMet, false);
  t.equal(
    testSavings({ costBeforeCents: 10 ** 9, costAfterCents: 10 ** 9 + 1, requiredPercent: '0' }).percent,
    '0.0000',
  );
});
