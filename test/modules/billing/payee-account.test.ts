import tap from 'tap';
import type { PayeeAccount } from '../../../src/modules/billing/statements/statements.types.ts';
import { problemOf, startCostingWorld } from '../../support/costing.ts';
import { confirming, type ProfileBody, pathOf } from '../../support/issuer.ts';
import { must } from '../../support/services.ts';
import {
  type BatchBody,
  PROFILE,
  postedQuarter,
  prepare,
  recipientOf,
  statement,
  statementStep,
  statementsOf,
  taxable,
  work,
} from '../../support/statements.ts';

const OTHER: PayeeAccount = { holder: 'Stadtkasse', iban: 'DE75512108001245126199' };
const THIRD: PayeeAccount = { ...PROFILE.seller.bank, holder: 'Kasse Drei' };

const withAccount = (bank: PayeeAccount, phone = PROFILE.seller.contact.phone) => ({
  ...PROFILE,
  seller: { ...PROFILE.seller, contact: { ...PROFILE.seller.contact, phone }, bank },
});

tap.test('the account that members pay to takes two people (numbers in brackets: invariants)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, colleague, auditor, member, erwitte, anroechte, association } = world;
  const { sql } = test.owner;
  const profile = () => must<ProfileBody>(finance, 'GET', pathOf(finance));
  const put = async (bank: PayeeAccount, by = finance, phone?: string) => {
    const { version } = await profile();
    const body = withAccount(bank, phone);
    const answer = await by.call('PUT', pathOf(by), body, { 'if-match': `"${version}"` });
    t.equal(answer.statusCode, 200, answer.body);
    return answer.json<ProfileBody>();
  };
  const confirm = async (by = colleague) => confirming(by, (await profile()).version);
  await postedQuarter(world);
  await taxable(world);
  for (const [{ id }, fine] of [
    [erwitte, 'ER'],
    [anroechte, 'AN'],
    [association, 'ZV'],
  ] as const)
    await must(finance, 'PUT', `/billing-recipients/${id}`, recipientOf('Mitglied', fine), {
      'if-match': '"0"',
    });
  const { id: batchId } = await prepare(world);
  const batch = () => must<BatchBody>(finance, 'GET', `/statement-batches/${batchId}`);
  const sign = ({ version, contentHash }: BatchBody) =>
    finance.call(
      'POST',
      `/statement-batches/${batchId}/actions/issue`,
      { contentHash },
      {
        'if-match': `"${version}"`,
      },
    );
  const drafts = () => statementsOf(finance, `&batchId=${batchId}`);
  const draftXml = async () => {
    const [draft] = await drafts();
    return (await finance.call('GET', `/statements/${draft?.id}/documents/xrechnung-ubl`)).body;
  };

  await t.test(
    '422: without a confirmed account nothing is issued, and the draft says so (35)',
    async (t) => {
      const answer = await finance.call('PUT', pathOf(finance), PROFILE, { 'if-match': '"0"' });
      t.match(answer.json(), {
        seller: { bank: null },
        account: null,
        pendingAccount: { ...PROFILE.seller.bank, recorded: { by: { id: finance.userId } } },
      });
      t.equal(problemOf(await sign(await batch())).code, 'PAYEE_ACCOUNT_UNCONFIRMED');
      const [draft] = await drafts();
      t.match(await statement(finance, draft?.id ?? ''), {
        obstacles: [{ code: 'PAYEE_ACCOUNT_UNCONFIRMED' }],
      });
    },
  );

  await t.test(
    '409: who recorded it does not confirm it; 412: nor does who saw another state (35)',
    async (t) => {
      t.equal(problemOf(await confirm(finance)).code, 'FOUR_EYES_REQUIRED');
      t.equal((await confirming(colleague, 7)).statusCode, 412);
      t.equal((await confirm(auditor)).statusCode, 403);
      t.equal((await profile()).seller.bank, null);
      const done = await confirm();
      t.match(done.json(), {
        seller: { bank: PROFILE.seller.bank },
        account: { recorded: { by: { id: finance.userId } }, confirmed: { by: { id: colleague.userId } } },
        pendingAccount: null,
      });
      t.equal(problemOf(await confirm()).code, 'PAYEE_ACCOUNT_CONFIRMED');
    },
  );

  await t.test('200: another account waits, and documents bear the one before (35)', async (t) => {
    const before = await batch();
    t.match(await put(OTHER), { seller: { bank: PROFILE.seller.bank }, pendingAccount: OTHER });
    t.equal((await batch()).contentHash, before.contentHash, 'nothing that is signed changed');
    t.match(await draftXml(), PROFILE.seller.bank.iban);
    t.match(await must(auditor, 'GET', pathOf(auditor)), { pendingAccount: OTHER });
    t.equal((await member.call('GET', pathOf(finance))).statusCode, 403);

    const kept = await put(OTHER, colleague, '+49 2921 1');
    t.equal(kept.pendingAccount?.recorded.by.id, finance.userId, 'another change records no account');
    t.equal(problemOf(await confirm(finance)).code, 'FOUR_EYES_REQUIRED');
    t.match(
      await put(PROFILE.seller.bank),
      { pendingAccount: null },
      'taken back by naming the one in force',
    );
  });

  await t.test('409: a confirmed change voids what was looked at before (36)', async (t) => {
    const seen = await batch();
    const [draft] = await drafts();
    await put(OTHER);
    t.equal((await confirm()).statusCode, 200);
    t.match(await draftXml(), OTHER.iban);
    t.equal(problemOf(await sign(seen)).code, 'STATEMENT_CONTENT_MISMATCH');
    if (draft === undefined) throw new Error('no draft');
    const { contentHash } = draft;
    const single = await statementStep(finance, draft, 'issue', { contentHash });
    t.equal(problemOf(single).code, 'STATEMENT_CONTENT_MISMATCH', 'nor can one of them be issued by itself');
  });

  await t.test(
    'what was signed is not issued with an account that was confirmed afterwards (36)',
    async (t) => {
      t.equal((await sign(await batch())).statusCode, 200);
      await put(THIRD);
      t.equal((await confirm()).statusCode, 200);
      await work(world);
      const left = await drafts();
      t.equal((await batch()).blocked.length, left.length);
      t.ok(left.every(({ status }) => status === 'draft'));
      t.match(await batch(), {
        status: 'issued',
        blocked: [{ errors: [{ code: 'STATEMENT_ACCOUNT_CHANGED' }] }],
      });

      const [draft] = left;
      if (draft === undefined) throw new Error('no draft');
      const { contentHash } = draft;
      const answer = await statementStep(finance, draft, 'issue', { contentHash });
      t.match(answer.json(), { status: 'issued', contentHash }, 'what was signed stays what it says');
      const [row] = await sql<{ document: { seller: { bank: PayeeAccount } } }[]>`
      select document from statements where id = ${draft.id}`;
      t.same(row?.document.seller.bank, THIRD);
      await put(OTHER);
      await confirm();
      t.equal(
        (await statement(finance, draft.id)).contentHash,
        contentHash,
        'also when another account follows',
      );
    },
  );

  await t.test('each act is written down, with the account', async (t) => {
    const rows = await sql<{ action: string; details: { iban: string } }[]>`
      select action, details from audit_entries where entity_type = 'billing_profile' and action like 'billing.payee-%' order by id`;
    t.same(
      rows.slice(0, 4).map(({ action, details }) => [action, details.iban]),
      [
        ['billing.payee-account-recorded', PROFILE.seller.bank.iban],
        ['billing.payee-account-confirmed', PROFILE.seller.bank.iban],
        ['billing.payee-account-recorded', OTHER.iban],
        ['billing.payee-account-withdrawn', OTHER.iban],
      ],
    );
  });

  await t.test('the database holds to that by itself (35)', async (t) => {
    await put(THIRD);
    const bank = JSON.stringify(THIRD);
    await t.rejects(
      sql`update billing_profiles set seller = jsonb_set(seller, '{bank}', ${bank}::text::jsonb)`,
      /once a second person confirmed it/,
    );
    await t.rejects(
      sql`update billing_profiles set seller = jsonb_set(seller, '{bank}', pending_account), account_recorded_by = pending_recorded_by,
        account_confirmed_by = pending_recorded_by, pending_account = null, pending_recorded_by = null, pending_recorded_by_name = null,
        pending_recorded_at = null`,
      /billing_profiles_four_eyes_check/,
    );
    await t.rejects(
      sql`update billing_profiles set pending_recorded_by = ${colleague.userId}`,
      /recorded by one person/,
    );
  });
});

