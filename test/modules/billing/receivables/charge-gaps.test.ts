import tap from 'tap';
import { differencesOf } from '../../../../src/modules/billing/settlements/settlement-figures.rules.ts';
import {
  type Current,
  membersWithNets,
} from '../../../../src/modules/billing/statements/statement-drafts.rules.ts';
import type {
  NewStatement,
  UntaxedLine,
} from '../../../../src/modules/billing/statements/statements.types.ts';
import {
  addCost,
  addWording,
  createRun,
  freeze,
  movePeriod,
  postRun,
  problemOf,
  type RunBody,
  startCostingWorld,
  step,
  use,
} from '../../../support/costing.ts';
import { STANDARD } from '../../../support/documents.ts';
import { admit, billedQuarter, settle } from '../../../support/late-usage.ts';
import { cardInForce, cardTerms, pricedBy, unitPrice } from '../../../support/rates.ts';
import { must } from '../../../support/services.ts';
import {
  creditNote,
  issue,
  prepare,
  readyToIssue,
  type StatementBody,
  statementStep,
  statementsOf,
  taxable,
} from '../../../support/statements.ts';
import { determination, inForce, LEGACY_FACTS, OPEN_FACTS } from '../../../support/vat.ts';

interface Gap {
  readonly code: string;
  readonly organisationId: string | null;
  readonly memberName: string | null;
  readonly differenceCents: number | null;
  readonly errors: readonly { readonly code: string }[];
}

const REASON = { reason: 'Kosten vergessen' };

tap.test(
  'what is charged and not billed keeps a period open (numbers: invariants of the README)',
  async (t) => {
    const world = await startCostingWorld(t);
    const { finance, colleague, anroechte, certificates, marriage, periodId } = world;
    let run: RunBody = await billedQuarter(world);
    const gaps = async () =>
      (await must<{ gaps: Gap[] }>(finance, 'GET', `/settlements/figures?periodId=${periodId}`)).gaps;
    const refusal = async () => {
      const answer = await settle(finance, periodId);
      t.equal(answer.statusCode, 409, answer.body);
      return problemOf(answer);
    };
    const valid = async () =>
      (await statementsOf(finance, `&periodId=${periodId}&status=issued`)).filter(
        ({ supersededBy, kind }) => supersededBy === null && kind !== 381,
      );
    const actual = async () => (await valid()).reduce((sum, { grossCents }) => sum + grossCents, 0);
    t.same(await gaps(), [], 'all is billed');

    await t.test('409: no run is posted, for the one that was is superseded (30)', async (t) => {
      await step(finance, run, 'supersede', REASON);
      const errors = [{ code: 'cost_unshared' }, { code: 'cost_unshared' }];
      const missing = { code: 'RUN_MISSING', organisationId: null, memberName: null, errors };
      t.match(await gaps(), [missing]);
      t.equal((await gaps()).length, 1, 'and nobody is said to be charged too much');
      t.match(await refusal(), {
        code: 'SETTLEMENT_NOT_READY',
        errors: [
          {
            pointer: '/periodId',
            code: 'RUN_MISSING',
            detail: /^2026-Q3: .*fehlt ein gebuchter Abrechnungslauf/,
          },
        ],
      });
      await movePeriod(finance, periodId, 'reopen');
      t.match(await gaps(), [missing], 'nor while it is open again');
    });

    await t.test('409: a corrected run is posted and not billed (5, 30)', async (t) => {
      await addCost(world, marriage, 100_000);
      await freeze(world);
      const draft = await createRun(world);
      t.match(await gaps(), [{ code: 'RUN_MISSING' }], 'it is on its way');
      run = await postRun(world, draft);
      const before = await actual();
      const found = await gaps();
      t.ok(found.every(({ code }) => code === 'CHARGE_DIFFERS'));
      t.match(await refusal(), {
        code: 'SETTLEMENT_NOT_READY',
        errors: found.map(({ memberName }) => ({
          code: 'CHARGE_DIFFERS',
          detail: new RegExp(`${memberName}: .*neu vor`),
        })),
      });
      await issue(world, await prepare(world));
      const more = found.reduce((sum, { differenceCents }) => sum + (differenceCents ?? 0), 0);
      t.ok(more > 0);
      t.equal(await actual(), before + more, 'the difference is what the batch bills');
      t.same(await gaps(), []);
    });

    await t.test(
      '409: what a credit note takes back is charged anew, or the run is corrected (19, 30)',
      async (t) => {
        const document = (await valid()).find(({ organisationId }) => organisationId === anroechte.id);
        const credit = (await creditNote(finance, document as StatementBody)).json<StatementBody>();
        await statementStep(colleague, credit, 'issue', { contentHash: credit.contentHash });
        t.match(await gaps(), [
          { code: 'CHARGE_DIFFERS', organisationId: anroechte.id, differenceCents: document?.grossCents },
        ]);
        t.equal((await refusal()).errors[0]?.code, 'CHARGE_DIFFERS');
        const batch = await prepare(world);
        const [draft] = (await statementsOf(finance, `&batchId=${batch.id}`)) as [StatementBody];
        await statementStep(finance, draft, 'discard');
        t.match(await gaps(), [{ code: 'CHARGE_DIFFERS' }], 'dropping the draft drops no charge');
        await must(finance, 'POST', `/statement-batches/${batch.id}/actions/discard`, undefined, {
          'if-match': `"${batch.version}"`,
        });
        await issue(world, await prepare(world));
        t.same(await gaps(), []);
      },
    );

    await t.test('409: a member whose VAT is in question, and why (10, 30)', async (t) => {
      const question = await must<{ id: string; version: number; status: string }>(
        finance,
        'POST',
        '/vat-determinations',
        determination(certificates, [anroechte.id], { facts: OPEN_FACTS }),
      );
      t.equal(question.status, 'review');
      t.match(await gaps(), [
        { code: 'MEMBER_BLOCKED', organisationId: anroechte.id, errors: [{ code: 'VAT_REVIEW_OPEN' }] },
      ]);
      t.match((await refusal()).errors, [{ code: 'MEMBER_BLOCKED', detail: /^Anröchte: / }]);
      await must(
        colleague,
        'POST',
        `/vat-determinations/${question.id}/actions/reject`,
        { reason: 'Geklärt' },
        {
          'if-match': `"${question.version}"`,
        },
      );
      t.same(await gaps(), []);
    });

    await t.test(
      'VAT determined anew within a period that is billed rewrites no document (20, 30)',
      async (t) => {
        const { items } = await must<{ items: { id: string; service: { id: string } }[] }>(
          finance,
          'GET',
          '/vat-determinations?status=in_force&limit=200',
        );
        const held = items.find(({ service }) => service.id === certificates);
        const change = { validFrom: '2026-08-15', facts: LEGACY_FACTS, supersedes: [held?.id] };
        await inForce(finance, colleague, determination(certificates, [anroechte.id], change));
        t.match((await prepare(world)).blocked, [{ errors: [{ code: 'VAT_CHANGES_WITHIN_PERIOD' }] }]);
        t.same(await gaps(), [], 'no document could say it');
      },
    );

    await t.test(
      '201: what is all billed is settled, and the figures are what the run charges (5)',
      async (t) => {
        const answer = await settle(finance, periodId);
        t.equal(answer.statusCode, 201, answer.body);
        const { members } = answer.json<{ members: { actualCents: number }[] }>();
        t.equal(
          members.reduce((sum, { actualCents }) => sum + actualCents, 0),
          await actual(),
        );
        t.equal(
          (await valid()).reduce((sum, { netCents }) => sum + netCents, 0),
          run.amountCents,
        );
        t.same(await gaps(), [], 'a settled period waits for nothing');
      },
    );
  },
);

