import fc from 'fast-check';
import tap from 'tap';
import { planNotices } from '../../../../src/modules/billing/dunning/dunning.rules.ts';
import { lockNotices } from '../../../../src/modules/billing/dunning/dunning-notices.repo.ts';
import type { OpenItemRow } from '../../../../src/modules/billing/payments/open-items.types.ts';
import {
  figuresOf,
  planOffsets,
} from '../../../../src/modules/billing/settlements/settlement-figures.rules.ts';
import { systemContext } from '../../../../src/platform/context.ts';
import { withHatTx } from '../../../../src/platform/db/hat.ts';
import { hashOf } from '../../../../src/platform/hash.ts';
import { newId } from '../../../../src/platform/ids.ts';
import type { Caller } from '../../../support/app.ts';
import { camt } from '../../../support/camt.ts';
import { problemOf } from '../../../support/costing.ts';
import {
  charged,
  freezePlanned,
  issued,
  openItems,
  pay,
  sendBankFile,
  setOff,
  startReceivablesWorld,
} from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';
import { determination, inForce } from '../../../support/vat.ts';
import { until } from '../../../support/waiting.ts';

const IBAN = 'DE89370400440532013000';

interface AccountBody {
  readonly id: string;
  readonly version: number;
  readonly confirmed: object | null;
}

interface FiguresBody {
  readonly contentHash: string;
  readonly settlementId: string | null;
  readonly gaps: readonly { readonly code: string; readonly organisationId: string }[];
  readonly members: readonly { readonly organisationId: string }[];
}

const row = (change: Partial<OpenItemRow>): OpenItemRow => ({
  statementId: newId(),
  chainId: newId(),
  number: 'N',
  kind: 326,
  chainKind: 326,
  centreId: 'c',
  organisationId: 'a',
  memberName: 'A',
  periodId: 'p',
  periodCode: '2026',
  startsOn: '2026-01-01',
  issuedOn: '2026-01-01',
  dueOn: '2026-02-01',
  grossCents: 0,
  claimCents: 0,
  matchedCents: 0,
  writtenOffCents: 0,
  openCents: 0,
  ...change,
});

tap.test(
  'property: settlement + invoiced = actual, open + paid = invoiced, for each member (5)',
  async (t) => {
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    const document = fc.record({
      organisationId: fc.constantFrom('a', 'b', 'c'),
      chainKind: fc.constantFrom(326 as const, 380 as const),
      grossCents: cents,
      claimCents: cents,
      matchedCents: cents,
    });
    fc.assert(
      fc.property(fc.array(document, { maxLength: 20 }), (documents) =>
        figuresOf(
          documents.map((one) => row({ ...one, openCents: one.claimCents - one.matchedCents })),
        ).every(
          (member) =>
            member.settlementCents + member.invoicedCents === member.actualCents &&
            member.openCents + member.paidCents === member.invoicedCents &&
            member.netDueCents === member.actualCents - member.paidCents,
        ),
      ),
      { numRuns: 1500 },
    );
    t.pass('in 1,500 cases');
  },
);

tap.test(
  'property: offsets take no more than is there, of one member, later periods first (28)',
  async (t) => {
    const cents = fc.integer({ min: 1, max: 500 });
    const side = fc.record({ organisationId: fc.constantFrom('a', 'b'), cents, late: fc.boolean() });
    fc.assert(
      fc.property(fc.array(side, { maxLength: 5 }), fc.array(side, { maxLength: 5 }), (credits, claims) => {
        const from = credits.map(({ organisationId, cents: amount }) =>
          row({ organisationId, openCents: -amount }),
        );
        const to = claims.map(({ organisationId, cents: amount, late }) =>
          row({ organisationId, openCents: amount, startsOn: late ? '2027-01-01' : '2026-01-01' }),
        );
        const offsets = planOffsets(from, to, '2027-01-01');
        const taken = (key: 'from' | 'to', id: string) =>
          offsets
            .filter((offset) => offset[key].statementId === id)
            .reduce((sum, { amountCents }) => sum + amountCents, 0);
        const total = (rows: readonly OpenItemRow[], id: string) =>
          rows
            .filter(({ organisationId }) => organisationId === id)
            .reduce((sum, { openCents }) => sum + Math.abs(openCents), 0);
        return (
          offsets.every(
            (offset) => offset.amountCents > 0 && offset.from.organisationId === offset.to.organisationId,
          ) &&
          from.every(({ statementId, openCents }) => taken('from', statementId) <= -openCents) &&
          to.every(({ statementId, openCents }) => taken('to', statementId) <= openCents) &&
          ['a', 'b'].every(
            (id) =>
              offsets
                .filter((offset) => offset.from.organisationId === id)
                .reduce((sum, { amountCents }) => sum + amountCents, 0) ===
              Math.min(total(from, id), total(to, id)),
          )
        );
      }),
      { numRuns: 1500 },
    );
    t.pass('in 1,500 cases');
  },
);

