import fc from 'fast-check';
import tap from 'tap';
import { planNotices } from '../../../../src/modules/billing/dunning/dunning.rules.ts';
import { lockNotices } from '../../../../src/modules/billing/dunning/dunning-notices.repo.ts';
import { systemContext } from '../../../../src/platform/context.ts';
import { readUnderHat, withHatTx } from '../../../../src/platform/db/hat.ts';
import { newId } from '../../../../src/platform/ids.ts';
import { problemOf } from '../../../support/costing.ts';
import {
  issued,
  openItems,
  type ReceivablesWorld,
  startReceivablesWorld,
} from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';
import { until } from '../../../support/waiting.ts';

/** Numbers in brackets: invariants of the README of billing. */

interface BlockBody {
  readonly id: string;
  readonly version: number;
  readonly chainId: string | null;
  readonly lifted: object | null;
}

interface PreviewBody {
  readonly notices: readonly {
    readonly amountCents: number;
    readonly level: number;
    readonly skipped: string | null;
    readonly items: readonly { readonly chainId: string }[];
    readonly blockedItems: readonly { readonly chainId: string }[];
  }[];
}

const preview = async ({ finance }: ReceivablesWorld): Promise<PreviewBody['notices']> =>
  (await must<PreviewBody>(finance, 'POST', '/dunning-notices?dryRun=true', {})).notices;

/** What a job of the day does for a member, whatever was planned when somebody asked. */
const write = ({ test, centre, clock, finance, erwitte }: ReceivablesWorld): Promise<void> =>
  test.modules.receivables.dunning.issue(systemContext(centre, clock.now(), newId()), {
    issuedOn: clock.now().slice(0, 10),
    payUntil: '2026-12-31',
    minDaysBetween: 1,
    organisationIds: [erwitte.id],
    askedBy: { id: finance.userId, name: 'F' },
  });

const letters = async ({ test }: ReceivablesWorld): Promise<{ level: number; amountCents: number }[]> =>
  test.owner.sql<
    { level: number; amountCents: number }[]
  >`select level, amount_cents as "amountCents" from dunning_notices order by id`;

const set = ({ finance }: ReceivablesWorld, body: object) =>
  must<BlockBody>(finance, 'POST', '/dunning-blocks', { reason: 'Stundung', ...body });

const lift = ({ finance }: ReceivablesWorld, { id, version }: BlockBody) =>
  finance.call('POST', `/dunning-blocks/${id}/actions/lift`, {}, { 'if-match': `"${version}"` });

tap.test(
  'what is blocked might as well not be there: level, credits and sum are of the rest (31)',
  async (t) => {
    const members = ['a', 'b', 'o'];
    const of = fc.constantFrom(...members);
    const item = fc.record({ organisationId: of, chain: fc.constantFrom('1', '2', '3') });
    const block = fc.record({ organisationId: of, chain: fc.constantFrom('1', '2', '3', null) });
    const chainId = (organisationId: string, chain: string) => `${organisationId}${chain}`;
    const facts = fc.record({
      items: fc.uniqueArray(item, {
        selector: ({ organisationId, chain }) => chainId(organisationId, chain),
      }),
      blocks: fc.array(block),
      levels: fc.array(fc.record({ organisationId: of, chain: fc.constantFrom('1', '2', '3') })),
      creditCents: fc.integer({ min: 0, max: 40 }),
    });
    fc.assert(
      fc.property(facts, ({ items, blocks, levels, creditCents }) => {
        const overdue = items.map(({ organisationId, chain }) => ({
          statementId: chain,
          chainId: chainId(organisationId, chain),
          organisationId,
          memberName: organisationId,
          number: chain,
          dueOn: '2026-10-01',
          openCents: 10,
        }));
        const known = {
          overdue,
          earlier: levels.map(({ organisationId, chain }) => ({
            organisationId,
            level: 2,
            issuedOn: '2026-10-02',
            chainIds: [chainId(organisationId, chain)],
          })),
          recipients: new Set(members),
          credits: new Map([['a', creditCents]]),
          operatorId: 'o',
          blocks: [],
        };
        const wishes = { today: '2026-11-15', minDaysBetween: 14 };
        const isBlocked = (one: (typeof overdue)[number]) =>
          blocks.some(
            ({ organisationId, chain }) =>
              organisationId === one.organisationId &&
              (chain === null || chainId(organisationId, chain) === one.chainId),
          );
        const planned = planNotices(
          {
            ...known,
            blocks: blocks.map(({ organisationId, chain }) => ({
              organisationId,
              chainId: chain === null ? null : chainId(organisationId, chain),
              untilOn: '2026-12-01',
            })),
          },
          wishes,
        );
        const rest = { ...known, overdue: overdue.filter((one) => !isBlocked(one)) };
        const withItems = planned.filter((notice) => notice.items.length > 0);
        t.same(
          withItems.map((notice) => ({ ...notice, blockedItems: [] })),
          planNotices(rest, wishes),
        );
        for (const { organisationId, items: left, blockedItems, amountCents, skipped } of planned) {
          const own = overdue.filter((one) => one.organisationId === organisationId);
          t.same(blockedItems, own.filter(isBlocked), 'and it is named');
          if (left.length > 0) continue;
          t.equal(skipped, organisationId === 'o' ? 'OPERATOR' : 'BLOCKED');
          t.equal(amountCents, 0);
        }
      }),
    );
  },
);