tap.test(
  'a member that is blocked from the beginning is named, though it was sent nothing (30)',
  async (t) => {
    const world = await startCostingWorld(t);
    const { finance, association, marriage, periodId } = world;
    await taxable(world);
    await must(
      finance,
      'POST',
      '/vat-determinations',
      determination(marriage, [association.id], { facts: OPEN_FACTS }),
    );
    await addWording(world, [marriage], [world.erwitte, association], {
      mode: 'cascade',
      tranches: [{ id: 'all', label: 'Kopf', percent: '100', key: { type: 'equal' } }],
    });
    await readyToIssue(world);
    await addCost(world, marriage, 10_000);
    await freeze(world);
    await postRun(world, await createRun(world));
    const batch = await issue(world, await prepare(world));
    t.match(batch, { progress: { issued: 1 }, blocked: [{ organisationId: association.id }] });
    const { gaps } = await must<{ gaps: Gap[] }>(finance, 'GET', `/settlements/figures?periodId=${periodId}`);
    t.match(gaps, [
      { code: 'MEMBER_BLOCKED', organisationId: association.id, errors: [{ code: 'VAT_REVIEW_OPEN' }] },
    ]);
    t.equal(problemOf(await settle(finance, periodId)).code, 'SETTLEMENT_NOT_READY');
  },
);

tap.test('prices are charges as well, and need no run (30)', async (t) => {
  const world = await startCostingWorld(t);
  const { clock, finance, erwitte, anroechte, marriage, periodId } = world;
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 1_000)]));
  await addWording(world, [marriage], [erwitte, anroechte], null, {
    priceClause: pricedBy('Preise 2026', [marriage]),
  });
  await use(world, erwitte, marriage, '7');
  await use(world, anroechte, marriage, '4');
  await taxable(world);
  await readyToIssue(world);
  const gaps = async () =>
    (await must<{ gaps: Gap[] }>(finance, 'GET', `/settlements/figures?periodId=${periodId}`)).gaps;
  t.same(await gaps(), [], 'nobody knows yet');
  await freeze(world);
  t.same(new Set((await gaps()).map(({ differenceCents }) => differenceCents)), new Set([8_330, 4_760]));
  await issue(world, await prepare(world));
  t.same(await gaps(), []);
  await use(world, erwitte, marriage, '1');
  clock.set('2026-10-06T08:00:00.000Z');
  await admit(finance, periodId);
  t.match(await gaps(), [{ code: 'CHARGE_DIFFERS', organisationId: erwitte.id, differenceCents: 1_190 }]);
  t.equal(problemOf(await settle(finance, periodId)).code, 'SETTLEMENT_NOT_READY');
  await use(world, erwitte, marriage, '1', { meter: 'pages' });
  clock.set('2026-10-07T08:00:00.000Z');
  await admit(finance, periodId);
  t.match(await gaps(), [
    { code: 'CHARGES_UNKNOWN', organisationId: null, errors: [{ code: 'RATE_MISSING' }] },
  ]);
  t.equal(problemOf(await settle(finance, periodId)).errors[0]?.code, 'CHARGES_UNKNOWN');
});

