import fc from 'fast-check';
import { test } from 'tap';
import {
  determineVat,
  planInstalments,
  settle,
  VAT_RULE_SETS,
  VAT_STEPS,
  type VatDetermination,
  type VatInput,
} from '../../src/modules/billing/index.ts';
import { vatFacts } from '../support/vat-facts.ts';

const runs = { numRuns: 1000 };
/** The step that may come to a rule, and what the rule comes to. */
const RULES: Readonly<Record<string, readonly [step: string, result: VatDetermination['result']]>> = {
  NO_EXCHANGE: ['S0', 'OUT_OF_SCOPE'],
  LEGACY_2_3_AF: ['S2', 'OUT_OF_SCOPE'],
  LEGACY_CLASS_MISSING: ['S2', 'REVIEW'],
  FORECAST_MISSING: ['S4', 'REVIEW'],
  '2B_2_1': ['S4', 'OUT_OF_SCOPE'],
  '2B_2_2': ['S5', 'OUT_OF_SCOPE'],
  '2B_3_1': ['S6', 'OUT_OF_SCOPE'],
  '2B_1_DELEGATION': ['S7', 'OUT_OF_SCOPE'],
  '2B_1_NO_COMPETITION': ['S8', 'OUT_OF_SCOPE'],
  '2B_3_2': ['S9', 'OUT_OF_SCOPE'],
  '2B_3_2_COMPETITION_CHECK_MISSING': ['S9', 'REVIEW'],
  '4_29': ['S10', 'EXEMPT'],
  '4_OTHER:4_14': ['S11', 'EXEMPT'],
  '19': ['S12', 'EXEMPT'],
  STANDARD: ['S13', 'TAXABLE'],
};

const determine = (input: VatInput) => determineVat(input, VAT_RULE_SETS);
/** Goes through to the last step. */
const plain: VatInput = {
  consideration: true,
  sameLegalEntity: false,
  providerType: 'PUBLIC_LAW',
  recipientType: 'PUBLIC_LAW',
  legacyOption: false,
  basis: 'PUBLIC',
  serviceDay: '2027-02-15',
  groupForecastCents: 50_000_00,
  previousYearTurnoverCents: 300_000_00,
  yearToDateTurnoverCents: 60_000_00,
};

test('VAT', async (t) => {
  t.test('all facts end in one outcome, by the step that the trace ends with', async (t) => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(vatFacts, (input) => {
        const { rule, result, trace, law } = determine(input);
        seen.add(rule);
        const steps = VAT_STEPS.map((step) => step.id);
        const places = trace.map((id) => steps.indexOf(id));
        const [step, expected] = RULES[rule] ?? [];
        return (
          trace[0] === 'S0' &&
          trace.at(-1) === step &&
          result === expected &&
          places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0)) &&
          VAT_STEPS.find(({ id }) => id === step)?.law === law
        );
      }),
      { numRuns: 20_000, seed: 1 },
    );
    t.strictSame([...seen].sort(), Object.keys(RULES).sort(), 'every rule was met');
  });

  t.test(
    'out of scope and exempt bear no tax; only taxable has a rate, and a review has nothing',
    async () => {
      fc.assert(
        fc.property(vatFacts, (input) => {
          const { result, category, ratePercent, vatexCode } = determine(input);
          switch (result) {
            case 'OUT_OF_SCOPE':
              return category === 'O' && ratePercent === 0 && vatexCode === 'VATEX-EU-O';
            case 'EXEMPT':
              return category === 'E' && ratePercent === 0;
            case 'TAXABLE':
              return category === 'S' && ratePercent === (input.reducedRate ? 7 : 19) && vatexCode === null;
            case 'REVIEW':
              return category === null && ratePercent === null && vatexCode === null;
          }
        }),
        runs,
      );
    },
  );

  t.test('a jump leaves out the steps in between and none other', async () => {
    fc.assert(
      fc.property(vatFacts, (input) => {
        const { trace } = determine(input);
        const skipped = VAT_STEPS.map(({ id }) => id).filter(
          (id, place) =>
            !trace.includes(id) && place < VAT_STEPS.findIndex((step) => step.id === trace.at(-1)),
        );
        return skipped.length === 0 || (skipped.at(-1) === 'S9' && trace.includes('S10'));
      }),
      runs,
    );
  });

  t.test('each step by hand', async (t) => {
    const legacy = { legacyOption: true, serviceDay: '2026-12-31' } as const;
    const ad = { a: true, b: true, c: true, d: true };
    const cases: [Partial<VatInput>, string, string?][] = [
      [{}, 'STANDARD'],
      [{ consideration: false }, 'NO_EXCHANGE'],
      [{ ...legacy, legacyClass: 'BGA', otherExemption: '4_21' }, '4_OTHER:4_21', 'S0 S1 S2 S10 S11'],
      [{ ...legacy, legacyClass: 'UNKNOWN' }, 'LEGACY_CLASS_MISSING'],
      [legacy, 'LEGACY_CLASS_MISSING'],
      [{ comparableExemptWithoutOption: true }, '2B_2_2'],
      [{ reservedByLaw: true, recipientType: 'PRIVATE' }, 'STANDARD'],
      [{ delegation: true }, 'STANDARD'],
      [{ delegation: true, dischargeDecisive: true, recipientType: 'PRIVATE' }, 'STANDARD'],
      [{ noPotentialCompetition: true, recipientType: 'PRIVATE' }, '2B_1_NO_COMPETITION'],
      [{ cooperation: ad, recipientType: 'PRIVATE' }, 'STANDARD'],
      [{ cooperation: { a: true, b: true, c: true }, competitionCheck: 'NONE' }, 'STANDARD'],
      [{ costSharing: { independentGroup: true } }, 'STANDARD'],
      [{ smallBusinessWaived: true, previousYearTurnoverCents: 0, yearToDateTurnoverCents: 0 }, 'STANDARD'],
      [{ previousYearTurnoverCents: 0, yearToDateTurnoverCents: 0 }, '19'],
    ];
    for (const [changes, rule, trace] of cases) {
      const outcome = determine({ ...plain, ...changes });
      t.equal(outcome.rule, rule, JSON.stringify(changes));
      if (trace !== undefined) t.equal(outcome.trace.join(' '), trace);
    }
    t.match(determine({ ...plain, reducedRate: true }), { ratePercent: 7, ruleSet: 'ustg-2025-01' });
  });

  t.test('the rule set is that of the service day', async (t) => {
    const small = { ...plain, previousYearTurnoverCents: 22_000_01, yearToDateTurnoverCents: 0 };
    t.match(determine({ ...small, serviceDay: '2024-12-31' }), { rule: 'STANDARD', ruleSet: 'ustg-2021-01' });
    t.match(determine({ ...small, serviceDay: '2025-01-01' }), { rule: '19', ruleSet: 'ustg-2025-01' });
  });

  t.test('rule sets follow each other without gap or overlap, and each figure has a source', async (t) => {
    for (const [index, set] of VAT_RULE_SETS.entries()) {
      const next = VAT_RULE_SETS[index + 1];
      if (next === undefined) t.equal(set.validTo, null);
      else t.equal(Date.parse(next.validFrom) - Date.parse(set.validTo ?? ''), 86_400_000);
      for (const [name, figure] of Object.entries(set)) {
        if (typeof figure === 'object' && figure !== null)
          t.match(figure, { source: /§ \d+/ }, `${set.id}: ${name}`);
      }
    }
  });
});