tap.test('what a block takes, and who sees it', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, auditor, member, stranger, clock, erwitte, anroechte, centre } = world;
  const sql = test.owner.sql;
  const late = await issued(world, erwitte, { netCents: 1_000, dueOn: '2026-10-10' });
  const theirs = await issued(world, anroechte, { netCents: 500, dueOn: '2026-12-30' });
  clock.set('2026-11-01T09:00:00.000Z');
  const body = { organisationId: erwitte.id, reason: 'Streit über Fälle', untilOn: '2026-11-30' };
  const post = (more: object) => finance.call('POST', '/dunning-blocks', { ...body, ...more });

  await t.test('refused: days that are past, documents and members of others', async (t) => {
    for (const [more, status, code, pointer] of [
      [{ untilOn: '2026-10-31' }, 422, 'DUNNING_BLOCK_DAY_REFUSED', '/untilOn'],
      [{ statementId: theirs.id }, 422, 'PAYMENT_STATEMENT_UNKNOWN', '/statementId'],
      [{ statementId: newId() }, 422, 'PAYMENT_STATEMENT_UNKNOWN', '/statementId'],
      [{ organisationId: newId() }, 422, 'PAYMENT_MEMBER_UNKNOWN', '/organisationId'],
    ] as const) {
      const answer = await post(more);
      t.equal(answer.statusCode, status, code);
      t.match(problemOf(answer), { code });
      t.match(answer.body, pointer);
    }
    t.equal((await post({ reason: '' })).statusCode, 400);
    const { untilOn: _none, ...endless } = body;
    t.equal((await finance.call('POST', '/dunning-blocks', endless)).statusCode, 400, 'it has an end');
    t.equal((await sql`select from dunning_blocks`).length, 0);
  });

  await t.test('201, once however often it is sent; of two at once one stands', async (t) => {
    const key = { 'idempotency-key': newId() };
    const first = await finance.call('POST', '/dunning-blocks', body, key);
    t.equal(first.statusCode, 201);
    t.match(first.json(), { chainId: null, chainNumber: null, untilOn: '2026-11-30', lifted: null });
    t.equal(first.headers.etag, '"1"');
    const again = await finance.call('POST', '/dunning-blocks', body, key);
    t.same([again.statusCode, again.json().id], [201, first.json().id]);
    t.match(problemOf(await post({ untilOn: '2026-12-24' })), { code: 'DUNNING_BLOCK_STANDING' });
    const both = await Promise.all([post({ statementId: late.id }), post({ statementId: late.id })]);
    t.same(
      both.map(({ statusCode }) => statusCode).sort(),
      [201, 409],
      'one for a chain, beside that of all',
    );
    t.equal((await sql`select from dunning_blocks`).length, 2);
  });

  await t.test('the centre sees it, and nobody else', async (t) => {
    const { items } = await must<{ items: BlockBody[] }>(auditor, 'GET', '/dunning-blocks');
    t.same(
      items.map(({ chainId }) => chainId),
      [late.id, null],
      'newest first',
    );
    const id = items[0]?.id;
    t.equal((await auditor.call('POST', '/dunning-blocks', body)).statusCode, 403, 'auditors read');
    for (const path of ['', `/${id}`])
      t.equal((await member.call('GET', `/dunning-blocks${path}`)).statusCode, 403);
    t.equal((await stranger.call('GET', `/dunning-blocks/${id}`)).statusCode, 404);
    t.match((await stranger.call('GET', '/dunning-blocks')).json(), { items: [] });
    const seen = await readUnderHat(test.db, member.context, (sql) => sql`select from dunning_blocks`);
    t.equal(seen.length, 0, 'not even in the database');
    const trail = await must<{ items: { action: string }[] }>(
      member,
      'GET',
      '/audit-entries?limit=200',
    ).catch(() => ({ items: [] }));
    t.notOk(trail.items.some(({ action }) => action.startsWith('billing.dunning-block')));
    const days = (rows: readonly object[]) =>
      rows.map((row) => (row as { dunningBlockedUntil: string | null }).dunningBlockedUntil);
    t.same(days(await openItems(finance, `organisationId=${erwitte.id}`)), ['2026-11-30']);
    t.same(days(await openItems(finance, `organisationId=${anroechte.id}`)), [null]);
    t.same(days(await openItems(member)), [null], 'a member sees of its claims what it did before');
  });

  await t.test('pages and filters', async (t) => {
    const page = (query: string) =>
      must<{ items: BlockBody[]; nextCursor: string | null }>(finance, 'GET', `/dunning-blocks?${query}`);
    const first = await page('limit=1');
    const second = await page(`limit=1&cursor=${first.nextCursor}`);
    t.same(
      [...first.items, ...second.items].map(({ chainId }) => chainId),
      [late.id, null],
    );
    t.equal(second.nextCursor, null);
    t.equal((await page(`organisationId=${erwitte.id}`)).items.length, 2);
    t.equal((await page(`organisationId=${anroechte.id}`)).items.length, 0);
    t.equal((await page('standing=false')).items.length, 0);
    t.equal((await page('standing=true')).items.length, 2);
    clock.set('2026-12-01T09:00:00.000Z');
    t.equal((await page('standing=true')).items.length, 0, 'over');
    t.equal((await page('standing=false')).items.length, 2);
    t.match(problemOf(await lift(world, first.items[0] as BlockBody)), { code: 'DUNNING_BLOCK_OVER' });
    t.equal((await post({ untilOn: '2026-12-01' })).statusCode, 201, 'what is over is in nobody’s way');
  });

  await t.test('the database: nothing of it changes but lifting, once', async (t) => {
    const refused = { code: 'VB409' };
    await t.rejects(sql`update dunning_blocks set until_on = '2030-01-01'`, refused);
    await t.rejects(sql`delete from dunning_blocks`, refused);
    const deed = { lifted_by: finance.userId, lifted_by_name: 'F', lifted_at: clock.now() };
    await sql`update dunning_blocks set ${sql(deed)}`;
    await t.rejects(
      sql`update dunning_blocks set lifted_at = null, lifted_by = null, lifted_by_name = null`,
      refused,
    );
    const row = { id: newId(), centre_id: centre.id, organisation_id: erwitte.id, chain_id: theirs.id };
    const rest = {
      reason: 'x',
      until_on: '2030-01-01',
      recorded_by: finance.userId,
      recorded_by_name: 'F',
      recorded_at: clock.now(),
    };
    await t.rejects(
      sql`insert into dunning_blocks ${sql({ ...row, ...rest })}`,
      refused,
      'a chain of its member',
    );
  });
});

