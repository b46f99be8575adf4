import { foreignCentre, type TenantRow, withBody } from './tenant-row.ts';
import { postableRun, runStep, type Side, type TenantWorld } from './tenant-world.ts';

/** A posted run, beside what would be if its one member paid something else. */
async function comparison({ own, test }: TenantWorld) {
  const posted = await runStep(own.centre, await postableRun({ test, side: own }), 'post');
  return { base: { runId: posted.id }, scenario: {} };
}

const scenario = (change: (other: Side) => object) =>
  withBody((other) => ({ scenario: { assumptions: change(other) } }));

const foreignIds = {
  ...foreignCentre,
  'a period of the other side': [withBody((other) => ({ scenario: { periodId: other.periodId } })), 422],
  'a service of the other side': [
    scenario((other) => ({ costs: [{ serviceId: other.serviceId, changeCents: 1 }] })),
    422,
  ],
  'a member of the other side': [
    scenario((other) => ({ leaves: [{ organisationId: other.member.hat.id }] })),
    422,
  ],
  'usage of the other side': [scenario((other) => ({ usagePeriodId: other.periodId })), 422],
} satisfies TenantRow['foreignIds'];

export const SIMULATIONS: Readonly<Record<string, TenantRow>> = {
  compareAllocationRuns: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({ body: await comparison(world) }),
    foreignIds,
  },
  compareAllocationRunsWithVat: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({ body: { ...(await comparison(world)), vat: { day: '2027-01-01' } } }),
    foreignIds,
  },
};
