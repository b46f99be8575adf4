import tap from 'tap';
import {
  createDrafts,
  issueDrafts,
} from '../../../src/modules/billing/statements/statement-issuing.service.ts';
import type { NewStatement } from '../../../src/modules/billing/statements/statements.types.ts';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import {
  addWording,
  type CostingWorld,
  freeze,
  problemOf,
  startCostingWorld,
  use,
} from '../../support/costing.ts';
import { OUT_OF_SCOPE, STANDARD } from '../../support/documents.ts';
import { cardInForce, cardTerms, pricedBy, unitPrice } from '../../support/rates.ts';
import { must } from '../../support/services.ts';
import {
  creditNote,
  issue,
  postedQuarter,
  prepare,
  readyToIssue,
  type StatementLineBody,
  statement,
  statementsOf,
  taxable,
  work,
} from '../../support/statements.ts';
import { determination, inForce, LEGACY_FACTS, TAXABLE_FACTS, type VatBody } from '../../support/vat.ts';

/** An instalment over so much net, issued for a member as the plan would. */
async function instalment(
  world: CostingWorld,
  determined: VatBody,
  netCents: number,
  vat = STANDARD,
): Promise<string> {
  const { test, finance, centre, erwitte, marriage, periodId } = world;
  const line = {
    service: { code: 'marriage', title: 'Eheschließung' },
    text: 'Abschlag',
    quantity: '1',
    unit: 'LS' as const,
    netCents,
    vat,
  };
  const draft: NewStatement = {
    organisationId: erwitte.id,
    kind: 326,
    vatGroup: vat.category === 'S' ? 'S' : `${vat.category} ${vat.reason}`,
    batchId: null,
    runId: null,
    period: { id: periodId, code: '2026-Q3', startsOn: '2026-07-01', endsOn: '2026-10-01' },
    correctsId: null,
    dueOn: '2026-10-15',
    agreementReference: 'Vereinbarung',
    notes: [],
    preceding: [],
    lines: [
      {
        serviceId: marriage,
        organisationId: erwitte.id,
        vatDeterminationId: determined.id,
        runId: null,
        runPosition: null,
        usageLinks: [],
        line,
      },
    ],
  };
  return withHatTx(test.db, finance.context, async (tx) => {
    const [id = ''] = await createDrafts(tx, finance.context, centre.id, [draft]);
    const { blocked } = await issueDrafts(tx, finance.context, centre.id, [id], '2026-10-05');
    if (blocked.length > 0) throw new Error(JSON.stringify(blocked));
    return id;
  });
}

tap.test('instalments are set off in the final document', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, erwitte, anroechte, association, marriage, certificates, colleague } = world;
  await postedQuarter(world);
  await readyToIssue(world);
  const everyone = [erwitte.id, anroechte.id, association.id];
  const determined = await inForce(finance, colleague, determination(marriage, everyone));
  await inForce(finance, colleague, determination(certificates, everyone));
  const paid = await instalment(world, determined, 100_000);
  await work(world);
  const batch = await prepare(world);

  await t.test('gross, with the tax in them, and only those of the member', async (t) => {
    const drafts = await statementsOf(finance, `&batchId=${batch.id}`);
    const own = drafts.find(({ organisationId }) => organisationId === erwitte.id);
    t.equal(own?.prepaidCents, 119_000);
    t.equal(own?.payableCents, (own?.grossCents ?? 0) - 119_000);
    t.ok(drafts.filter((one) => one !== own).every(({ prepaidCents }) => prepaidCents === 0));
    await issue(world, batch);
    const xml = await finance.call('GET', `/statements/${own?.id}/documents/xrechnung-ubl`);
    t.match(xml.body, '<cbc:PrepaidAmount currencyID="EUR">1190.00</cbc:PrepaidAmount>');
    t.match(xml.body, /darin 190,00\s€ Umsatzsteuer/);
    t.equal((await statement(finance, paid)).supersededBy, null, 'the instalment stays a claim of its own');
  });

  await t.test('409: what a valid invoice sets off is not taken back', async (t) => {
    const answer = await creditNote(finance, { id: paid });
    t.match(problemOf(answer), { code: 'STATEMENT_IS_SET_OFF', detail: /SOE-R-2026-000004/ });
  });

  await t.test('preparing again finds nothing that is not charged', async (t) => {
    const again = await prepare(world);
    t.match(again, { progress: { statements: 0 }, blocked: [] });
  });

  await t.test('a later instalment of the period makes the final document anew', async (t) => {
    await instalment(world, determined, 1_000);
    const stale = await prepare(world);
    const drafts = await statementsOf(finance, `&batchId=${stale.id}`);
    t.match(drafts, [{ kind: 384, organisationId: erwitte.id, prepaidCents: 120_190 }]);
    await instalment(world, determined, 2_000);
    const blocked = await issue(world, stale);
    t.match(blocked, {
      progress: { issued: 0 },
      blocked: [{ organisationId: erwitte.id, errors: [{ code: 'STATEMENT_INSTALMENTS_CHANGED' }] }],
    });
    const anew = await issue(world, await prepare(world));
    t.match(anew, { progress: { statements: 1, issued: 1 } });
    const [final] = await statementsOf(finance, `&batchId=${anew.id}`);
    t.equal(final?.prepaidCents, 122_570, 'all three of them, once');
  });
});