tap.test('prices may charge a period after its run was superseded for good (30)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, erwitte, anroechte, association, certificates, marriage, periodId } = world;
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 1_000)]));
  await addWording(world, [marriage], [erwitte, anroechte], null, {
    priceClause: pricedBy('Preise 2026', [marriage]),
  });
  await addWording(world, [certificates], [erwitte, association], {
    mode: 'cascade',
    tranches: [{ id: 'all', label: 'Kopf', percent: '100', key: { type: 'equal' } }],
  });
  await use(world, erwitte, marriage, '7');
  await addCost(world, certificates, 10_000);
  await taxable(world);
  await readyToIssue(world);
  const gaps = async () =>
    (await must<{ gaps: Gap[] }>(finance, 'GET', `/settlements/figures?periodId=${periodId}`)).gaps;
  await freeze(world);
  const run = await postRun(world, await createRun(world));
  await issue(world, await prepare(world));
  t.same(await gaps(), [], 'both are billed');

  await step(finance, run, 'supersede', REASON);
  t.match(
    await gaps(),
    [{ code: 'RUN_MISSING', errors: [{ code: 'cost_unshared' }] }],
    'somebody bears the cost',
  );
  await movePeriod(finance, periodId, 'reopen');
  await addCost(world, certificates, -10_000);
  await freeze(world);
  const found = await gaps();
  t.same(new Set(found.map(({ code }) => code)), new Set(['CHARGE_DIFFERS']), 'it was rebooked');
  t.same(
    new Set(found.map(({ organisationId }) => organisationId)),
    new Set([erwitte.id, association.id]),
    'what the run charged is to be taken back',
  );
  t.equal(problemOf(await settle(finance, periodId)).code, 'SETTLEMENT_NOT_READY');

  await issue(world, await prepare(world));
  t.same(await gaps(), []);
  const answer = await settle(finance, periodId);
  t.equal(answer.statusCode, 201, answer.body);
});

tap.test('what a missing document adds to the final documents of its member (5)', async (t) => {
  const draft = (kind: number, netCents: number, before?: { kind: number; grossCents: number }) =>
    ({
      organisationId: 'a',
      kind,
      correctsId: before === undefined ? null : 'before',
      preceding: before === undefined ? [] : [{ statementId: 'before', prepaidCents: 0, ...before }],
      lines: [{ line: { netCents, vat: STANDARD } }],
    }) as unknown as NewStatement;
  const differenceOf = (...drafts: NewStatement[]) => differencesOf(drafts).get('a');
  const final = { kind: 380, grossCents: 11_900 };
  t.equal(differenceOf(draft(380, 10_000)), 11_900);
  t.equal(differenceOf(draft(384, 9_000, final)), -1_190);
  t.equal(differenceOf(draft(381, 10_000, final)), -11_900);
  t.equal(differenceOf(draft(381, 10_000, { kind: 326, grossCents: 11_900 })), 0, 'it was no final one');
  t.equal(differenceOf(draft(380, 10_000), draft(381, 10_000, final)), 0);
});

tap.test('whose valid documents say what is charged, service by service (30)', async (t) => {
  const line = (organisationId: string, serviceId: string, netCents: number) =>
    ({ organisationId, serviceId, line: { netCents } }) as UntaxedLine;
  const sent = (kind: number, lines: readonly UntaxedLine[]) => ({ statement: { kind }, lines }) as Current;
  const charged = [line('a', 's', 70), line('a', 's', 30), line('a', 't', 0), line('b', 's', 5)];
  const said = (...current: Current[]) => [...membersWithNets(current, charged)];
  t.same(said(sent(380, [line('a', 's', 100)])), ['a'], 'in other lines, and without what comes to nothing');
  t.same(said(sent(380, [line('a', 's', 60)]), sent(384, [line('a', 's', 40)])), ['a'], 'in several');
  t.same(said(sent(326, [line('a', 's', 100)])), [], 'an instalment says nothing');
  t.same(said(sent(380, [line('a', 's', 99), line('a', 't', 1)])), [], 'of another service');
  t.same(said(sent(380, [line('b', 's', 6)])), [], 'of another amount');
});
