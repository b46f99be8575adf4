import tap from 'tap';
import { contentHashOf } from '../../../src/modules/billing/statements/statement.rules.ts';
import type { NewStatement } from '../../../src/modules/billing/statements/statements.types.ts';
import {
  createRun,
  fillQuarter,
  freeze,
  type LineBody,
  linesOf,
  postRun,
  startCostingWorld,
} from '../../support/costing.ts';
import { nettedLines, STANDARD } from '../../support/documents.ts';
import { planInForce, runDue, startReceivablesWorld } from '../../support/receivables.ts';
import { must } from '../../support/services.ts';
import {
  issue,
  prepare,
  readyToIssue,
  type StatementBody,
  statementsOf,
  taxable,
} from '../../support/statements.ts';

interface Reason {
  readonly pool: {
    readonly amountCents: number;
    readonly costCents: number;
    readonly deductions: readonly object[];
    readonly directCents: number | null;
    readonly costCentres: readonly object[];
  } | null;
  readonly links: { readonly costLines: readonly string[] };
}

const SET_OFF = {
  amountCents: 418_000,
  costCents: 900_001,
  deductions: [
    { type: 'grant', label: 'Landesförderung', amountCents: 432_001 },
    { type: 'other_income', label: 'Erstattungen', amountCents: 50_000 },
  ],
};