tap.test('settlement of a period (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, colleague, member, stranger, clock, erwitte, anroechte, planned } = world;
  const sql = test.owner.sql;
  const figures = () => must<FiguresBody>(finance, 'GET', `/settlements/figures?periodId=${planned}`);
  const settle = async (change: object = {}) =>
    finance.call('POST', '/settlements', {
      periodId: planned,
      contentHash: (await figures()).contentHash,
      credits: 'payout',
      ...change,
    });
  const first = await issued(world, erwitte, { netCents: 10_000 });
  const plain = await issued(world, anroechte, { kind: 380, netCents: 6_000 });
  const other = await issued(world, anroechte, { netCents: 5_000 });
  await pay(finance, {
    organisationId: erwitte.id,
    amountCents: 11_900,
    matches: [{ statementId: first.id, amountCents: 11_900 }],
  });

  t.test('409: not before all final documents are there and set off what was invoiced (30)', async (t) => {
    t.same(
      (await figures()).gaps.map(({ code, organisationId }) => [code, organisationId]),
      [
        ['FINAL_MISSING', erwitte.id],
        ['DEDUCTION_DIFFERS', anroechte.id],
      ],
    );
    t.equal(problemOf(await settle()).code, 'SETTLEMENT_NOT_READY');
    await issued(world, erwitte, { kind: 380, netCents: 8_000, preceding: setOff(first) });
    t.match((await figures()).gaps, [{ code: 'DEDUCTION_DIFFERS', organisationId: anroechte.id }]);
    await issued(world, anroechte, { kind: 384, netCents: 6_000, preceding: setOff(other), corrects: plain });
    const now = await figures();
    t.match(now, {
      gaps: [],
      settlementId: null,
      members: [
        {
          organisationId: erwitte.id,
          invoicedCents: 11_900,
          paidCents: 11_900,
          actualCents: 9_520,
          settlementCents: -2_380,
          openCents: 0,
          netDueCents: -2_380,
        },
        {
          organisationId: anroechte.id,
          invoicedCents: 5_950,
          paidCents: 0,
          actualCents: 7_140,
          settlementCents: 1_190,
          openCents: 5_950,
          netDueCents: 7_140,
        },
      ],
    });
    t.equal(problemOf(await settle()).code, 'PERIOD_STATE_REFUSED', 'the period is open');
    t.equal(problemOf(await settle({ contentHash: 'a'.repeat(64) })).code, 'SETTLEMENT_MISMATCH');
    t.equal(problemOf(await settle({ credits: 'offset' })).code, 'SETTLEMENT_NO_CLAIM');
    t.equal(
      problemOf(await settle({ exceptions: [{ organisationId: newId(), credit: 'keep' }] })).code,
      'SETTLEMENT_MEMBER_UNKNOWN',
    );
    t.equal((await sql`select from settlements`).length, 0);
    t.equal((await sql`select from payments where kind = 'offset'`).length, 0, 'nothing was written');
    const csv = await finance.call('GET', `/settlements/figures?periodId=${planned}&format=csv`);
    t.match(csv.body, /Anröchte;59,50;0,00;71,40;11,90;59,50;71,40/);
    t.match(csv.body, /'=Erwitte/, 'no formula of a name');
    const xlsx = await finance.call('GET', `/settlements/figures?periodId=${planned}&format=xlsx`);
    t.equal(xlsx.rawPayload.subarray(0, 2).toString(), 'PK');
  });

  t.test(
    '201: a credit is set off against the first claim of the next period; figures are kept for good (30)',
    async (t) => {
      clock.set('2026-10-06T09:00:00.000Z');
      const next = (await must(finance, 'POST', '/billing-periods', { code: '2027-Q1' })).id;
      const year = { validFrom: '2027-01-01', validTo: '2028-01-01' };
      await inForce(finance, colleague, determination(world.marriage, [erwitte.id], year));
      const claim = await issued(world, erwitte, {
        netCents: 1_000,
        dueOn: '2027-01-15',
        period: { id: next, code: '2027-Q1', startsOn: '2027-01-01', endsOn: '2027-04-01' },
      });
      await charged(world, [
        [erwitte, 8_000],
        [anroechte, 6_000],
      ]);
      await freezePlanned(world);
      const key = { 'idempotency-key': newId() };
      const body = { periodId: planned, contentHash: (await figures()).contentHash, credits: 'offset' };
      const answers = [
        await finance.call('POST', '/settlements', body, key),
        await finance.call('POST', '/settlements', body, key),
      ];
      t.same(
        answers.map(({ statusCode }) => statusCode),
        [201, 201],
      );
      const settlement = answers[0]?.json() as {
        id: string;
        contentHash: string;
        members: { credit: unknown }[];
        period: { id: string };
      };
      t.match(settlement.members, [
        {
          organisationId: erwitte.id,
          credit: {
            decision: 'offset',
            amountCents: 2_380,
            offsets: [{ toNumber: claim.number, amountCents: 1_190 }],
            payouts: [],
          },
        },
        { organisationId: anroechte.id, credit: null, openCents: 5_950 },
      ]);
      const items = await openItems(finance, `state=all&organisationId=${erwitte.id}`);
      t.same(
        items.map(({ openCents }) => openCents).toSorted(),
        [-1_190, 0, 0],
        'what no claim was left for stays a credit',
      );
      const [offset] = await sql<{ total: number; sides: number }[]>`
      select sum(m.amount_cents)::int as total, count(*)::int as sides from payment_matches m join payments p on p.id = m.payment_id where p.kind = 'offset'`;
      t.same(offset, { total: 0, sides: 2 });
      t.match(await must(finance, 'GET', `/billing-periods/${planned}`), {
        state: 'settled',
        availableActions: [],
      });
      t.equal(problemOf(await settle()).code, 'SETTLEMENT_EXISTS');
      const [kept] = await sql<
        { members: unknown; hash: string }[]
      >`select members, content_hash as hash from settlements`;
      const { period } = settlement as unknown as {
        period: { code: string; startsOn: string; endsOn: string };
      };
      t.equal(
        hashOf({
          centreId: world.centre.id,
          periodId: planned,
          periodCode: period.code,
          startsOn: period.startsOn,
          endsOn: period.endsOn,
          members: kept?.members,
        }),
        kept?.hash,
        'the hash can be computed again',
      );
      await t.rejects(sql`update settlements set members = '[]'`, { code: 'VB409' });
      await pay(finance, {
        organisationId: anroechte.id,
        amountCents: 5_950,
        matches: [{ statementId: other.id, amountCents: 5_950 }],
        bookedOn: '2026-10-06',
      });
      t.match(
        await must(finance, 'GET', `/settlements/${settlement.id}`),
        { members: [{}, { paidCents: 0 }] },
        'as they were',
      );
      t.equal((await member.call('GET', `/settlements/${settlement.id}/payouts`)).statusCode, 403);
      t.equal((await stranger.call('GET', `/settlements/${settlement.id}`)).statusCode, 404);
      const payouts = await finance.call('GET', `/settlements/${settlement.id}/payouts`);
      t.equal(payouts.statusCode, 200);
      t.notMatch(payouts.body, /Erwitte/, 'set off, so not paid out');
    },
  );
});

