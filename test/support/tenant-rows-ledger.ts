import { accountPlan, type Charged, CSV_PROFILE, issue, setUpBilling } from './ledger.ts';
import { created, must } from './services.ts';
import { foreignCentre, list, onto, type TenantRow, withBody } from './tenant-row.ts';
import { allRoles, fresh, type Made, publishedService, type Side, type TenantWorld } from './tenant-world.ts';
import { determination, inForce } from './vat.ts';

let years = 2040;
/** A plan from a day on which none begins yet. */
const plan = ({ member }: Side, validFrom = `${(years += 1)}-01-01`) =>
  accountPlan([member.hat], { validFrom });
const profile = () => ({ name: fresh('Profil'), settings: CSV_PROFILE });

const madePlan = ({ own }: TenantWorld) => created(own.centre, '/ledger-account-plans', plan(own));
const madeProfile = ({ own }: TenantWorld) => created(own.centre, '/ledger-export-profiles', profile());

const ready = new WeakSet<Side>();
let days = 0;

/** What an export asks for: a profile, and a day of issue with one document that is booked by a plan. */
async function exportable({ own, test }: TenantWorld) {
  if (!ready.has(own)) {
    ready.add(own);
    await setUpBilling({ db: test.db, centre: own.centre }, [own.member.hat]);
    await must(own.centre, 'POST', '/ledger-account-plans', plan(own, '2020-01-01'));
  }
  const { id: serviceId } = await publishedService({ side: own });
  const colleague = await test.caller(own.centre.hat, allRoles(own.centre.hat));
  const facts = determination(serviceId, [own.member.hat.id]);
  const { id: determinationId } = await inForce(own.centre, colleague, facts);
  const vat = { category: 'S', ratePercent: '19' } as const;
  const charged: Charged = { serviceId, determinationId, code: 'service', title: 'Leistung', vat };
  days += 1;
  const [startsOn, endsOn] = [days, days + 1].map((day) => `2026-10-${String(day).padStart(2, '0')}`) as [
    string,
    string,
  ];
  const period = { id: own.periodId, code: '2031', startsOn: '2026-01-01', endsOn: '2026-10-01' };
  // An instalment: a member, period and VAT group has one final document only.
  await issue(
    { db: test.db, centre: own.centre, period },
    { member: own.member.hat, kind: 326, issuedOn: startsOn, lines: [[charged, 100_00]] },
  );
  const { id: profileId } = await created(own.centre, '/ledger-export-profiles', profile());
  return { profileId, startsOn, endsOn };
}

const madeExport = async (world: TenantWorld): Promise<Made> =>
  created(world.own.centre, '/ledger-exports', await exportable(world));

const foreignPlanIds = {
  'a service of the other side': [
    withBody((other) => ({ rules: [{ ...plan(other).rules[0], serviceId: other.serviceId }] })),
    422,
  ],
  'a member of the other side': [
    withBody((other) => ({ debtors: [{ organisationId: other.member.hat.id, account: '10001' }] })),
    422,
  ],
} satisfies TenantRow['foreignIds'];

const unknownId = '01930e2c-6a70-7d4e-9b1a-3f8f2f1c7a10';

export const LEDGER: Readonly<Record<string, TenantRow>> = {
  listLedgerAccountPlans: list('centre', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await madePlan(world)).id }),
  }),
  createLedgerAccountPlan: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: plan(own) }),
    foreignIds: { ...foreignCentre, ...foreignPlanIds },
  },
  getLedgerAccountPlan: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await madePlan(world)),
  },
  changeLedgerAccountPlan: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await madePlan(world), plan(world.own)),
    foreignIds: foreignPlanIds,
  },
  listLedgerExportProfiles: list('centre', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await madeProfile(world)).id }),
  }),
  createLedgerExportProfile: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async () => ({ body: profile() }),
    foreignIds: foreignCentre,
  },
  getLedgerExportProfile: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await madeProfile(world)),
  },
  changeLedgerExportProfile: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await madeProfile(world), profile()),
  },
  listLedgerExports: list('centre', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await madeExport(world)).id }),
  }),
  createLedgerExport: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async (world) => ({ body: await exportable(world) }),
    foreignIds: {
      ...foreignCentre,
      'a period of the other side': [withBody((other) => ({ periodId: other.periodId })), 422],
      'a profile of nobody': [withBody(() => ({ profileId: unknownId })), 422],
    },
    otherBody: (body: object) => ({ ...body, endsOn: '2027-01-01' }),
  },
  getLedgerExport: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { id } = await madeExport(world);
      return { params: { id }, secret: id };
    },
  },
  getLedgerExportFile: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({ params: { id: (await madeExport(world)).id } }),
  },
  repeatLedgerExport: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => {
      const { id } = await madeExport(world);
      return { params: { id }, body: { reason: 'Datei verloren' }, secret: id };
    },
    foreignIds: {
      'a profile of nobody': [withBody(() => ({ profileId: unknownId })), 422],
    },
    otherBody: (body: object) => ({ ...body, reason: 'Anderer Grund' }),
  },
};
