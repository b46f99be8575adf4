import tap from 'tap';
import { type RatedPeriod, type RatedUsage, rateUsage } from '../../../src/modules/costing/index.ts';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import { DomainError } from '../../../src/platform/errors.ts';
import { addCost, addWording, problemOf, startCostingWorld, use } from '../../support/costing.ts';
import { cardInForce, cardTerms, nextVersion, pricedBy, unitPrice } from '../../support/rates.ts';
import { must } from '../../support/services.ts';

tap.test('rating of a period (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, centre, stranger, erwitte, anroechte, association, marriage, certificates } = world;
  const rateAs = (caller: typeof finance, change: Partial<RatedPeriod> = {}): Promise<RatedUsage> =>
    withHatTx(test.db, caller.context, (tx) =>
      rateUsage(tx, { centreId: centre.id, periodFrom: '2026-07-01', periodTo: '2026-10-01', ...change }),
    );
  const refusal = async (change: Partial<RatedPeriod> = {}) => {
    const error = await rateAs(finance, change).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof DomainError)) throw new Error('was not refused', { cause: error });
    return { code: error.code, detail: error.message };
  };

  await addWording(world, [marriage], [erwitte, anroechte], null, {
    priceClause: pricedBy('Ehe', [marriage]),
  });
  await addWording(world, [certificates], [erwitte], null, {
    from: '2026-08-16',
    priceClause: pricedBy('Urkunden', [certificates]),
  });

  await t.test('refused: a clause that names a card which is not in force on all days (12)', async (t) => {
    t.same(await refusal(), {
      code: 'RATE_CARD_MISSING',
      detail:
        '“Vereinbarung” (version 1) names the rate card “Ehe”, of which nothing is in force from 2026-07-01 to 2026-09-30.',
    });
    await cardInForce(
      world,
      'Ehe',
      cardTerms([unitPrice(marriage, 4500, { minimumCents: 10_000 })], { validFrom: '2026-07-02' }),
    );
    t.match(await refusal(), { detail: /in force from 2026-07-01 to 2026-07-01/ });
  });

  await use(world, erwitte, marriage, '7', { occurredAt: '2026-08-15T21:59:59Z' });
  await use(world, erwitte, marriage, '2', { occurredAt: '2026-08-15T22:00:00Z' });
  const flat = { serviceId: certificates, meter: 'cases', unit: 'case', model: 'flat', unitCents: 3100 };
  const second = {
    ...unitPrice(marriage, 4500),
    model: 'graduated',
    unitCents: undefined,
    tiers: [
      { upTo: '10', unitCents: '4500.5' },
      { upTo: null, unitCents: 4000 },
    ],
  };
  let firstAnswer = '';

  t.test(
    'each member pays each price of its card, used or not, by the days it is covered (12)',
    async (t) => {
      const [card] = (await must<{ items: { id: string }[] }>(finance, 'GET', '/rate-cards')).items;
      await nextVersion(world, card ?? { id: '' }, cardTerms([second], { validFrom: '2026-08-16' }));
      await cardInForce(world, 'Urkunden', cardTerms([flat]));
      const rated = await rateAs(finance, { periodFrom: '2026-07-02' });
      firstAnswer = JSON.stringify(rated);
      t.match(
        rated.items.map(({ member, serviceCode, quantity, amountCents, parts }) => ({
          member,
          serviceCode,
          quantity,
          amountCents,
          parts: parts.map((part) => [part.from, part.to, part.quantity, part.amountCents, part.trueUpCents]),
        })),
        [
          {
            member: '05974004',
            serviceCode: 'marriage',
            quantity: '0',
            parts: [
              ['2026-07-02', '2026-08-01', '0', 9677, 9677],
              ['2026-08-01', '2026-08-16', '0', 4839, 4839],
              ['2026-08-16', '2026-09-01', '0', 0, 0],
              ['2026-09-01', '2026-10-01', '0', 0, 0],
            ],
          },
          {
            member: '05974016',
            serviceCode: 'certificates',
            amountCents: 1600 + 3100,
            parts: [
              ['2026-08-16', '2026-09-01', '0', 1600, 0],
              ['2026-09-01', '2026-10-01', '0', 3100, 0],
            ],
          },
          {
            member: '05974016',
            serviceCode: 'marriage',
            quantity: '9',
            amountCents: 9677 + 31_500 + 9001,
            parts: [
              ['2026-07-02', '2026-08-01', '0', 9677, 9677],
              ['2026-08-01', '2026-08-16', '7', 31_500, 0],
              ['2026-08-16', '2026-09-01', '2', 9001, 0],
              ['2026-09-01', '2026-10-01', '0', 0, 0],
            ],
          },
        ],
      );
      t.equal(
        rated.amountCents,
        rated.items.reduce((sum, item) => sum + item.amountCents, 0),
      );
      t.match(rated.items[2]?.parts[2], {
        cardVersions: [{ number: 2 }],
        rateCard: 'Ehe',
        days: 16,
        ofDays: 31,
        interval: 'month',
      });
      const mine = await rateAs(finance, { periodFrom: '2026-07-02', organisationId: anroechte.id });
      t.same(mine.items, rated.items.slice(0, 1), 'one member alone pays the same');
    },
  );

  t.test('every part leads to exactly the events it counts (12)', async (t) => {
    const { items } = JSON.parse(firstAnswer) as RatedUsage;
    let seen = 0;
    for (const { parts, unit } of items) {
      for (const part of parts) {
        const events = await must<{ items: { quantity: string; unit: string }[] }>(
          finance,
          'GET',
          part.events.replace('/api/v1', ''),
        );
        t.equal(events.items.length, part.eventCount, part.events);
        t.equal(
          events.items.reduce((sum, event) => sum + Number(event.quantity), 0),
          Number(part.quantity),
        );
        t.ok(events.items.every((event) => event.unit === unit));
        seen += events.items.length;
      }
    }
    t.equal(seen, 2);
  });

  t.test(
    'a version or wording that comes later changes nothing, nor does usage after the period was frozen (12)',
    async (t) => {
      const before = await rateAs(finance, { periodFrom: '2026-07-02', recordedUntil: world.clock.now() });
      const [card] = (await must<{ items: { id: string }[] }>(finance, 'GET', '/rate-cards')).items;
      await nextVersion(
        world,
        card ?? { id: '' },
        cardTerms([unitPrice(marriage, 1)], { validFrom: '2026-10-01' }),
      );
      t.equal(JSON.stringify(await rateAs(finance, { periodFrom: '2026-07-02' })), firstAnswer);
      world.clock.set('2026-10-06T08:00:00.000Z');
      await use(world, erwitte, marriage, '1', { occurredAt: '2026-08-20T10:00:00Z' });
      const after = await rateAs(finance, {
        periodFrom: '2026-07-02',
        recordedUntil: '2026-10-05T08:00:00.000Z',
      });
      t.same(after, before);
      t.not((await rateAs(finance, { periodFrom: '2026-07-02' })).amountCents, before.amountCents);
    },
  );

  t.test('refused: usage of a meter or in a unit that the card has no price for (12)', async (t) => {
    await use(world, anroechte, marriage, '3', { meter: 'minutes', idempotencyKey: 'wrong' });
    t.match(await refusal({ periodFrom: '2026-07-02' }), {
      code: 'RATE_MISSING',
      detail: /^Anröchte used 3 of minutes \(minute\) of the service marriage/,
    });
    const [event] = (await must<{ items: { id: string }[] }>(finance, 'GET', '/usage-events?meter=minutes'))
      .items;
    await must(finance, 'POST', `/usage-events/${event?.id}/reversal`, { reason: 'falscher Zähler' });
    t.ok(
      (await rateAs(finance, { periodFrom: '2026-07-02' })).amountCents > 0,
      'what was taken back needs no price',
    );
  });

  t.test('refused: an amount beyond what cents can hold', async (t) => {
    const dear = await world.test.owner.sql<
      { id: string }[]
    >`select id from services where code = 'certificates'`;
    const id = dear[0]?.id ?? '';
    await addWording(world, [id], [association], null, { priceClause: pricedBy('Teuer', [id]) });
    await cardInForce(world, 'Teuer', cardTerms([unitPrice(id, 10_000_000_000_000)]));
    await use(world, association, id, '999999999999999999.999999', { occurredAt: '2026-06-01T10:00:00Z' });
    t.match(
      await refusal({ periodFrom: '2026-06-01', periodTo: '2026-07-01', organisationId: association.id }),
      { code: 'AMOUNT_OUT_OF_RANGE' },
    );
  });

  t.test('another centre rates nothing of it (7)', async (t) => {
    t.same(await rateAs(stranger), { amountCents: 0, items: [] });
  });

  t.test(
    '422: cost of a service that is paid by price is not shared out by a clause for others',
    async (t) => {
      const third = await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' });
      await addCost(world, marriage, 100, '2026-11-01');
      const run = await finance.call('POST', '/allocation-runs', { periodId: third.id });
      t.equal(problemOf(run).code, 'RUN_WITHOUT_COST');
    },
  );
});
