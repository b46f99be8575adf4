import fc from 'fast-check';
import tap from 'tap';
import { matchableRange } from '../../../../src/modules/billing/payments/matching.rules.ts';
import { newId } from '../../../../src/platform/ids.ts';
import { type CamtEntry, camt } from '../../../support/camt.ts';
import { problemOf } from '../../../support/costing.ts';
import {
  issued,
  type OpenItemBody,
  OWN_IBAN,
  openItems,
  type PaymentBody,
  pay,
  type ReceivablesWorld,
  sendBankFile,
  startReceivablesWorld,
} from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

tap.test('property: what may be matched never passes the claim, in either direction (27)', async (t) => {
  const cents = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(cents, fc.array(cents, { maxLength: 8 }), (claim, wishes) => {
      let matched = 0;
      for (const wish of wishes) {
        const [least, most] = matchableRange(claim, matched);
        if (wish >= least && wish <= most) matched += wish;
        if (matched < Math.min(0, claim) || matched > Math.max(0, claim)) return false;
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.pass('in 2,000 cases');
});

tap.test('open items, payments and bank files (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, auditor, member, otherMember, stranger, clock, erwitte, anroechte } = world;
  const sql = test.owner.sql;
  const ofMember = async (id: string) => await openItems(finance, `state=all&organisationId=${id}`);
  const itemOf = async (statementId: string) =>
    (await openItems(finance, 'state=all')).find((item) => item.statementId === statementId);
  const refusedPayment = async (body: object) =>
    problemOf(
      await finance.call('POST', '/payments', {
        organisationId: erwitte.id,
        bookedOn: '2026-10-05',
        text: 'x',
        ...body,
      }),
    );
  const send = (entries: readonly CamtEntry[], change: object = {}, query = 'dryRun=false') =>
    sendBankFile(test, finance, camt({ entries, ...change }), query);

  t.test(
    'a chain claims what its newest document says, and keeps what was paid on any of them (27)',
    async (t) => {
      const first = await issued(world, erwitte, { kind: 380, netCents: 10_000 });
      t.match(await itemOf(first.id), {
        claimCents: 11_900,
        matchedCents: 0,
        openCents: 11_900,
        overdueSince: null,
      });
      await pay(finance, {
        organisationId: erwitte.id,
        amountCents: 11_900,
        matches: [{ statementId: first.id, amountCents: 11_900 }],
      });
      const corrected = await issued(world, erwitte, { kind: 384, netCents: 8_000, corrects: first });
      t.equal(await itemOf(first.id), undefined, 'one row for each chain');
      t.match(await itemOf(corrected.id), {
        chainId: first.id,
        claimCents: 9_520,
        matchedCents: 11_900,
        openCents: -2_380,
      });
      await pay(finance, {
        organisationId: erwitte.id,
        amountCents: -380,
        matches: [{ statementId: first.id, amountCents: -380 }],
      });
      t.match(
        await itemOf(corrected.id),
        { openCents: -2_000 },
        'a part paid back, by the number of the first',
      );
      const back = await issued(world, erwitte, { kind: 381, netCents: 8_000, corrects: corrected });
      t.match(await itemOf(back.id), {
        chainId: first.id,
        claimCents: 0,
        matchedCents: 11_520,
        openCents: -11_520,
      });
      t.equal((await openItems(finance, 'state=all')).length, 1);
    },
  );

  t.test(
    '422, 409: no more is matched than is open and was paid, and only for the member itself (27)',
    async (t) => {
      const own = await issued(world, erwitte, { netCents: 1_000 });
      const other = await issued(world, anroechte, { netCents: 1_000 });
      const match = (statementId: string, amountCents: number) => ({
        matches: [{ statementId, amountCents }],
      });
      for (const [body, code, pointer] of [
        [
          { amountCents: 1_200, ...match(own.id, 1_191) },
          'PAYMENT_MATCH_TOO_LARGE',
          '/matches/0/amountCents',
        ],
        [{ amountCents: 1_000, ...match(own.id, 1_001) }, 'PAYMENT_MATCH_TOO_LARGE', '/matches'],
        [{ amountCents: 1_000, ...match(own.id, -1) }, 'PAYMENT_MATCH_TOO_LARGE', '/matches/0/amountCents'],
        [{ amountCents: 1_000, ...match(own.id, 0) }, 'PAYMENT_MATCH_TOO_LARGE', '/matches/0/amountCents'],
        [
          { amountCents: 1_000, ...match(other.id, 1) },
          'PAYMENT_STATEMENT_UNKNOWN',
          '/matches/0/statementId',
        ],
        [{ amountCents: 1_000, ...match(newId(), 1) }, 'PAYMENT_STATEMENT_UNKNOWN', '/matches/0/statementId'],
        [{ amountCents: 1_000, organisationId: newId() }, 'PAYMENT_MEMBER_UNKNOWN', '/organisationId'],
        [{ amountCents: 1_000, bookedOn: '2026-10-06' }, 'PAYMENT_DAY_REFUSED', '/bookedOn'],
        [{ amountCents: 0 }, 'PAYMENT_AMOUNT_ZERO', '/amountCents'],
        [{ amountCents: 100_000_000_000_000 }, 'VALIDATION_FAILED', '/amountCents'],
      ] as const) {
        const problem = await refusedPayment(body);
        t.equal(problem.code, code, JSON.stringify(body));
        t.equal(problem.errors[0]?.pointer, pointer);
      }
      const twice = { matches: [1_000, 1_000].map((amountCents) => ({ statementId: own.id, amountCents })) };
      t.equal(
        (await refusedPayment({ amountCents: 2_000, ...twice })).code,
        'PAYMENT_MATCH_TOO_LARGE',
        'named twice',
      );
      const [row] = await sql<{ id: string }[]>`select id from payments limit 1`;
      for (const change of [
        sql`update payments set amount_cents = 1 where id = ${row?.id ?? ''}`,
        sql`update payments set organisation_id = ${anroechte.id} where id = ${row?.id ?? ''}`,
        sql`delete from payments`,
        sql`update payment_matches set amount_cents = 1`,
        sql`delete from payment_matches`,
        sql`insert into payment_matches (id, centre_id, organisation_id, payment_id, statement_id, chain_id, amount_cents, basis, matched_by, matched_by_name, matched_at)
        select ${newId()}, p.centre_id, ${anroechte.id}, p.id, ${other.id}, ${other.id}, 1, 'by_hand', p.recorded_by, 'x', now() from payments p where p.id = ${row?.id ?? ''}`,
      ])
        await t.rejects(change, { code: 'VB409' });
    },
  );

  t.test(
    '201: split, partly matched, the rest a credit; released and reversed by counterparts (28)',
    async (t) => {
      const [a, b] = [
        await issued(world, erwitte, { netCents: 100 }),
        await issued(world, erwitte, { netCents: 200 }),
      ];
      const paid = await pay(finance, {
        organisationId: erwitte.id,
        amountCents: 400,
        matches: [
          { statementId: a.id, amountCents: 119 },
          { statementId: b.id, amountCents: 38 },
        ],
      });
      t.match(paid, { matchedCents: 157, creditCents: 243, unclear: null });
      const more = await finance.call('POST', `/payments/${paid.id}/matches`, {
        matches: [{ statementId: b.id, amountCents: 200 }],
      });
      t.match(more.json(), { matchedCents: 357, creditCents: 43 });
      const { items } = await must<{ items: { id: string; amountCents: number }[] }>(
        finance,
        'GET',
        `/payments/${paid.id}/matches`,
      );
      t.same(
        items.map(({ amountCents }) => amountCents),
        [119, 38, 200],
      );
      const release = () =>
        finance.call('POST', `/payments/${paid.id}/matches/${items[2]?.id}/release`, { reason: 'Irrtum' });
      t.match((await release()).json(), { matchedCents: 157 });
      t.equal(problemOf(await release()).code, 'PAYMENT_STATE_REFUSED', 'once');
      t.match(await itemOf(b.id), { openCents: 200 });
      const reversal = await finance.call('POST', `/payments/${paid.id}/reversal`, {
        reason: 'Falsch gebucht',
      });
      t.match(reversal.json(), {
        kind: 'reversal',
        amountCents: -400,
        matchedCents: -157,
        reversesId: paid.id,
      });
      t.match([await itemOf(a.id), await itemOf(b.id)], [{ openCents: 119 }, { openCents: 238 }]);
      for (const id of [paid.id, (reversal.json() as PaymentBody).id])
        t.equal(
          problemOf(await finance.call('POST', `/payments/${id}/reversal`, { reason: 'x' })).code,
          'PAYMENT_STATE_REFUSED',
        );
      const credits = await must<{ items: PaymentBody[] }>(finance, 'GET', '/payments?status=credit');
      t.notOk(credits.items.some(({ id }) => id === paid.id));
    },
  );

  t.test('two at once match no more than is open (27)', async (t) => {
    const { id } = await issued(world, erwitte, { netCents: 1_000 });
    const body = { organisationId: erwitte.id, bookedOn: '2026-10-05', text: 'x', amountCents: 1_190 };
    const both = await Promise.all(
      [1, 2].map(() =>
        finance.call('POST', '/payments', { ...body, matches: [{ statementId: id, amountCents: 1_190 }] }),
      ),
    );
    t.same(both.map(({ statusCode }) => statusCode).toSorted(), [201, 422]);
  });

  t.test(
    'a bank file: matched by number and by account, the rest in the queue with reason and candidates (29)',
    async (t) => {
      const payer = 'DE89370400440532013000';
      const account = await must<{ id: string; version: number; iban: string }>(
        finance,
        'POST',
        '/payer-accounts',
        {
          organisationId: anroechte.id,
          iban: 'de89 3704 0044 0532 0130 00',
        },
      );
      t.equal(account.iban, payer);
      const bad = await finance.call('POST', '/payer-accounts', {
        organisationId: anroechte.id,
        iban: 'DE88370400440532013000',
      });
      t.equal(problemOf(bad).code, 'PAYER_ACCOUNT_REFUSED', 'a wrong digit');
      const [a, b, c] = [
        await issued(world, erwitte, { netCents: 5_000 }),
        await issued(world, anroechte, { netCents: 6_000 }),
        await issued(world, anroechte, { netCents: -700 }),
      ];
      const entries: CamtEntry[] = [
        { amount: '59.50', text: [`Rg. ${a.number.toLowerCase()}`] },
        { amount: '71.40', text: ['Umlage 4. Quartal'], iban: payer, name: 'Anröchte' },
        { amount: '8.33', debit: true, text: [c.number], iban: payer },
        { amount: '0.50', text: ['Danke'] },
        { amount: '1.00', debit: true, reversal: true, text: [a.number] },
        { amount: '9.00', status: 'PDNG' },
      ];
      const before = await sql`select from payments`;
      const dry = await send(entries, { statementId: 'S1' }, 'dryRun=true');
      t.equal(dry.statusCode, 200);
      t.match(dry.json(), {
        dryRun: true,
        entryCount: 5,
        matchedCount: 3,
        unclearCount: 2,
        pendingCount: 1,
        faults: [],
      });
      t.equal((await sql`select from payments`).length, before.length, 'a dry run writes nothing');
      const done = await send(entries, { statementId: 'S1' });
      t.equal(done.statusCode, 201);
      t.match(done.json(), {
        rows: [
          {
            outcome: 'matched',
            basis: 'number',
            organisationId: erwitte.id,
            matches: [{ number: a.number, amountCents: 5_950 }],
          },
          {
            outcome: 'matched',
            basis: 'amount',
            organisationId: anroechte.id,
            matches: [{ number: b.number }],
          },
          { outcome: 'matched', basis: 'number', matches: [{ number: c.number, amountCents: -833 }] },
          { outcome: 'unclear', reason: 'PAYER_UNKNOWN', candidates: [] },
          { outcome: 'unclear', reason: 'BANK_REVERSAL', candidates: [{ number: a.number, amountCents: 0 }] },
        ],
      });
      for (const { id } of [a, b, c]) t.match(await itemOf(id), { openCents: 0 });
      const { id } = done.json() as { id: string };
      t.match(await must(finance, 'GET', `/bank-statement-imports/${id}`), {
        matchedCount: 3,
        unclearCount: 2,
        amountCents: 12_207,
      });
      const queue = await must<{ items: PaymentBody[] }>(
        finance,
        'GET',
        `/payments?status=unclear&importId=${id}`,
      );
      t.same(
        queue.items.map(({ unclear }) => unclear?.reason),
        ['BANK_REVERSAL', 'PAYER_UNKNOWN'],
      );
      const [back, small] = queue.items;
      const nobody = await finance.call('POST', `/payments/${small?.id}/matches`, { matches: [] });
      t.equal(problemOf(nobody).code, 'PAYMENT_MEMBER_UNKNOWN', 'somebody has to say whose it is');
      const cleared = await finance.call('POST', `/payments/${small?.id}/matches`, {
        organisationId: erwitte.id,
        matches: [],
      });
      t.match(cleared.json(), {
        organisationId: erwitte.id,
        creditCents: 50,
        unclear: { reason: 'PAYER_UNKNOWN' },
      });
      const opened = await finance.call('POST', `/payments/${back?.id}/matches`, {
        matches: [{ statementId: a.id, amountCents: -100 }],
      });
      t.equal(opened.statusCode, 201, 'a person says what the bank took back');
      t.match(await itemOf(a.id), { openCents: 100 });
      t.equal(
        (await must<{ items: PaymentBody[] }>(finance, 'GET', '/payments?status=unclear')).items.length,
        0,
      );
      const retired = await finance.call(
        'POST',
        `/payer-accounts/${account.id}/actions/retire`,
        {},
        { 'if-match': '"1"' },
      );
      t.equal(retired.statusCode, 200);
      const unknown = await send([{ amount: '1.00', iban: payer, text: ['x'] }], { statementId: 'S2' });
      t.match(
        unknown.json(),
        { rows: [{ reason: 'PAYER_UNKNOWN' }] },
        'nothing is concluded from it any more',
      );
    },
  );

  t.test('409, 422: of a wrong, foreign or known file nothing is written (29)', async (t) => {
    const before = await sql`select from payments`;
    const known = camt({ statementId: 'S3', entries: [{ amount: '1.00', reference: 'R-1' }] });
    t.equal((await sendBankFile(test, finance, known)).statusCode, 201);
    const good = { amount: '5.00', text: ['gut'] };
    for (const [file, status, code] of [
      [known, 409, 'BANK_STATEMENT_REPEATED'],
      [
        camt({ statementId: 'S4', entries: [good, { amount: '1.00', reference: 'R-1' }] }),
        409,
        'BANK_STATEMENT_REPEATED',
      ],
      [camt({ iban: 'DE89370400440532013000', entries: [good] }), 422, 'BANK_ACCOUNT_FOREIGN'],
      [camt({ currency: 'USD', entries: [good] }), 422, 'BANK_FILE_BROKEN'],
      [camt({ closing: '0.00', entries: [good] }), 422, 'BANK_FILE_BROKEN'],
      [known.slice(0, 900), 422, 'BANK_FILE_BROKEN'],
      [camt({ entries: [{ ...good, bookedOn: '2026-02-30' }] }), 422, 'BANK_FILE_BROKEN'],
      [camt({ entries: [{ ...good, bookedOn: '2036-10-05' }] }), 422, 'BANK_FILE_BROKEN'],
    ] as const) {
      const answer = await sendBankFile(test, finance, file);
      t.equal(answer.statusCode, status);
      if (code === 'BANK_FILE_BROKEN')
        t.equal(
          (await sendBankFile(test, finance, file, 'dryRun=true')).statusCode,
          422,
          'the dry run says so too',
        );
      t.match(problemOf(answer), { code, errors: [{ detail: /\S/ }] });
    }
    t.equal((await sql`select from payments`).length, before.length + 1);
    const json = await finance.call('POST', '/bank-statement-imports?dryRun=true', {});
    t.equal(json.statusCode, 415);
    t.equal((await sendBankFile(test, auditor, known)).statusCode, 403);
    const at = await Promise.all([1, 2].map(() => send([good], { statementId: 'S5' })));
    t.same(at.map(({ statusCode }) => statusCode).toSorted(), [201, 409], 'two at once');
    t.equal(OWN_IBAN, 'DE02120300000000202051');
  });

  t.test('201: a missing bank day is said, by the dry run and the import (29)', async (t) => {
    const text = [`${'x'.repeat(999)}🏛🏛`];
    const first = { statementId: 'G1', day: '2026-10-05', opening: '700.00' };
    t.equal((await send([{ amount: '1.00', text }], first)).statusCode, 201, 'an emoji at character 1000');
    const next = { statementId: 'G2', opening: '702.00' };
    const gap = { warnings: [{ code: 'BALANCE_GAP', place: 'statement 1', reason: /70200.*G1.*70100/ }] };
    t.match((await send([], next, 'dryRun=true')).json(), { faults: [], ...gap });
    const done = await send([], next);
    t.equal(done.statusCode, 201);
    t.match(done.json(), gap);
    t.same((await send([], { statementId: 'G3', opening: '702.00' })).json().warnings, []);
  });

  t.test(
    'what is open is what is claimed less what is matched, and members see their own (27)',
    async (t) => {
      const items = await openItems(finance, 'state=all');
      const [totals] = await sql<
        { matched: number }[]
      >`select sum(amount_cents)::int as matched from payment_matches`;
      t.equal(
        sum(items.map(({ openCents }) => openCents)),
        sum(items.map(({ claimCents }) => claimCents)) - (totals?.matched ?? 0),
      );
      const own = await openItems(member, 'state=all');
      t.same(own, await ofMember(erwitte.id));
      t.ok(
        own.length > 0 &&
          (await openItems(otherMember, 'state=all')).every(
            ({ organisationId }) => organisationId === anroechte.id,
          ),
      );
      t.same(await openItems(stranger, 'state=all'), []);
      const paged: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: { items: { statementId: string }[]; nextCursor: string | null } = await must(
          finance,
          'GET',
          `/open-items?state=all&limit=2${cursor && `&cursor=${cursor}`}`,
        );
        paged.push(...page.items.map(({ statementId }) => statementId));
        cursor = page.nextCursor;
      }
      t.same(
        paged,
        items.map(({ statementId }) => statementId),
      );
      const payments = await must<{
        items: { organisationId: string; counterparty: unknown; recorded: { by: unknown } }[];
      }>(member, 'GET', '/payments?limit=200');
      t.ok(
        payments.items.every(
          ({ organisationId, counterparty, recorded }) =>
            organisationId === erwitte.id && counterparty === null && recorded.by === null,
        ),
      );
      clock.set('2026-11-10T09:00:00.000Z');
      const overdue = await openItems(finance, 'overdue=true');
      t.ok(
        overdue.length > 0 &&
          overdue.every(({ openCents, overdueSince }) => openCents > 0 && overdueSince !== null),
      );
    },
  );
});

tap.test('property: of any chain, open is claimed less matched, as reckoned by hand (27)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { documents, matches, expected } = randomChains(1500);
  await insertChains(world, documents, matches);
  const rows: OpenItemBody[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: OpenItemBody[]; nextCursor: string | null } = await must(
      world.finance,
      'GET',
      `/open-items?state=all&limit=200${cursor && `&cursor=${cursor}`}`,
    );
    rows.push(...page.items);
    cursor = page.nextCursor;
  }
  const wrong = rows.filter(({ statementId, claimCents, matchedCents, openCents }) => {
    const reckoned = expected.get(statementId);
    return (
      reckoned?.claimCents !== claimCents ||
      reckoned.matchedCents !== matchedCents ||
      openCents !== claimCents - matchedCents
    );
  });
  t.same(wrong, []);
  t.equal(rows.length, 1500, 'each chain once');
});