tap.test(
  'credits that are paid out: only to an account that a second person confirmed, and the debit that settles them (29, 30, 33)',
  async (t) => {
    const world = await startReceivablesWorld(t);
    const { test, finance, colleague, auditor, erwitte, planned } = world;
    const first = await issued(world, erwitte, { netCents: 10_000 });
    const final = await issued(world, erwitte, { kind: 380, netCents: 9_000, preceding: setOff(first) });
    await charged(world, [[erwitte, 9_000]]);
    await freezePlanned(world);
    const { contentHash } = await must<FiguresBody>(
      finance,
      'GET',
      `/settlements/figures?periodId=${planned}`,
    );
    const { id } = await must(finance, 'POST', '/settlements', {
      periodId: planned,
      contentHash,
      credits: 'payout',
    });
    const payout = async () =>
      (await finance.call('GET', `/settlements/${id}/payouts`)).body.split('\r\n')[1];
    // The instalment is not paid: what is paid out would come back.
    const line = (account: string, note: string) =>
      `'=Erwitte;${account};11,90;EUR;${final.number};${note};119,00`;
    const record = (iban: string) =>
      must<AccountBody>(finance, 'POST', '/payer-accounts', { organisationId: erwitte.id, iban });
    const confirm = (caller: Caller, { id: accountId, version }: AccountBody) =>
      caller.call('POST', `/payer-accounts/${accountId}/actions/confirm`, undefined, {
        'if-match': `"${version}"`,
      });
    t.equal(await payout(), line('', 'kein Konto bekannt'));

    const account = await record(IBAN);
    t.equal(account.confirmed, null);
    t.equal(await payout(), line('', 'unbestätigt'), 'recorded by one person, so not paid to');
    t.equal(problemOf(await confirm(finance, account)).code, 'FOUR_EYES_REQUIRED', 'who recorded it');
    const standIn = { ...colleague.context, onBehalfOf: finance.userId };
    await t.rejects(
      test.modules.receivables.payerAccounts.confirm(standIn, account.id, account.version),
      { code: 'FOUR_EYES_REQUIRED' },
      'nor a stand-in for them',
    );
    await t.rejects(
      test.owner
        .sql`update payer_accounts set confirmed_by = recorded_by, confirmed_by_name = 'F', confirmed_at = now()
        where id = ${account.id}`,
      /payer_accounts_four_eyes_check/,
      'the database holds to that by itself',
    );
    t.equal((await confirm(auditor, account)).statusCode, 403, 'reading is not enough');
    t.equal(await payout(), line('', 'unbestätigt'), 'nothing of that changed it');
    t.match(
      await must(finance, 'GET', '/payer-accounts?confirmed=false'),
      { items: [{ id: account.id }] },
      'the queue',
    );

    const confirmed = (await confirm(colleague, account)).json<AccountBody>();
    t.match(confirmed.confirmed, { by: { id: colleague.userId, name: 'Karla Kollegin' } });
    t.equal(await payout(), line(IBAN, ''));
    t.equal(problemOf(await confirm(colleague, confirmed)).code, 'PAYER_ACCOUNT_CONFIRMED');
    t.same((await must<{ items: unknown[] }>(finance, 'GET', '/payer-accounts?confirmed=false')).items, []);
    await t.rejects(
      test.owner.sql`update payer_accounts set iban = 'DE02120300000000202051' where id = ${account.id}`,
      { code: 'VB409' },
      'what was confirmed never changes',
    );
    const another = await record('DE02120300000000202051');
    t.equal(await payout(), line(IBAN, ''), 'a further account that nobody confirmed moves nothing');
    const wrong = await record('DE75512108001245126199');
    await must(finance, 'POST', `/payer-accounts/${wrong.id}/actions/retire`, undefined, {
      'if-match': `"${wrong.version}"`,
    });
    t.same(
      (await must<{ items: { id: string }[] }>(finance, 'GET', '/payer-accounts?confirmed=false')).items.map(
        (item) => item.id,
      ),
      [another.id],
      'what was retired waits for nobody',
    );
    t.equal(problemOf(await confirm(colleague, { ...wrong, version: 2 })).code, 'PAYER_ACCOUNT_RETIRED');
    await confirm(colleague, another);
    t.equal(await payout(), line('', 'mehrere bestätigte Konten'), 'a person has to choose');

    const debit = camt({
      opening: '500.00',
      entries: [{ amount: '11.90', debit: true, text: [final.number], iban: IBAN }],
    });
    t.match((await sendBankFile(test, finance, debit)).json(), {
      rows: [{ outcome: 'matched', matches: [{ number: final.number, amountCents: -1_190 }] }],
    });
    t.match(
      await openItems(finance),
      [{ number: first.number, openCents: 11_900 }],
      'the unpaid instalment stays a claim of its own',
    );
  },
);