tap.test('what is outside the scope of VAT stands apart', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, erwitte, anroechte, association, marriage, certificates } = world;
  await postedQuarter(world);
  await readyToIssue(world);
  const everyone = [erwitte.id, anroechte.id, association.id];
  const legacy = await inForce(
    finance,
    colleague,
    determination(marriage, everyone, { facts: LEGACY_FACTS, grounds: 'Option' }),
  );
  await inForce(finance, colleague, determination(certificates, everyone, { facts: TAXABLE_FACTS }));
  const lost = await instalment(world, legacy, 500, {
    ...OUT_OF_SCOPE,
    reason: 'Nicht steuerbar nach § 27 Abs. 22 und 22a UStG',
  });
  const batch = await prepare(world);
  const drafts = await statementsOf(finance, `&batchId=${batch.id}`);

  await t.test('a document for each treatment, without VAT and VAT id where there is none', async (t) => {
    const own = drafts.filter(({ organisationId }) => organisationId === erwitte.id);
    t.same(own.map(({ vatGroup }) => vatGroup).sort(), [
      'O Nicht steuerbar nach § 27 Abs. 22 und 22a UStG',
      'S',
    ]);
    await issue(world, batch);
    for (const { id, vatGroup, vatCents } of own) {
      const xml = await finance.call('GET', `/statements/${id}/documents/xrechnung-ubl`);
      t.equal(xml.body.includes('DE136695976'), vatGroup === 'S');
      t.equal(vatCents > 0, vatGroup === 'S');
    }
    const outside = await statementsOf(finance, `&organisationId=${erwitte.id}`);
    t.ok(outside.some(({ prepaidCents, vatGroup }) => prepaidCents === 500 && vatGroup.startsWith('O')));
    t.equal((await statement(finance, lost)).supersededBy, null);
  });
});

tap.test('services that are paid by price', async (t) => {
  const world = await startCostingWorld(t);
  const { member, erwitte, anroechte, marriage } = world;
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 2_550)]));
  await addWording(world, [marriage], [erwitte, anroechte], null, {
    priceClause: pricedBy('Preise 2026', [marriage]),
  });
  await use(world, erwitte, marriage, '7');
  await use(world, anroechte, marriage, '4');
  await taxable(world);
  await readyToIssue(world);

  await t.test('409: not before the period is frozen', async (t) => {
    t.match(await prepare(world), { status: 'failed', failure: { code: 'STATEMENT_PERIOD_OPEN' } });
  });

  await freeze(world);
  const batch = await issue(world, await prepare(world));

  await t.test('are charged as they are rated, with what was counted and its events', async (t) => {
    t.equal(batch.payableCents, Math.round(11 * 2_550 * 1.19));
    const [own] = await statementsOf(member);
    t.equal(own?.netCents, 7 * 2_550);
    const { items } = await must<{ items: StatementLineBody[] }>(
      member,
      'GET',
      `/statements/${own?.id}/lines`,
    );
    t.match(items, [{ quantity: '7', text: /Preise 2026/, why: null }]);
    const events = await must<{ items: { quantity: string }[] }>(
      member,
      'GET',
      (items[0]?.usageEvents[0] ?? '').replace('/api/v1', ''),
    );
    t.same(
      events.items.map(({ quantity }) => quantity),
      ['7'],
    );
  });
});

tap.test('422: a price beside a treatment that rests on exact cost', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, erwitte, marriage } = world;
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 2_550)]));
  await addWording(world, [marriage], [erwitte], null, { priceClause: pricedBy('Preise 2026', [marriage]) });
  await use(world, erwitte, marriage, '7');
  await freeze(world);
  await inForce(
    finance,
    colleague,
    determination(marriage, [erwitte.id], {
      facts: {
        ...TAXABLE_FACTS,
        costSharing: {
          independentGroup: true,
          recipientIsMember: true,
          otherService: true,
          publicInterestUse: true,
          exactCost: true,
          noDistortion: true,
        },
      },
    }),
  );
  t.match(await prepare(world), {
    progress: { statements: 0 },
    blocked: [{ organisationId: erwitte.id, errors: [{ code: 'PRICE_ON_EXACT_COST' }] }],
  });
});
