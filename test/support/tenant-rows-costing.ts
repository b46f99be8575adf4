import type { TestApp } from './app.ts';
import { created, must } from './services.ts';
import { foreignCentre, list, onto, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import {
  allRoles,
  costLine,
  draftRun,
  fresh,
  freshMonth,
  postableRun,
  type RunMade,
  runStep,
  type Side,
  submittedRun,
  type TenantWorld,
} from './tenant-world.ts';

const period = ({ own }: TenantWorld) => created(own.centre, '/billing-periods', { code: freshMonth() });

const key = (own: Side) => ({
  name: fresh('Liste'),
  type: 'area',
  asOf: '2026-01-01',
  source: 'Kataster',
  values: { [own.member.hat.id]: '12.5' },
});

const csv = (text: string): string =>
  `Datum;Leistung;Kostenart;Betrag;Text\n2026-01-31;birth-certificate;Personal;12,50;${text}\n`;

/** A step of a run in the state that the maker brings it to. */
function runAction(
  make: (maker: { test: TestApp; side: Side }) => Promise<RunMade>,
  body: (run: RunMade) => object,
): TenantRow {
  return {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ test, own }) => {
      const run = await make({ test, side: own });
      return onto(run, body(run));
    },
  };
}

const readingRun = (query?: string): TenantRow => ({
  as: 'centre',
  own: 200,
  reach: 'hidden',
  make: async ({ own }) => ({ params: { id: (await draftRun({ side: own })).id }, ...(query && { query }) }),
});

export const COSTING: Readonly<Record<string, TenantRow>> = {
  listBillingPeriods: list('centre', ({ own }) => own.periodId),
  createBillingPeriod: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async () => ({ body: { code: freshMonth() } }),
    foreignIds: foreignCentre,
    otherBody: () => ({ code: freshMonth() }),
  },
  getBillingPeriod: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => ({ params: { id: own.periodId }, secret: own.periodId }),
  },
  actOnBillingPeriod: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { id, version } = await period(world);
      return { params: { id, action: 'close' }, ifMatch: version, body: {}, secret: id };
    },
  },
  admitLateUsage: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => {
      const month = freshMonth();
      let frozen = await created(own.centre, '/billing-periods', { code: month });
      for (const action of ['close', 'freeze'])
        frozen = await must(
          own.centre,
          'POST',
          `/billing-periods/${frozen.id}/actions/${action}`,
          undefined,
          {
            'if-match': `"${frozen.version}"`,
          },
        );
      await must(own.centre, 'POST', '/usage-events', {
        organisationId: own.member.hat.id,
        serviceId: own.serviceId,
        source: 'telephone-system',
        idempotencyKey: fresh('late'),
        quantity: '2',
        occurredAt: `${month}-15T10:00:00Z`,
      });
      return onto(frozen, { reason: 'Nachmeldung' });
    },
    foreignIds: {
      'a period of the other side': [withBody((other) => ({ billingPeriodId: other.periodId })), 422],
    },
  },
  listCostLines: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async ({ own }) => {
      const line = await created(own.centre, '/cost-lines', costLine(own.serviceId, '2026-02-01'));
      return { query: 'limit=200', secret: line.id };
    },
    foreignIds: {
      'a service of the other side': [withQuery((other) => `serviceId=${other.serviceId}`), 200],
    },
  },
  createCostLine: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: costLine(own.serviceId, '2026-03-01') }),
    foreignIds: {
      ...foreignCentre,
      'a service of the other side': [withBody((other) => ({ serviceId: other.serviceId })), 422],
    },
    otherBody: (body: object) => ({ ...body, amountCents: 1 }),
  },
  listCostLineImports: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async ({ own }) => {
      const headers = { 'content-type': 'text/csv' };
      const imported = await must(own.centre, 'POST', '/cost-line-imports', csv(fresh('Import')), headers);
      return { query: 'limit=200', secret: imported.id };
    },
  },
  importCostLines: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async () => ({ body: csv(fresh('Import')), contentType: 'text/csv' }),
    otherBody: () => csv(fresh('Import')),
  },
  listAllocationKeys: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async ({ own }) => ({
      query: 'limit=200',
      secret: (await created(own.centre, '/allocation-keys', key(own))).id,
    }),
  },
  createAllocationKey: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: key(own) }),
    foreignIds: {
      ...foreignCentre,
      'an organisation of the other side': [
        withBody((other) => ({ values: { [other.member.hat.id]: '1' } })),
        422,
      ],
    },
  },
  getAllocationKey: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id } = await created(own.centre, '/allocation-keys', key(own));
      return { params: { id }, secret: id };
    },
  },
  listAllocationRuns: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async ({ own }) => ({ query: 'limit=200', secret: (await draftRun({ side: own })).id }),
    foreignIds: { 'a period of the other side': [withQuery((other) => `periodId=${other.periodId}`), 200] },
  },
  createAllocationRun: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => {
      const { id, version, periodId } = await draftRun({ side: own });
      await runStep(own.centre, { id, version, periodId, resultHash: '' }, 'reject', {
        reason: 'Noch einmal',
      });
      return { body: { periodId } };
    },
    foreignIds: {
      ...foreignCentre,
      'a period of the other side': [withBody((other) => ({ periodId: other.periodId })), 422],
    },
    otherBody: (body: object) => ({ ...body, clauseVersionId: '00000000-0000-4000-8000-000000000000' }),
  },
  getAllocationRun: readingRun(),
  listAllocationRunLines: readingRun('limit=200'),
  getAllocationRunCalculation: readingRun(),
  listUncountedUsage: readingRun(),
  exportAllocationRun: readingRun('format=json'),
  submitAllocationRun: runAction(draftRun, () => ({})),
  approveAllocationRun: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ test, own }) => {
      const run = await submittedRun({ side: own });
      const caller = await test.caller(own.centre.hat, allRoles(own.centre.hat)); // four eyes
      return { ...onto(run, { resultHash: run.resultHash }), caller };
    },
  },
  rejectAllocationRun: runAction(submittedRun, () => ({ reason: 'Falsch' })),
  postAllocationRun: runAction(postableRun, () => ({})),
  supersedeAllocationRun: runAction(
    async (maker) => runStep(maker.side.centre, await postableRun(maker), 'post'),
    () => ({ reason: 'Falsch' }),
  ),
};