tap.test('dunning: whom, at which level, and when not', async (t) => {
  const item = (organisationId: string, chainId: string) => ({
    statementId: chainId,
    chainId,
    organisationId,
    memberName: organisationId,
    number: chainId,
    dueOn: '2026-10-01',
    openCents: 10,
  });
  const wishes = { today: '2026-11-15', minDaysBetween: 14 };
  const overdue = [
    item('a', 'a1'),
    item('a', 'a2'),
    item('b', 'b1'),
    item('c', 'c1'),
    item('d', 'd1'),
    item('e', 'e1'),
  ];
  const earlier = [
    { organisationId: 'b', level: 1, issuedOn: '2026-11-01', chainIds: ['b1'] },
    { organisationId: 'c', level: 1, issuedOn: '2026-11-02', chainIds: ['c1'] },
    { organisationId: 'd', level: 3, issuedOn: '2026-10-01', chainIds: ['d1'] },
    { organisationId: 'e', level: 2, issuedOn: '2026-10-01', chainIds: ['e0'] },
  ];
  const recipients = new Set(['a', 'b', 'c', 'd']);
  const credits = new Map<string, number>();
  const facts = { overdue, earlier, blocks: [], recipients, credits, operatorId: 'o' };
  t.match(planNotices(facts, wishes), [
    { organisationId: 'a', level: 1, amountCents: 20, skipped: null },
    { organisationId: 'b', level: 2, skipped: null },
    { organisationId: 'c', level: 2, skipped: 'TOO_SOON' },
    { organisationId: 'd', level: 3, skipped: null },
    { organisationId: 'e', level: 1, skipped: 'RECIPIENT_MISSING' },
  ]);
  const ofA = (credit: number, operatorId = 'o') =>
    planNotices({ ...facts, credits: new Map([['a', credit]]), operatorId }, wishes)[0];
  t.match(ofA(19), { creditCents: 19, amountCents: 1, skipped: null });
  t.match(ofA(20), { creditCents: 20, amountCents: 0, skipped: 'CREDIT_COVERS' });
  t.match(ofA(21), { creditCents: 20, amountCents: 0, skipped: 'CREDIT_COVERS' });
  t.match(
    ofA(-5),
    { creditCents: 0, amountCents: 20, skipped: null },
    'paid out in excess is no claim by itself',
  );
  t.match(ofA(0, 'a'), { skipped: 'OPERATOR' }, 'a centre does not write to itself');
});