tap.test('an account that is there from before counts as confirmed (35)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, colleague, centre } = world;
  const { sql } = test.owner;
  await t.rejects(
    sql`insert into billing_profiles (centre_id, seller, payment_days)
      values (${centre.id}, ${JSON.stringify(PROFILE.seller)}::text::jsonb, 30)`,
    /recorded before it is confirmed/,
    'none is there from the start',
  );
  await sql`alter table billing_profiles disable trigger billing_profiles_keep`;
  await sql`insert into billing_profiles (centre_id, seller, payment_days)
    values (${centre.id}, ${JSON.stringify(PROFILE.seller)}::text::jsonb, 30)`;
  await sql`alter table billing_profiles enable trigger billing_profiles_keep`;
  const found = await must<ProfileBody>(finance, 'GET', pathOf(finance));
  t.match(found, { seller: { bank: PROFILE.seller.bank }, account: null, pendingAccount: null });
  const etag = { 'if-match': `"${found.version}"` };
  const same = await finance.call('PUT', pathOf(finance), withAccount(PROFILE.seller.bank, '+49 1'), etag);
  t.match(same.json(), { pendingAccount: null }, 'other changes need nobody else');
  const other = await finance.call('PUT', pathOf(finance), withAccount(OTHER), {
    'if-match': `"${same.json<ProfileBody>().version}"`,
  });
  const { version } = other.json<ProfileBody>();
  t.match((await confirming(colleague, version)).json(), { seller: { bank: OTHER } });
});
