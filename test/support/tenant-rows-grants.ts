import type { Caller } from './app.ts';
import {
  application,
  awardedGrant,
  clawback,
  draftGrant,
  draw,
  type GrantBody,
  grantMust,
  type MoneyBody,
  makeProgramme,
  NOTICE,
  noticedGrant,
  programme,
  RULE,
  receive,
  taggedCost,
} from './grants.ts';
import { must } from './services.ts';
import { foreignCentre, list, onto, type Target, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import { allRoles, fresh, type TenantWorld } from './tenant-world.ts';

/** Four eyes. */
const second = ({ own, test }: TenantWorld): Promise<Caller> =>
  test.caller(own.centre.hat, allRoles(own.centre.hat));

/** Each claims cost by a tag of its own. */
const draft = ({ own }: TenantWorld): Promise<GrantBody> =>
  draftGrant(own.centre, own.serviceId, [own.member.hat.id], { rule: { eligibleTags: [fresh('T')] } });
const applied = async (world: TenantWorld) => grantMust(world.own.centre, await draft(world), 'submit');
const noticed = async (world: TenantWorld) => noticedGrant(world.own.centre, await draft(world), AWARD);
const AWARD = { awardedCents: 75_000_00 };

async function awarded(world: TenantWorld): Promise<GrantBody> {
  const { centre } = world.own;
  const grant = await awardedGrant(centre, await second(world), await draft(world), AWARD);
  await taggedCost(centre, world.own.serviceId, 10_000, { tags: grant.tags });
  return grant;
}

async function proved(world: TenantWorld): Promise<GrantBody> {
  const proof = { submittedOn: '2026-09-01', reference: 'VN' };
  return grantMust(world.own.centre, await awarded(world), 'submit-proof', proof);
}

interface Moved {
  readonly grant: GrantBody;
  readonly money: MoneyBody;
}

async function drawn(world: TenantWorld): Promise<Moved> {
  const grant = await awarded(world);
  return { grant, money: await draw(world.own.centre, grant.id, 5_000) };
}

async function demanded(world: TenantWorld): Promise<Moved> {
  const { grant, money } = await drawn(world);
  await receive(world.own.centre, grant.id, money);
  const body = clawback({ reason: 'other', amountCents: 1_000 });
  return { grant, money: await must(world.own.centre, 'POST', `/grants/${grant.id}/clawbacks`, body) };
}

const ontoMoney = ({ grant, money }: Moved, body?: unknown): Target => ({
  params: { id: grant.id, number: money.number },
  ifMatch: money.version,
  secret: grant.id,
  ...(body === undefined ? {} : { body }),
});

const ofGrant = ({ id }: GrantBody, body?: unknown): Target => ({
  params: { id },
  secret: id,
  ...(body === undefined ? {} : { body }),
});

/** What the centre does to what is its own, and what nobody else learns of. */
const step = (make: TenantRow['make'], own = 200): TenantRow => ({
  as: 'centre',
  own,
  reach: 'hidden',
  make,
});

const foreignPlaces = {
  'a service of the other side': [withBody((other) => ({ serviceId: other.serviceId })), 422],
  'a member of the other side': [
    withBody((other) => ({ parties: [{ organisationId: other.member.hat.id }] })),
    422,
  ],
} satisfies TenantRow['foreignIds'];

export const GRANTS: Readonly<Record<string, TenantRow>> = {
  listGrantProgrammes: list('centre', () => '', {
    make: async ({ own }) => ({ query: 'limit=200', secret: (await makeProgramme(own.centre)).id }),
  }),
  createGrantProgramme: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async () => ({ body: programme() }),
    foreignIds: foreignCentre,
  },
  getGrantProgramme: step(async ({ own }) => onto(await makeProgramme(own.centre))),
  recordGrantRule: {
    ...step(async ({ own }) => {
      const { id } = await makeProgramme(own.centre);
      return { params: { id }, body: { ...RULE, validFrom: '2027-01-01' }, secret: id };
    }, 201),
    otherBody: (sent: object) => ({ ...sent, percent: '80' }),
  },
  listGrants: {
    as: 'member',
    own: 200,
    reach: 'list',
    make: async (world) => ({ query: 'limit=200', secret: (await awarded(world)).id }),
    foreignIds: {
      'a programme of the other side': [withQuery((other) => `programmeId=${other.serviceId}`), 200],
    },
  },
  createGrant: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => {
      const { id } = await makeProgramme(own.centre);
      return { body: application(id, own.serviceId, [own.member.hat.id]) };
    },
    foreignIds: { ...foreignCentre, ...foreignPlaces },
    otherBody: (sent: object) => ({ ...sent, title: 'Anderes Vorhaben' }),
  },
  getGrant: { as: 'member', own: 200, reach: 'hidden', make: async (world) => onto(await awarded(world)) },
  changeGrant: {
    ...step(async (world) => onto(await draft(world), { title: 'Neuer Titel' })),
    foreignIds: foreignPlaces,
  },
  submitGrant: step(async (world) => onto(await draft(world), {})),
  withdrawGrant: step(async (world) => onto(await applied(world), { reason: 'Zurückgezogen' })),
  recordGrantNotice: step(async (world) => onto(await applied(world), { ...NOTICE, ...AWARD })),
  rejectGrantNotice: step(async (world) => onto(await noticed(world), { reason: 'Verlesen' })),
  awardGrant: step(async (world) => {
    const grant = await noticed(world);
    return { ...onto(grant, { contentHash: grant.contentHash }), caller: await second(world) };
  }),
  submitGrantProof: step(async (world) =>
    onto(await awarded(world), { submittedOn: '2026-09-01', reference: 'VN' }),
  ),
  closeGrant: step(async (world) => onto(await proved(world), {})),
  listGrantDrawdowns: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async (world) => ofGrant((await drawn(world)).grant),
  },
  requestGrantDrawdown: {
    ...step(
      async (world) =>
        ofGrant(await awarded(world), {
          amountCents: 1_000,
          requestedOn: '2026-09-01',
          costTo: '2027-01-01',
        }),
      201,
    ),
    otherBody: (sent: object) => ({ ...sent, amountCents: 999 }),
  },
  getGrantDrawdown: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async (world) => ontoMoney(await drawn(world)),
  },
  receiveGrantDrawdown: step(async (world) => ontoMoney(await drawn(world), { receivedOn: '2026-09-02' })),
  cancelGrantDrawdown: step(async (world) => ontoMoney(await drawn(world), { reason: 'Irrtum' })),
  listGrantClawbacks: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async (world) => ofGrant((await demanded(world)).grant),
  },
  demandGrantClawback: {
    ...step(async (world) => {
      const { grant, money } = await drawn(world);
      await receive(world.own.centre, grant.id, money);
      return ofGrant(grant, clawback({ reason: 'other', amountCents: 1_000 }));
    }, 201),
    otherBody: (sent: object) => ({ ...sent, amountCents: 999 }),
  },
  getGrantClawback: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async (world) => ontoMoney(await demanded(world)),
  },
  repayGrantClawback: step(async (world) => ontoMoney(await demanded(world), { repaidOn: '2026-10-03' })),
  cancelGrantClawback: step(async (world) => ontoMoney(await demanded(world), { reason: 'Widerspruch' })),
  getGrantEligibleCost: step(async (world) => ofGrant(await awarded(world))),
  listGrantCostLines: step(async (world) => {
    const grant = await awarded(world);
    const line = await taggedCost(world.own.centre, world.own.serviceId, 1, { tags: grant.tags });
    return { params: { id: grant.id }, secret: line.id };
  }),
  getGrantProofOfUse: step(async (world) => ofGrant(await awarded(world))),
};