interface ChainDocument {
  readonly id: string;
  readonly number: string;
  readonly kind: number;
  readonly amount: number;
  readonly corrects: string | null;
  readonly superseded: string | null;
}

/** Chains of an instalment or invoice, what corrected it and what took it back, with payments on any of their documents. */
function randomChains(count: number) {
  const cents = fc.integer({ min: -100_000, max: 100_000 });
  const chain = fc.record({
    first: fc.constantFrom(326, 380),
    payable: cents,
    corrected: fc.array(cents, { maxLength: 3 }),
    takenBack: fc.option(cents),
    paid: fc.array(fc.record({ at: fc.nat({ max: 9 }), cents: cents.filter((amount) => amount !== 0) }), {
      maxLength: 4,
    }),
  });
  const documents: ChainDocument[] = [];
  const matches: object[] = [];
  const expected = new Map<string, { claimCents: number; matchedCents: number }>();
  for (const [at, { first, payable, corrected, takenBack, paid }] of fc.sample(chain, count).entries()) {
    const amounts = [payable, ...corrected, ...(takenBack === null ? [] : [takenBack])];
    const ids = amounts.map(() => newId());
    for (const [place, amount] of amounts.entries()) {
      const isCredit = takenBack !== null && place === amounts.length - 1;
      documents.push({
        id: ids[place] as string,
        number: `N-${at}-${place}`,
        kind: place === 0 ? first : isCredit ? 381 : 384,
        amount,
        corrects: ids[place - 1] ?? null,
        superseded: ids[place + 1] ?? null,
      });
    }
    for (const { at: place, cents: amount } of paid)
      matches.push({ id: newId(), statement: ids[place % ids.length], chain: ids[0], amount });
    const valid = corrected.at(-1) ?? payable;
    expected.set(ids.at(-1) as string, {
      claimCents: takenBack === null ? valid : valid - takenBack,
      matchedCents: sum(paid.map((match) => match.cents)),
    });
  }
  return { documents, matches, expected };
}

