import tap from 'tap';
import { VAT_RULE_SETS } from '../../../src/modules/billing/index.ts';
import type { VatStretch } from '../../../src/modules/billing/vat/vat.types.ts';
import { answerThroughout } from '../../../src/modules/billing/vat/vat-throughout.rules.ts';
import { problemOf, startCostingWorld } from '../../support/costing.ts';
import { planInForce, runDue, startReceivablesWorld } from '../../support/receivables.ts';
import { must } from '../../support/services.ts';
import {
  issue,
  postedQuarter,
  prepare,
  readyToIssue,
  statement,
  statementStep,
  statementsOf,
} from '../../support/statements.ts';
import {
  determination,
  determine,
  inForce,
  LEGACY_FACTS,
  OPEN_FACTS,
  TAXABLE_FACTS,
  vatMust,
} from '../../support/vat.ts';

/** In the middle of the quarter: neither its first nor its last day. */
const AUGUST = { validFrom: '2026-08-01', validTo: '2026-09-01' };
const AFTER = { validFrom: '2026-09-01', validTo: '2027-01-01' };
const question = { ...AUGUST, facts: OPEN_FACTS, evidence: [] };

tap.test('what holds in the middle of a period counts (numbers in brackets: invariants)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, erwitte, anroechte, association, marriage, certificates } = world;
  await postedQuarter(world);
  await readyToIssue(world);
  const others = [anroechte.id, association.id];
  const own = await inForce(finance, colleague, determination(marriage, [erwitte.id]));
  await inForce(finance, colleague, determination(marriage, others));
  await inForce(finance, colleague, determination(certificates, [erwitte.id, ...others]));
  /** Who is blocked, by what and about which days; the batch is discarded again. */
  const blockedOf = async () => {
    const { id, status, version, blocked } = await prepare(world);
    const etag = { 'if-match': `"${version}"` };
    if (status === 'ready') await must(finance, 'POST', `/statement-batches/${id}/actions/discard`, {}, etag);
    return blocked.map(({ organisationId, errors }) => [
      organisationId,
      ...errors.map(({ code, detail }) => [code, detail.match(/\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/)?.[0]]),
    ]);
  };

  await t.test('a question about some days blocks the member when the batch is prepared (20)', async (t) => {
    const open = await determine(finance, determination(marriage, [erwitte.id], question));
    t.same(await blockedOf(), [[erwitte.id, ['VAT_REVIEW_OPEN', '2026-08-01 to 2026-08-31']]]);
    await vatMust(colleague, open, 'reject', { reason: 'Beantwortet' });
    t.same(await blockedOf(), []);
    const next = { ...question, validFrom: '2026-10-01', validTo: '2026-11-01' };
    const later = await determine(finance, determination(marriage, [erwitte.id], next));
    t.same(await blockedOf(), [], 'a question about the day after the last one does not');
    await vatMust(colleague, later, 'reject', { reason: 'Beantwortet' });
  });

  await t.test('422: and it blocks what was drafted before (20)', async (t) => {
    const ready = await prepare(world);
    t.match(ready, { blocked: [], progress: { statements: 3 } });
    const open = await determine(finance, determination(marriage, [erwitte.id], question));
    const batch = await issue(world, ready);
    t.match(batch, {
      progress: { statements: 3, issued: 2 },
      blocked: [{ organisationId: erwitte.id, errors: [{ code: 'VAT_REVIEW_OPEN' }] }],
    });
    const [draft] = await statementsOf(finance, `&organisationId=${erwitte.id}&status=draft`);
    const shown = await statement(finance, draft?.id ?? '');
    t.match(shown.obstacles, [{ code: 'VAT_REVIEW_OPEN' }]);
    const refused = await statementStep(finance, shown, 'issue', { contentHash: shown.contentHash });
    t.match(problemOf(refused), { status: 422, code: 'VAT_REVIEW_OPEN' });
    await vatMust(colleague, open, 'reject', { reason: 'Beantwortet' });
  });

  await t.test('other VAT in the middle, or a hole behind it, blocks the member (20)', async (t) => {
    const middle = determination(marriage, [erwitte.id], {
      ...AUGUST,
      facts: LEGACY_FACTS,
      supersedes: [own.id],
    });
    await inForce(finance, colleague, middle);
    t.same(await blockedOf(), [[erwitte.id, ['VAT_DETERMINATION_MISSING', '2026-09-01 to 2026-09-30']]]);
    await inForce(finance, colleague, determination(marriage, [erwitte.id], AFTER));
    const again = await prepare(world);
    t.match(again.blocked, [{ errors: [{ code: 'VAT_CHANGES_WITHIN_PERIOD' }] }]);
    t.match(again.blocked[0]?.errors[0]?.detail, /before 2026-08-01, .* from then on/);
  });
});

