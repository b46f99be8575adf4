import { created } from './services.ts';
import { foreignCentre, onto, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import { draftRun, fresh, postableRun, runStep, type Side } from './tenant-world.ts';

const costCentre = () => ({
  code: fresh('K').replace(/[^A-Za-z0-9._-]/g, '-'),
  name: 'Stelle',
  type: 'support',
});
const newCostCentre = (own: Side) => created(own.centre, '/cost-centres', costCentre());

const mapping = () => ({
  name: fresh('Ledger'),
  columns: { bookedOn: 'Tag', costType: 'Konto', amountCents: 'Betrag', costCentre: 'KST' },
  dayFormat: 'german',
  numberFormat: 'german',
  sign: 'cost_positive',
});
const newMapping = (own: Side) => created(own.centre, '/cost-line-mappings', mapping());

/** A support cost centre and a final one that uses it. */
async function plan(own: Side) {
  const support = costCentre();
  const final = { ...costCentre(), type: 'final', serviceId: own.serviceId };
  for (const body of [support, final]) await created(own.centre, '/cost-centres', body);
  return {
    asOf: '1900-01-01',
    method: 'direct',
    source: 'Vermerk',
    use: { [support.code]: { [final.code]: '1' } },
  };
}
const newPlan = async (own: Side) => created(own.centre, '/secondary-plans', await plan(own));

const reading = (make: (own: Side) => Promise<{ id: string }>): TenantRow => ({
  as: 'centre',
  own: 200,
  reach: 'hidden',
  make: async ({ own }) => {
    const { id } = await make(own);
    return { params: { id }, secret: id };
  },
});
const listing = (make: (own: Side) => Promise<{ id: string }>, more: Partial<TenantRow> = {}): TenantRow => ({
  as: 'centre',
  own: 200,
  reach: 'list',
  make: async ({ own }) => ({ query: 'limit=200', secret: (await make(own)).id }),
  ...more,
});

const correction: TenantRow['make'] = async (world) => {
  const maker = { test: world.test, side: world.own };
  const posted = await runStep(world.own.centre, await postableRun(maker), 'post');
  await runStep(world.own.centre, posted, 'supersede', { reason: 'Falsch' });
  const { id } = await created(world.own.centre, '/allocation-runs', { periodId: posted.periodId });
  return { params: { id }, query: 'limit=200' };
};

export const COSTS: Readonly<Record<string, TenantRow>> = {
  listCostCentres: listing(newCostCentre, {
    foreignIds: {
      'a service of the other side': [withQuery((other) => `serviceId=${other.serviceId}`), 200],
    },
  }),
  createCostCentre: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async () => ({ body: costCentre() }),
    foreignIds: {
      ...foreignCentre,
      'a service of the other side': [
        withBody((other) => ({ type: 'final', serviceId: other.serviceId })),
        422,
      ],
    },
  },
  getCostCentre: reading(newCostCentre),
  changeCostCentre: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onto(await newCostCentre(own), { name: 'Anders' }),
  },
  importAllocationKey: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({
      query: `name=${fresh('Datei')}&type=area&asOf=2026-01-01&source=Kataster`,
      body: `Mitglied;Wert\n${own.member.hat.id};12,5\n`,
      contentType: 'text/csv',
    }),
    foreignIds: {
      'an organisation of the other side': [
        (target, other) => ({ ...target, body: `Mitglied;Wert\n${other.member.hat.id};1\n` }),
        422,
      ],
    },
    otherBody: (body: string) => `${body}\n`,
  },
  explainAllocationRunLine: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => ({ params: { id: (await draftRun({ side: own })).id, position: 0 } }),
  },
  listAllocationRunDeltas: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: correction,
    foreignIds: {
      'an organisation of the other side': [
        withQuery((other) => `organisationId=${other.member.hat.id}`),
        200,
      ],
    },
  },
  listSecondaryPlans: listing(newPlan),
  createSecondaryPlan: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: await plan(own) }),
    foreignIds: foreignCentre,
    otherBody: (body: object) => ({ ...body, source: 'Anderer Vermerk' }),
  },
  getSecondaryPlan: reading(newPlan),
  listCostLineMappings: listing(newMapping),
  createCostLineMapping: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async () => ({ body: mapping() }),
    foreignIds: foreignCentre,
  },
  getCostLineMapping: reading(newMapping),
  replaceCostLineMapping: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onto(await newMapping(own), mapping()),
  },
};