async function insertChains(
  { test, centre, erwitte, planned, finance }: ReceivablesWorld,
  documents: readonly ChainDocument[],
  matches: readonly object[],
): Promise<void> {
  await test.owner.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`insert into statements (id, centre_id, organisation_id, kind, vat_group, status, number, period_id, period_code, starts_on, ends_on,
        corrects_id, superseded_by, agreement_reference, notes, preceding, net_cents, vat_cents, gross_cents, prepaid_cents, payable_cents,
        content_hash, due_on, issued_on, issued_at, document, created_by, created_by_name, created_at)
      select r.id, ${centre.id}, ${erwitte.id}, r.kind, r.number, 'issued', r.number, ${planned}, '2026-Q4', '2026-10-01', '2027-01-01',
        r.corrects, r.superseded, 'x', '{}', '[]', r.amount, 0, r.amount, 0, r.amount, 'x', '2026-11-01', '2026-10-05', now(), '{}',
        ${finance.userId}, 'x', now()
      from jsonb_to_recordset(${JSON.stringify(documents)}::text::jsonb) as r (id uuid, number text, kind int, amount bigint, corrects uuid, superseded uuid)`;
    await sql`insert into payment_matches (id, centre_id, organisation_id, payment_id, statement_id, chain_id, amount_cents, basis, matched_by, matched_by_name, matched_at)
      select r.id, ${centre.id}, ${erwitte.id}, ${newId()}, r.statement, r.chain, r.amount, 'by_hand', ${finance.userId}, 'x', now()
      from jsonb_to_recordset(${JSON.stringify(matches)}::text::jsonb) as r (id uuid, statement uuid, chain uuid, amount bigint)`;
  });
}