tap.test('an invoice is not issued over VAT that changed in the middle since it was drafted', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, erwitte, anroechte, association, marriage, certificates } = world;
  await postedQuarter(world);
  await readyToIssue(world);
  const everyone = [erwitte.id, anroechte.id, association.id];
  const own = await inForce(finance, colleague, determination(marriage, everyone, { validTo: '2026-09-01' }));
  const later = await inForce(finance, colleague, determination(marriage, everyone, AFTER));
  await inForce(finance, colleague, determination(certificates, everyone));

  const batch = await prepare(world);

  await t.test('two determinations that say the same may follow each other (20)', async (t) => {
    t.match(batch, { blocked: [], progress: { statements: 3 } });
    const [draft] = await statementsOf(finance, `&batchId=${batch.id}&organisationId=${erwitte.id}`);
    const { items } = await must<{ items: { serviceCode: string; vatDeterminationId: string }[] }>(
      finance,
      'GET',
      `/statements/${draft?.id}/lines`,
    );
    const cited = items.find(({ serviceCode }) => serviceCode === 'marriage')?.vatDeterminationId;
    t.equal(cited, later.id, 'the newer one is cited');
  });

  await t.test('422: a hole, or other VAT, between the same first and last day (20)', async (t) => {
    const until = { validTo: '2026-08-15', supersedes: [own.id] };
    await inForce(
      finance,
      colleague,
      determination(marriage, [erwitte.id], { validFrom: '2026-08-01', ...until }),
    );
    await inForce(
      finance,
      colleague,
      determination(marriage, [anroechte.id], {
        validFrom: '2026-08-01',
        ...until,
        validTo: '2026-09-01',
        facts: LEGACY_FACTS,
      }),
    );
    const { blocked } = await issue(world, batch);
    const codes = new Map(blocked.map(({ organisationId, errors }) => [organisationId, errors[0]?.code]));
    t.same(
      codes,
      new Map([
        [erwitte.id, 'VAT_DETERMINATION_MISSING'],
        [anroechte.id, 'VAT_CHANGES_WITHIN_PERIOD'],
      ]),
    );
    const [draft] = await statementsOf(finance, `&organisationId=${anroechte.id}&status=draft`);
    const shown = await statement(finance, draft?.id ?? '');
    const refused = await statementStep(finance, shown, 'issue', { contentHash: shown.contentHash });
    t.equal(problemOf(refused).code, 'VAT_CHANGES_WITHIN_PERIOD');
  });
});

tap.test('an instalment is not issued over a question or other VAT in the middle (20, 25)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, colleague, clock, erwitte, anroechte, marriage } = world;
  const amounts = [erwitte, anroechte].map(({ id }) => ({
    organisationId: id,
    serviceId: marriage,
    amountCents: 900,
  }));
  const november = { validFrom: '2026-11-01', validTo: '2026-12-01' };
  const plan = await planInForce(world, { amounts });
  const blockedOf = async () =>
    (
      await must<{ items: { organisationId: string; problems: { code: string }[] }[] }>(
        finance,
        'GET',
        `/instalment-plans/${plan.id}/instalments?limit=200&status=blocked`,
      )
    ).items.map(({ organisationId, problems }) => [organisationId, problems[0]?.code]);

  const open = await determine(finance, determination(marriage, [erwitte.id], { ...question, ...november }));
  clock.set('2026-10-07T09:00:00.000Z');
  await runDue(world);
  t.same(await blockedOf(), [[erwitte.id, 'VAT_REVIEW_OPEN']]);

  await vatMust(colleague, open, 'reject', { reason: 'Beantwortet' });
  const held = await must<{ items: { id: string; service: { id: string } }[] }>(
    finance,
    'GET',
    '/vat-determinations?status=in_force&limit=200',
  );
  const own = held.items.find(({ service }) => service.id === marriage);
  const middle = { ...november, facts: LEGACY_FACTS, supersedes: [own?.id] };
  await inForce(finance, colleague, determination(marriage, [erwitte.id], middle));
  const rest = { validFrom: '2026-12-01', facts: TAXABLE_FACTS };
  await inForce(finance, colleague, determination(marriage, [erwitte.id], rest));
  clock.set('2026-10-08T09:00:00.000Z');
  await runDue(world);
  t.same(await blockedOf(), [[erwitte.id, 'VAT_CHANGES_WITHIN_PERIOD']]);
});

tap.test('rules of the law have to be those of each day (9)', async (t) => {
  const asked = { serviceId: 's', organisationId: 'm', from: '2024-07-01', to: '2025-07-01' };
  const stretch: VatStretch = {
    id: 'd',
    number: 'D1',
    result: 'TAXABLE',
    rule: 'STANDARD',
    category: 'S',
    ratePercent: 19,
    vatexCode: null,
    law: '§ 12 Abs. 1 UStG',
    ruleSet: 'ustg-2021-01',
    from: asked.from,
    to: '2025-01-01',
  };
  const next = {
    ...stretch,
    id: 'e',
    number: 'D2',
    ruleSet: 'ustg-2025-01',
    from: '2025-01-01',
    to: asked.to,
  };
  const answer = (...stretches: VatStretch[]) =>
    answerThroughout(asked, { stretches, review: null }, VAT_RULE_SETS);
  t.match(answer(stretch, next), { holding: { id: 'e' } }, 'each by the rules of its days');
  t.match(answer({ ...stretch, to: asked.to }), {
    gap: { problem: { code: 'VAT_DETERMINATION_MISSING' }, detail: /2025-06-30/ },
  });
  t.match(answer(next), { gap: { detail: /2024-07-01 to 2024-12-31/ } }, 'the first days');
  t.match(answer(), { gap: { detail: /2024-07-01 to 2025-06-30/ } }, 'all of them');
  t.match(answer(stretch, { ...next, ratePercent: 7 }), {
    gap: { problem: { code: 'VAT_CHANGES_WITHIN_PERIOD' } },
  });
});
