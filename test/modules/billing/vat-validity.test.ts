import fc from 'fast-check';
import { test } from 'tap';
import { determineVat, VAT_RULE_SETS, type VatDetermination } from '../../../src/modules/billing/index.ts';
import {
  determineThroughout,
  type Validity,
  type VatFacts,
} from '../../../src/modules/billing/vat/vat-validity.rules.ts';
import { plusDays } from '../../../src/platform/clock.ts';
import { DomainError } from '../../../src/platform/errors.ts';
import { turnover, vatFacts } from '../../support/vat-facts.ts';

const runs = { numRuns: 1000 };
const LAST = '2031-01-01';
/** Spans that begin on a day of the law and last from a day to many years, or for ever. */
const spans = fc.tuple(vatFacts, fc.constantFrom(1, 30, 365, 366, 800, 3000, null)).map(([input, days]) => {
  const { serviceDay, ...facts } = input;
  const validTo = days === null ? null : plusDays(serviceDay, days);
  return { facts, validity: { validFrom: serviceDay, validTo } };
});

function accepted(facts: VatFacts, validity: Validity): VatDetermination | undefined {
  try {
    return determineThroughout(facts, validity, VAT_RULE_SETS);
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

test('determinations of VAT over days (numbers in brackets: invariants of the README)', async (t) => {
  t.test('what is accepted for days comes to the same on each of them (11)', async (t) => {
    let count = 0;
    fc.assert(
      fc.property(spans, fc.nat(), ({ facts, validity }, at) => {
        const outcome = accepted(facts, validity);
        if (outcome === undefined) return;
        count += 1;
        const { validFrom, validTo } = validity;
        const length = daysBetween(validFrom, validTo ?? LAST);
        const day = plusDays(validFrom, at % length);
        t.strictSame(determineVat({ ...facts, serviceDay: day }, VAT_RULE_SETS), outcome);
      }),
      runs,
    );
    t.ok(count > 100, `${count} were accepted`);
  });

  t.test('what goes beyond a calendar year rests on no turnover (11)', async (t) => {
    let count = 0;
    fc.assert(
      fc.property(spans, turnover, turnover, ({ facts, validity }, one, other) => {
        const { validFrom, validTo } = validity;
        const outcome = accepted(facts, validity);
        const newYear = `${Number(validFrom.slice(0, 4)) + 1}-01-01`;
        if (outcome === undefined || (validTo !== null && validTo <= newYear)) return;
        count += 1;
        const changed = {
          ...facts,
          groupForecastCents: one,
          previousYearTurnoverCents: other,
          yearToDateTurnoverCents: one,
        };
        t.strictSame(accepted(changed, validity), outcome);
      }),
      runs,
    );
    t.ok(count > 100, `${count} go beyond`);
  });
});

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