tap.test(
  'a payment that bounces after some of it was repaid leaves more open than was claimed',
  async (t) => {
    const world = await startReceivablesWorld(t);
    const { finance, erwitte } = world;
    const { id: statementId } = await issued(world, erwitte, { netCents: 100 });
    const pay = (amountCents: number) =>
      must<PaymentBody>(finance, 'POST', '/payments', {
        organisationId: erwitte.id,
        bookedOn: '2026-10-05',
        text: 'x',
        amountCents,
        matches: [{ statementId, amountCents }],
      });
    const { id } = await pay(50);
    await pay(-2);
    await must(finance, 'POST', `/payments/${id}/reversal`, { reason: 'Rücklastschrift' });
    const [item] = await openItems(finance, 'state=all');
    t.match(item, { claimCents: 119, matchedCents: -2, openCents: 121 });
  },
);

tap.test(
  'no step through the API matches more than is claimed, and offsets sum to zero (27, 28)',
  async (t) => {
    const world = await startReceivablesWorld(t);
    const { test, finance, erwitte } = world;
    const statementIds: string[] = [];
    for (const netCents of [100, 200, -50, 300, -20, 1])
      statementIds.push((await issued(world, erwitte, { netCents })).id);
    const step = fc.record({
      at: fc.nat({ max: 5 }),
      to: fc.nat({ max: 5 }),
      what: fc.constantFrom('pay' as const, 'offset' as const, 'reverse' as const),
      cents: fc.integer({ min: -400, max: 400 }),
    });
    const paid: string[] = [];
    const took = { pay: 0, offset: 0, reverse: 0 };
    let before = await openItems(finance, 'state=all');
    for (const { at, to, what, cents } of fc.sample(step, 100)) {
      const [statementId, toStatementId] = [statementIds[at], statementIds[to]];
      const body = { organisationId: erwitte.id, bookedOn: '2026-10-05', text: 'x', amountCents: cents };
      const amountCents = Math.abs(cents % 30) + 1;
      const ways = {
        pay: ['/payments', { ...body, matches: [{ statementId, amountCents: cents }] }],
        offset: ['/payment-offsets', { fromStatementId: statementId, toStatementId, amountCents }],
        reverse: [`/payments/${paid[at % Math.max(paid.length, 1)] ?? newId()}/reversal`, { reason: 'x' }],
      } as const;
      const [url, sent] = ways[what];
      const answer = await finance.call('POST', url, sent);
      if (answer.statusCode >= 500) t.fail(answer.body);
      if (answer.statusCode !== 201) continue;
      took[what] += 1;
      paid.push(answer.json<PaymentBody>().id);
      const after = await openItems(finance, 'state=all');
      // What bounces after something of it was repaid leaves less than nothing; no match goes there, nor further.
      for (const { statementId: id, claimCents, matchedCents } of what === 'reverse' ? [] : after) {
        const matched = before.find((item) => item.statementId === id)?.matchedCents ?? Number.NaN;
        const fits =
          matchedCents >= Math.min(0, claimCents, matched) &&
          matchedCents <= Math.max(0, claimCents, matched);
        if (!fits) t.fail(`${what}: ${matched}, then ${matchedCents} of ${claimCents}`);
      }
      before = after;
    }
    t.ok(
      Object.values(took).every((count) => count > 0),
      JSON.stringify(took),
    );
    const [books] = await test.owner.sql<{ offsets: number }[]>`
    select coalesce(sum(m.amount_cents), 0)::int as offsets from payment_matches m join payments p on p.id = m.payment_id where p.kind = 'offset'`;
    t.equal(books?.offsets, 0);
  },
);
