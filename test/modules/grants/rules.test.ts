import fc from 'fast-check';
import { test } from 'tap';
import { computeGrant } from '../../../src/modules/grants/grant.rules.ts';

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