tap.test('dunning notices (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, member, otherMember, stranger, clock, erwitte, centre } = world;
  const sql = test.owner.sql;
  const late = await issued(world, erwitte, { netCents: 1_000, dueOn: '2026-10-10' });
  const ask = (query: string, body: object = {}) =>
    finance.call('POST', `/dunning-notices?${query}`, { payWithinDays: 14, ...body });
  const work = async () => {
    const jobs = await sql<
      { payload: never }[]
    >`delete from outbox_jobs where name = 'billing.issue-dunning-notices' returning payload`;
    for (const { payload } of jobs)
      for (const _time of [1, 2])
        await test.modules.receivables.dunning.issue(systemContext(centre, clock.now(), newId()), payload);
    return jobs.length;
  };
  t.match((await ask('dryRun=true')).json(), { dryRun: true, notices: [] }, 'nothing is overdue yet');
  clock.set('2026-11-01T09:00:00.000Z');
  t.match((await ask('dryRun=true')).json(), {
    notices: [{ organisationId: erwitte.id, level: 1, amountCents: 1_190, skipped: null }],
  });
  t.equal(await work(), 0, 'a dry run asks for no job');
  t.equal((await ask('dryRun=false')).statusCode, 202);
  const [asked] = await sql<
    { payload: never }[]
  >`select payload from outbox_jobs where name = 'billing.issue-dunning-notices'`;
  const ctx = systemContext(centre, clock.now(), newId());
  let waiting: Promise<void> = Promise.resolve();
  await withHatTx(test.db, ctx, async (tx) => {
    await lockNotices(tx, centre.id);
    waiting = test.modules.receivables.dunning.issue(ctx, asked?.payload as never);
    await until('the job waits for the lock', async () => {
      const waits = await sql`select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`;
      return waits.length > 0;
    });
    t.equal((await sql`select from dunning_notices`).length, 0, 'it waits for the other one (31)');
  });
  await waiting;
  t.equal(await work(), 1);
  const { items } = await must<{ items: { id: string; number: string; sha256: string }[] }>(
    finance,
    'GET',
    '/dunning-notices',
  );
  t.match(
    items,
    [{ number: 'SOE-M-2026-001', level: 1, payUntil: '2026-11-15', items: [{ number: late.number }] }],
    'one letter, though the job ran twice (31)',
  );
  const id = items[0]?.id ?? '';
  const letter = await member.call('GET', `/dunning-notices/${id}/pdf`);
  t.match(letter.headers, { 'content-type': 'application/pdf' });
  t.equal(letter.rawPayload.subarray(0, 5).toString(), '%PDF-');
  const { createHash } = await import('node:crypto');
  t.equal(createHash('sha256').update(letter.rawPayload).digest('hex'), items[0]?.sha256);
  t.match(letter.rawPayload.toString('latin1'), /StructTreeRoot/, 'tagged');
  for (const caller of [otherMember, stranger])
    t.equal((await caller.call('GET', `/dunning-notices/${id}/pdf`)).statusCode, 404);
  await t.rejects(sql`update dunning_notices set level = 2`, { code: 'VB409' });
  clock.set('2026-11-10T09:00:00.000Z');
  t.match((await ask('dryRun=false')).json(), { notices: [{ skipped: 'TOO_SOON' }] });
  t.equal(await work(), 0);
  clock.set('2026-11-16T09:00:00.000Z');
  t.equal((await ask('dryRun=false')).statusCode, 202);
  await pay(finance, {
    organisationId: erwitte.id,
    amountCents: 1_190,
    matches: [{ statementId: late.id, amountCents: 1_190 }],
  });
  t.equal(await work(), 1);
  t.equal((await sql`select from dunning_notices`).length, 1, 'paid meanwhile: no letter (31)');

  await issued(world, erwitte, { netCents: 2_000, dueOn: '2026-11-17' });
  const overpaid = await issued(world, erwitte, { netCents: 1_000, dueOn: '2026-12-30' });
  await pay(finance, {
    organisationId: erwitte.id,
    amountCents: 1_190,
    matches: [{ statementId: overpaid.id, amountCents: 1_190 }],
  });
  await issued(world, erwitte, { kind: 381, netCents: 1_000, corrects: overpaid, dueOn: '2026-12-30' });
  await pay(finance, { organisationId: erwitte.id, amountCents: 300 });
  const mistake = await pay(finance, { organisationId: erwitte.id, amountCents: 5_000 });
  await must(finance, 'POST', `/payments/${mistake.id}/reversal`, { reason: 'Doppelt erfasst' });
  clock.set('2026-11-20T09:00:00.000Z');
  const planned = { level: 1, creditCents: 1_490, amountCents: 890, skipped: null };
  t.match(
    (await ask('dryRun=true')).json().notices,
    [planned],
    'an unmatched payment and a credit note (31)',
  );
  t.equal((await ask('dryRun=false')).statusCode, 202);
  t.equal(await work(), 1);
  const { items: notices } = await must<{ items: { id: string }[] }>(finance, 'GET', '/dunning-notices');
  t.match(notices[0], { creditCents: 1_490, amountCents: 890 });
  await pay(finance, { organisationId: erwitte.id, amountCents: 890 });
  clock.set('2026-12-16T09:00:00.000Z');
  t.match((await ask('dryRun=true')).json().notices, [{ amountCents: 0, skipped: 'CREDIT_COVERS' }]);
});