tap.test(
  'nobody is asked for what is blocked, and again when the block is lifted or over (31)',
  async (t) => {
    const world = await startReceivablesWorld(t);
    const { test, finance, clock, erwitte, centre } = world;
    const sql = test.owner.sql;
    const first = await issued(world, erwitte, { netCents: 1_000, dueOn: '2026-10-10' });
    const mended = await issued(world, erwitte, {
      kind: 384,
      netCents: 2_000,
      corrects: first,
      dueOn: '2026-10-12',
    });
    const other = await issued(world, erwitte, { netCents: 4_000, dueOn: '2026-10-14' });
    clock.set('2026-11-01T09:00:00.000Z');
    t.match(await preview(world), [{ amountCents: 7_140, skipped: null, blockedItems: [] }]);

    await t.test('one chain, by whichever of its documents', async (t) => {
      const body = { organisationId: erwitte.id, untilOn: '2026-11-10' };
      const block = await set(world, { ...body, statementId: first.id });
      t.equal(block.chainId, first.id);
      const again = await finance.call('POST', '/dunning-blocks', {
        ...body,
        reason: 'Stundung',
        statementId: mended.id,
      });
      t.match(problemOf(again), { code: 'DUNNING_BLOCK_STANDING' }, 'the same chain');
      t.match(await preview(world), [
        {
          amountCents: 4_760,
          skipped: null,
          items: [{ chainId: other.id }],
          blockedItems: [{ chainId: first.id }],
        },
      ]);
      await write(world);
      t.same(await letters(world), [{ level: 1, amountCents: 4_760 }]);
    });

    await t.test('all of a member, though the letter was asked for before', async (t) => {
      clock.set('2026-11-03T09:00:00.000Z');
      const block = await set(world, { organisationId: erwitte.id, untilOn: '2026-11-05' });
      t.match(await preview(world), [{ amountCents: 0, skipped: 'BLOCKED', items: [] }]);
      await write(world);
      t.equal((await letters(world)).length, 1, 'the job looks again');
      const lifted = await lift(world, block);
      t.equal(lifted.statusCode, 200);
      t.not(lifted.headers.etag, `"${block.version}"`);
      t.match(lifted.json(), { lifted: { by: { id: finance.userId }, at: clock.now() } });
      t.equal((await lift(world, block)).statusCode, 412, 'seen as it was before');
      const twice = await lift(world, lifted.json());
      t.match(problemOf(twice), { code: 'DUNNING_BLOCK_OVER' });
      await write(world);
      t.same((await letters(world))[1], { level: 2, amountCents: 4_760 }, 'lifted');
    });

    await t.test('on its last day it holds, on the next no more', async (t) => {
      clock.set('2026-11-10T09:00:00.000Z');
      t.match(await preview(world), [{ amountCents: 4_760, blockedItems: [{ chainId: first.id }] }]);
      clock.set('2026-11-11T09:00:00.000Z');
      await write(world);
      t.same((await letters(world))[2], { level: 3, amountCents: 7_140 }, 'over');
    });

    await t.test('setting one waits for a letter that is being written, and the letter for it', async (t) => {
      clock.set('2026-11-20T09:00:00.000Z');
      const body = { organisationId: erwitte.id, reason: 'Stundung', untilOn: '2026-11-30' };
      let waiting: Promise<{ statusCode: number }> | undefined;
      await withHatTx(test.db, systemContext(centre, clock.now(), newId()), async (tx) => {
        await lockNotices(tx, centre.id);
        waiting = Promise.resolve(finance.call('POST', '/dunning-blocks', body));
        await until('the block waits for the lock', async () => {
          const waits = await sql`select from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`;
          return waits.length > 0;
        });
      });
      t.equal((await waiting)?.statusCode, 201);
      await write(world);
      t.equal((await letters(world)).length, 3);
    });
  },
);