test('instalments', async (t) => {
  const days = fc.uniqueArray(
    fc
      .integer({ min: 1, max: 365 })
      .map((n) => `2026-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`),
    { minLength: 1, maxLength: 12 },
  );

  t.test('add up to the total, differ by a cent at most, and the earlier ones are not smaller', async () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 - 10 ** 14, max: 10 ** 14 - 1 }), days, (totalCents, due) => {
        const { instalments } = planInstalments({ totalCents, due });
        const sizes = instalments.map(({ amountCents }) => Math.abs(amountCents));
        return (
          instalments.reduce((sum, { amountCents }) => sum + BigInt(amountCents), 0n) ===
            BigInt(totalCents) &&
          Math.max(...sizes) - Math.min(...sizes) <= 1 &&
          sizes.every((size, index) => index === 0 || size <= (sizes[index - 1] ?? 0))
        );
      }),
      runs,
    );
  });

  t.test('the order of the days changes nothing', async () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 - 10 ** 14, max: 10 ** 14 - 1 }), days, (totalCents, due) => {
        const plan = JSON.stringify(planInstalments({ totalCents, due }));
        return JSON.stringify(planInstalments({ totalCents, due: due.toReversed() })) === plan;
      }),
      runs,
    );
  });
});

test('settlement', async (t) => {
  const amount = fc.integer({ min: -(10 ** 13), max: 10 ** 13 });
  const members = fc.uniqueArray(
    fc.record({
      member: fc.string({ minLength: 1, maxLength: 3 }),
      invoicedCents: amount,
      paidCents: amount,
      actualCents: amount,
    }),
    { selector: ({ member }) => member, maxLength: 8 },
  );

  t.test(
    'settlement and what was invoiced are the actual cost; with what is open they are what is due',
    async () => {
      fc.assert(
        fc.property(members, (list) => {
          const settled = new Map(settle({ members: list }).members.map((each) => [each.member, each]));
          return list.every(({ member, invoicedCents, paidCents, actualCents }) => {
            const { settlementCents, openCents, netDueCents } = settled.get(member) ?? {
              settlementCents: Number.NaN,
              openCents: Number.NaN,
              netDueCents: Number.NaN,
            };
            return (
              settlementCents + invoicedCents === actualCents &&
              openCents + paidCents === invoicedCents &&
              netDueCents === settlementCents + openCents &&
              netDueCents + paidCents === actualCents
            );
          });
        }),
        runs,
      );
    },
  );

  t.test('the order of the members changes nothing', async () => {
    fc.assert(
      fc.property(
        members,
        (list) =>
          JSON.stringify(settle({ members: list })) ===
          JSON.stringify(settle({ members: list.toReversed() })),
      ),
      runs,
    );
  });
});
