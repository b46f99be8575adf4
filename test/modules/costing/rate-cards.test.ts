import tap from 'tap';
import { movePeriod, problemOf, startCostingWorld } from '../../support/costing.ts';
import {
  approve,
  type CardBody,
  type CardVersionBody,
  cardInForce,
  cardTerms,
  nextVersion,
  unitPrice,
} from '../../support/rates.ts';
import { must } from '../../support/services.ts';

tap.test('rate cards (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, auditor, catalogueManager, member, stranger, marriage, certificates, test } =
    world;
  const prices = [unitPrice(marriage, 4500)];

  t.test('201: a card begins as a draft that holds nowhere (11)', async (t) => {
    const card = await must<CardBody>(finance, 'POST', '/rate-cards', {
      name: 'Entwurf',
      ...cardTerms(prices),
    });
    t.match(card, { numberToday: null, draftNumber: 1, version: 1 });
    const mine = await must<CardVersionBody>(finance, 'GET', `/rate-cards/${card.id}/versions/1`);
    const hers = await must<CardVersionBody>(colleague, 'GET', `/rate-cards/${card.id}/versions/1`);
    t.same(mine.availableActions, ['change']);
    t.same(hers.availableActions, ['change', 'approve']);
    const again = await finance.call('POST', '/rate-cards', { name: 'Entwurf ', ...cardTerms(prices) });
    t.equal(problemOf(again).code, 'RATE_CARD_NAME_TAKEN');
  });

  t.test(
    '403: who drafted a version or changed it last cannot approve it, nor whom the database lets (11)',
    async (t) => {
      const card = await must<CardBody>(finance, 'POST', '/rate-cards', {
        name: 'Augen',
        ...cardTerms(prices),
      });
      t.equal(problemOf(await approve(finance, card)).code, 'FOUR_EYES_REQUIRED');
      const etag = { 'if-match': '"1"' };
      const changed = await colleague.call(
        'PUT',
        `/rate-cards/${card.id}/versions/1`,
        cardTerms([unitPrice(marriage, 1)]),
        etag,
      );
      t.equal(changed.statusCode, 200);
      t.equal(problemOf(await approve(colleague, card)).code, 'FOUR_EYES_REQUIRED');
      t.equal(problemOf(await approve(finance, card)).code, 'FOUR_EYES_REQUIRED');
      t.equal(
        (await approve(catalogueManager, card)).statusCode,
        403,
        'a catalogue manager drafts and does not approve',
      );
      await t.rejects(
        test.owner
          .sql`update rate_card_versions set status = 'in_force', approved_by = created_by, approved_by_name = 'x',
        approved_at = now(), approved_hash = content_hash where rate_card_id = ${card.id}`,
        /four_eyes/,
      );
      const third = await test.caller(world.centre, ['finance'], 'Dritte');
      t.equal((await approve(third, card)).statusCode, 200);
    },
  );

  t.test('409, 412, 428: an approval is for the prices that were read (11)', async (t) => {
    const card = await must<CardBody>(finance, 'POST', '/rate-cards', {
      name: 'Signatur',
      ...cardTerms(prices),
    });
    const url = `/rate-cards/${card.id}/actions/approve`;
    const body = { number: 1, contentHash: '0'.repeat(64) };
    t.equal(
      problemOf(await colleague.call('POST', url, body, { 'if-match': '"1"' })).code,
      'RATE_CARD_APPROVAL_MISMATCH',
    );
    t.equal((await colleague.call('POST', url, body, { 'if-match': '"7"' })).statusCode, 412);
    t.equal((await colleague.call('POST', url, body)).statusCode, 428);
    const put = await finance.call('PUT', `/rate-cards/${card.id}/versions/1`, cardTerms(prices), {
      'if-match': '"7"',
    });
    t.equal(put.statusCode, 412);
  });

  t.test('a version in force never changes, and the next ends it on its own first day (11)', async (t) => {
    const card = await cardInForce(world, 'Folge', cardTerms(prices));
    t.match(card, { numberToday: 1, draftNumber: null });
    const etag = { 'if-match': `"${card.version}"` };
    const put = await finance.call('PUT', `/rate-cards/${card.id}/versions/1`, cardTerms(prices), etag);
    t.equal(problemOf(put).code, 'RATE_CARD_DRAFT_MISSING');
    const early = await finance.call('POST', `/rate-cards/${card.id}/versions`, cardTerms(prices));
    t.equal(problemOf(early).code, 'RATE_CARD_BACKDATED');
    await nextVersion(world, card, cardTerms([unitPrice(marriage, 5000)], { validFrom: '2026-11-01' }));
    const { items } = await must<{ items: CardVersionBody[] }>(
      finance,
      'GET',
      `/rate-cards/${card.id}/versions`,
    );
    t.match(items, [
      { number: 2, status: 'in_force', validFrom: '2026-11-01', validTo: null },
      { number: 1, status: 'superseded', validFrom: '2026-01-01', validTo: '2026-11-01' },
    ]);
    const { sql } = test.owner;
    await t.rejects(
      sql`update rate_card_versions set prices = '[]' where rate_card_id = ${card.id} and number = 1`,
      /immutable/,
    );
    await t.rejects(
      sql`update rate_card_versions set valid_to = null where rate_card_id = ${card.id} and number = 1`,
      /only ends/,
    );
    await t.rejects(
      sql`update rate_card_versions set status = 'draft' where rate_card_id = ${card.id} and number = 2`,
      /only ends/,
    );
    await t.rejects(sql`delete from rate_card_versions where rate_card_id = ${card.id}`, /is kept/);
    await t.rejects(
      sql`insert into rate_card_versions select gen_random_uuid(), centre_id, rate_card_id, 9, 'in_force', valid_from, valid_to, interval, prices, content_hash,
        created_by, created_by_name, created_at, edited_by, edited_by_name, edited_at, approved_by, approved_by_name, approved_at, approved_hash
        from rate_card_versions where rate_card_id = ${card.id} and number = 1`,
      /begins as a draft/,
    );
  });

  t.test('409: prices of a frozen period do not change any more (11)', async (t) => {
    const { id } = await must(finance, 'POST', '/billing-periods', { code: '2025-12' });
    await movePeriod(finance, id, 'close');
    await movePeriod(finance, id, 'freeze');
    const terms = cardTerms(prices, { validFrom: '2025-12-31' });
    const card = await must<CardBody>(finance, 'POST', '/rate-cards', { name: 'Spät', ...terms });
    t.equal(problemOf(await approve(colleague, card)).code, 'PERIOD_FROZEN');
    const etag = { 'if-match': '"1"' };
    await must(finance, 'PUT', `/rate-cards/${card.id}/versions/1`, cardTerms(prices), etag);
    t.equal((await approve(colleague, card)).statusCode, 200, 'from the day after it they do');
    const ended = cardTerms(prices, { validFrom: '2025-11-01', validTo: '2025-12-01' });
    const early = await must<CardBody>(finance, 'POST', '/rate-cards', { name: 'Früh', ...ended });
    t.equal((await approve(colleague, early)).statusCode, 200, 'and those that end before it');
    const cut = cardTerms(prices, { validFrom: '2025-10-01', validTo: null });
    const open = await must<CardBody>(finance, 'POST', '/rate-cards', { name: 'Offen', ...cut });
    t.equal(
      problemOf(await approve(colleague, open)).code,
      'PERIOD_FROZEN',
      'without an end they reach into it',
    );
  });

  t.test('422: every wrong place of the prices is named', async (t) => {
    const refused = async (wrong: readonly object[], change: object = {}) => {
      const body = { name: 'Falsch', ...cardTerms(wrong, change) };
      const problem = problemOf(await finance.call('POST', '/rate-cards', body));
      t.equal(problem.code, 'RATE_CARD_PRICES_INVALID');
      return problem.errors.map(({ pointer, code }) => `${pointer} ${code}`);
    };
    t.same(await refused([unitPrice(marriage, 1), unitPrice(marriage, 2)]), ['/prices/1/meter REPEATED']);
    t.same(await refused([unitPrice(world.centre.id, 1)]), ['/prices/0/serviceId UNKNOWN']);
    t.same(await refused([{ ...unitPrice(marriage, 1), model: 'graduated' }]), [
      '/prices/0/unitCents NOT_APPLICABLE',
      '/prices/0/tiers REQUIRED',
    ]);
    t.same(await refused([{ ...unitPrice(marriage, 1), model: 'hourly' }]), ['/prices/0/unit NOT_MINUTES']);
    t.same(await refused([unitPrice(marriage, 1, { minimumCents: 2, maximumCents: 1 })]), [
      '/prices/0/minimumCents RATE_COMMITMENT_INVALID',
    ]);
    const tiers = [{ upTo: '5', unitCents: 1 }];
    const { unitCents: _, ...noUnit } = unitPrice(marriage, 1);
    t.same(await refused([{ ...noUnit, model: 'volume', tiers }]), [
      '/prices/0/tiers/0/upTo RATE_TIERS_INVALID',
    ]);
    const empty = { size: '0', unitCents: 1 };
    t.same(await refused([{ ...noUnit, model: 'package', package: empty }]), [
      '/prices/0/package/size RATE_PACKAGE_EMPTY',
    ]);
    t.same(await refused(prices, { validTo: '2026-01-01' }), ['/validTo PERIOD_EMPTY']);
  });

  t.test(
    '400: no price is guessed: thousands separators, commas, 30 decimals, fractions of a number, signs',
    async (t) => {
      for (const wrong of ['1.000,00', '45,00', `0.${'1'.repeat(30)}`, 4500.5, -1, '-1', '1e3', ' 1', 1e16]) {
        const answer = await finance.call('POST', '/rate-cards', {
          name: 'Zahl',
          ...cardTerms([unitPrice(certificates, wrong)]),
        });
        t.equal(answer.statusCode, 400, String(wrong));
      }
      const day = await finance.call('POST', '/rate-cards', {
        name: 'Tag',
        ...cardTerms(prices, { validFrom: '31.12.2026' }),
      });
      t.equal(day.statusCode, 400);
      const { items } = await must<{ items: unknown[] }>(finance, 'GET', '/rate-cards?name=Zahl');
      t.same(items, [], 'nothing was written');
    },
  );

  t.test('404: another centre neither reads nor changes a card, a member does neither (7)', async (t) => {
    const card = await cardInForce(world, 'Eigen', cardTerms(prices));
    t.same((await must<{ items: unknown[] }>(stranger, 'GET', '/rate-cards')).items, []);
    for (const path of ['', '/versions', '/versions/1']) {
      t.equal((await stranger.call('GET', `/rate-cards/${card.id}${path}`)).statusCode, 404, path);
      t.equal((await member.call('GET', `/rate-cards/${card.id}${path}`)).statusCode, 403, path);
    }
    const terms = cardTerms([], { validFrom: '2027-01-01' });
    const foreign = { ...terms, prices: [unitPrice(marriage, 1)] };
    t.equal((await stranger.call('POST', `/rate-cards/${card.id}/versions`, foreign)).statusCode, 404);
    const own = await stranger.call('POST', '/rate-cards', { name: 'Eigen', ...foreign });
    t.equal(problemOf(own).code, 'RATE_CARD_PRICES_INVALID', 'a service of another centre is none');
    t.equal((await auditor.call('GET', `/rate-cards/${card.id}`)).statusCode, 200);
    t.equal((await auditor.call('POST', '/rate-cards', { name: 'x', ...foreign })).statusCode, 403);
    const [row] = await test.db.sql.begin(async (tx) => {
      await tx`select app.open_hat('centre', ${stranger.hat.id}, ${stranger.userId}, null)`;
      return tx<
        { n: number }[]
      >`select (select count(*)::int from rate_cards) + (select count(*)::int from rate_card_versions) as n`;
    });
    t.equal(row?.n, 0, 'nor by SQL');
  });
});