tap.test('what is set off from the cost of a service, for whoever bears it', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, member, otherMember, stranger, test, erwitte, marriage } = world;
  await fillQuarter(world);
  for (const { type, label, amountCents } of SET_OFF.deductions) {
    const day = { serviceId: marriage, bookedOn: '2026-08-20', category: type, costType: label };
    await must(finance, 'POST', '/cost-lines', { ...day, amountCents, text: 'Bescheid 4711 an Frau Meier' });
  }
  await freeze(world);
  const run = await postRun(world, await createRun(world));
  await taxable(world);
  await readyToIssue(world);
  await issue(world, await prepare(world));
  const url = `/allocation-runs/${run.id}/lines`;
  const own = await linesOf(member, run.id);
  const lineOf = (lines: readonly LineBody[], code: string) => {
    const line = lines.find(({ serviceCode }) => serviceCode === code);
    if (line === undefined) throw new Error(`no line of ${code}`);
    return line;
  };
  const why = (position: number) => must<Reason>(member, 'GET', `${url}/${position}/why`);

  t.test(
    '200: a member reads why: cost, grants and income of the service, and what was shared out',
    async (t) => {
      const { pool, links } = await why(lineOf(own, 'marriage').position);
      t.same(pool, {
        ...SET_OFF,
        directCents: null,
        costCentres: [],
        supports: [],
        method: null,
        plan: null,
      });
      t.same(links.costLines, [], 'and no way to single cost');
      const other = await why(lineOf(own, 'certificates').position);
      t.match(
        other.pool,
        { amountCents: 10_001, costCents: 10_001, deductions: [] },
        'where nothing is set off',
      );
      t.notMatch(JSON.stringify([pool, own]), /4711|Meier/, 'sums, and no text of a voucher');
    },
  );

  t.test('200: the centre reads the same, and where the cost is booked', async (t) => {
    const reason = await must<Reason>(finance, 'GET', `${url}/${lineOf(own, 'marriage').position}/why`);
    t.match(reason.pool, { ...SET_OFF, directCents: 900_001 });
    t.equal(reason.links.costLines.length, 1);
  });

  t.test('404: neither another member nor another centre reads it', async (t) => {
    const { position } = lineOf(own, 'marriage');
    t.equal((await otherMember.call('GET', `${url}/${position}/why`)).statusCode, 404);
    t.equal((await stranger.call('GET', `${url}/${position}/why`)).statusCode, 404);
    const outsider = await test.caller(world.association, ['member-finance']);
    const seen = await linesOf(outsider, run.id);
    t.ok(seen.length > 0);
    t.ok(
      seen.every(({ serviceCode }) => serviceCode === 'marriage'),
      'only of services that it pays for',
    );
  });

  t.test('the files of its statement say it, with the figures of the run', async (t) => {
    const [statement] = await statementsOf(member);
    const file = async (format: string) => {
      const answer = await member.call(
        'GET',
        `/statements/${(statement as StatementBody).id}/documents/${format}`,
      );
      t.equal(answer.statusCode, 200, `${format}: ${answer.body.slice(0, 200)}`);
      return answer.body.replaceAll('\u00a0', ' ');
    };
    const csv = await file('csv');
    t.match(csv, /;Umlagebetrag der Leistung;/);
    t.match(
      csv,
      /;9000,01;4820,01;"Zuwendung \(Landesförderung\): 4\.320,01 €; sonstiger Ertrag \(Erstattungen\): 500,00 €"/,
    );
    const ubl = await file('xrechnung-ubl');
    t.match(
      ubl,
      'Kosten der Leistung: 9.000,01 €; abzüglich Zuwendung (Landesförderung) 4.320,01 €, sonstiger Ertrag (Erstattungen) 500,00 €; Umlagebetrag: 4.180,00 €.',
    );
    t.match(ubl, 'Kosten der Leistung: 100,01 €. ', 'where nothing is set off, as before');
    const [{ document }] = (await test.owner.sql`
      select document from statements where id = ${(statement as StatementBody).id}`) as unknown as [
      { document: { lines: { service: { code: string }; derivation: { netting?: object } }[] } },
    ];
    const { amountCents: _pool, ...netting } = SET_OFF;
    for (const { service, derivation } of document.lines)
      t.same(derivation.netting, service.code === 'marriage' ? netting : undefined, service.code);
  });

  t.test('a run of before lines bore it: null to its member, and still on what is sent', async (t) => {
    const { sql } = test.owner;
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update allocation_run_lines set parts = (select jsonb_agg(p - 'pool') from jsonb_array_elements(parts) p) where run_id = ${run.id}`;
      await tx`update statements set superseded_by = id where organisation_id = ${erwitte.id}`;
    });
    t.equal((await why(lineOf(own, 'marriage').position)).pool, null);
    const batch = await prepare(world);
    const [draft] = await statementsOf(finance, `&batchId=${batch.id}`);
    const lines = await sql<{ derivation: { netting?: object } | null }[]>`
      select line->'derivation' as derivation from statement_lines where statement_id = ${draft?.id ?? ''}`;
    t.ok(lines.some(({ derivation }) => derivation?.netting !== undefined));
  });
});

tap.test('instalments say what the budget sets off', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, member, marriage, test } = world;
  const day = { serviceId: marriage, bookedOn: '2026-10-15', kind: 'budget', text: 'Ansatz' };
  const income = { category: 'grant', costType: 'Landesförderung', amountCents: 400_001 };
  await must(finance, 'POST', '/cost-lines', { ...day, ...income });
  const plan = await planInForce(world);
  world.clock.set('2026-10-07T08:00:00.000Z');
  await runDue(world);
  const netting = {
    costCents: 1_000_001,
    deductions: [{ type: 'grant', label: 'Landesförderung', amountCents: 400_001 }],
  };
  const { items } = await must<{
    items: { service: { code: string }; derivation: { netting?: object; poolCents: number } }[];
  }>(member, 'GET', `/instalment-plans/${plan.id}/shares`);
  t.ok(items.length > 1);
  for (const { service, derivation } of items)
    t.same(derivation.netting, service.code === 'marriage' ? netting : undefined, service.code);
  const kept = await test.owner.sql<{ document: object }[]>`
    select document from statements where kind = 326 and status = 'issued'`;
  t.ok(kept.length > 0);
  for (const { document } of kept) t.match(JSON.stringify(document), '"label":"Landesförderung"');
});

tap.test('what is signed covers what is set off', async (t) => {
  const draft: NewStatement = {
    organisationId: 'o',
    kind: 380,
    vatGroup: 'S',
    batchId: null,
    runId: null,
    period: { id: 'p', code: '2026', startsOn: '2026-01-01', endsOn: '2027-01-01' },
    correctsId: null,
    dueOn: null,
    agreementReference: 'Vereinbarung',
    notes: [],
    preceding: [],
    lines: nettedLines(STANDARD).map((line) => ({
      serviceId: 's',
      organisationId: 'o',
      vatDeterminationId: 'v',
      runId: null,
      runPosition: null,
      usageLinks: [],
      line,
    })),
  };
  const other = JSON.parse(JSON.stringify(draft).replace('Erstattungen', 'Spenden')) as NewStatement;
  t.equal(contentHashOf(structuredClone(draft)), contentHashOf(draft));
  t.not(contentHashOf(other), contentHashOf(draft));
});
