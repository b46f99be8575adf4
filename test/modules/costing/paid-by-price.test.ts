import tap from 'tap';
import {
  addCost,
  addWording,
  createRun,
  freeze,
  linesOf,
  postRun,
  problemOf,
  type RunBody,
  startCostingWorld,
  verifyFile,
} from '../../support/costing.ts';
import { cardInForce, cardTerms, pricedBy, unitPrice } from '../../support/rates.ts';
import { must } from '../../support/services.ts';

interface PaidByPrice {
  readonly id: string;
  readonly amountCents: number;
}

interface File {
  readonly pools: readonly PaidByPrice[];
  readonly unshared?: readonly (PaidByPrice & {
    readonly directCents?: number;
    readonly netting?: object;
  })[];
  readonly secondaryResult: { readonly final: readonly { readonly totalCents: number }[] };
}

const EQUAL = {
  mode: 'cascade',
  tranches: [{ id: 't', label: 'Alles', percent: '100', key: { type: 'equal' } }],
};

tap.test(
  'cost of services that are paid by price (numbers in brackets: invariants of the README)',
  async (t) => {
    const world = await startCostingWorld(t);
    const { finance, auditor, member, erwitte, anroechte, association, marriage, certificates, periodId } =
      world;
    await cardInForce(world, 'Preise', cardTerms([unitPrice(marriage, 1_000)]));
    const priceClause = pricedBy('Preise', [marriage]);
    await addWording(world, [marriage], [erwitte, anroechte], null, { priceClause });
    await addWording(world, [certificates], [erwitte, anroechte], EQUAL);
    const simulate = (more: object = {}) =>
      finance.call('POST', '/allocation-runs', { periodId, simulate: true, ...more });
    const centre = (code: string, serviceId?: string) =>
      must(finance, 'POST', '/cost-centres', {
        code,
        name: `Stelle ${code}`,
        type: serviceId === undefined ? 'support' : 'final',
        ...(serviceId !== undefined && { serviceId }),
      });
    const book = (change: object) =>
      must(finance, 'POST', '/cost-lines', {
        bookedOn: '2026-08-15',
        costType: 'Personal',
        text: 'Gehälter',
        ...change,
      });

    await t.test('422: where all cost is paid by price there is nothing to share out', async (t) => {
      await addCost(world, marriage, 70_000);
      t.match(problemOf(await simulate()), {
        code: 'RUN_WITHOUT_COST',
        detail: /paid by price, or comes to nothing/,
      });
    });

    await t.test('it stands in the run, and nobody bears it by a clause (9)', async (t) => {
      await addCost(world, certificates, 10_001);
      const it = await centre('IT');
      await centre('DESK', marriage);
      const archive = await centre('ARCHIVE', certificates);
      await book({ costCentreId: it.id, amountCents: 90_001 });
      await book({ costCentreId: archive.id, amountCents: 500 });
      await book({ serviceId: marriage, amountCents: 2_000, category: 'grant', costType: 'Landesmittel' });
      await must(finance, 'POST', '/secondary-plans', {
        asOf: '2026-01-01',
        method: 'direct',
        source: 'Vermerk',
        use: { IT: { DESK: '2', ARCHIVE: '1' } },
      });
      const file = (await simulate()).json<File>();
      t.match(file.pools, [{ id: 'certificates', amountCents: 10_001 + 500 + 30_000 }]);
      t.match(file.unshared, [
        {
          id: 'marriage',
          service: { id: marriage },
          directCents: 70_000,
          amountCents: 70_000 + 60_001 - 2_000,
          netting: { costCents: 130_001, deductions: [{ amountCents: 2_000 }] },
        },
      ]);
      const passedOn = file.secondaryResult.final.reduce((sum, { totalCents }) => sum + totalCents, 0);
      t.equal(passedOn, 90_001 + 500, 'support cost is conserved');
    });

    await t.test('a posted run says it to the centre, and verifies outside (5)', async (t) => {
      await freeze(world);
      const run: RunBody = await postRun(world, await createRun(world));
      t.equal(run.amountCents, 40_501);
      t.equal((await linesOf(finance, run.id, `serviceId=${marriage}`)).length, 0);
      const paid = { serviceId: marriage, serviceCode: 'marriage', amountCents: 128_001 };
      t.match(await must(finance, 'GET', `/allocation-runs/${run.id}`), { unsharedCost: [paid] });
      t.match(await must(member, 'GET', `/allocation-runs/${run.id}`), { unsharedCost: [] });
      const { body } = await auditor.call('GET', `/allocation-runs/${run.id}/calculation`);
      t.equal(await verifyFile(body), 0);
      t.equal(
        await verifyFile(body.replace('"directCents": 70000', '"directCents": 70001')),
        2,
        'its sources',
      );
      t.equal(await verifyFile(body.replace('"Eheschließung"', '"Trauung"')), 1, 'its name');
      const twice = JSON.parse(body) as File;
      const doubled = { ...twice, unshared: [...(twice.unshared ?? []), ...(twice.unshared ?? [])] };
      t.equal(await verifyFile(JSON.stringify(doubled)), 2, 'twice');
    });

    await t.test(
      'assumed: a clause in place of the price shares it out; a change of it alone is none',
      async (t) => {
        const clauses = [{ serviceIds: [marriage], costClause: EQUAL }];
        const shared = (await simulate({ assumptions: { clauses } })).json<File>();
        t.match(shared.pools, [{ id: 'certificates' }, { id: 'marriage', amountCents: 128_001 }]);
        t.equal(shared.unshared, undefined);
        const costs = [{ serviceId: marriage, percent: '10' }];
        t.match(problemOf(await simulate({ assumptions: { costs } })), {
          code: 'ASSUMPTION_REFUSED',
          errors: [{ pointer: '/assumptions/costs/0/serviceId', code: 'NO_POOL' }],
        });
        const leaves = [{ organisationId: erwitte.id }];
        t.equal(
          (await simulate({ assumptions: { leaves } })).statusCode,
          200,
          'who leaves leaves what is shared',
        );
      },
    );

    await t.test('422: paid by price by some and shared by others is shared out to nobody', async (t) => {
      await addWording(world, [marriage], [association], EQUAL, { from: '2026-01-01' });
      t.match(problemOf(await simulate()), { code: 'COST_CLAUSE_MISSING', detail: /marriage/ });
    });
  },
);
