import { created } from './services.ts';
import { foreignCentre, list, onto, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import { allRoles, fresh, publishedService, type Side, type TenantWorld } from './tenant-world.ts';
import { determination, determine, OPEN_FACTS, type VatBody, vatMust } from './vat.ts';

const body = (own: Side, change: object = {}) => determination(own.serviceId, [own.member.hat.id], change);
const draft = ({ own }: TenantWorld): Promise<VatBody> => determine(own.centre, body(own));

const group = async ({ own }: TenantWorld) => ({
  name: fresh('Gruppe'),
  serviceIds: [(await publishedService({ side: own })).id],
});
const madeGroup = async (world: TenantWorld) =>
  created(world.own.centre, '/vat-activity-groups', await group(world));

const foreignService = {
  'a service of the other side': [withBody((other) => ({ serviceIds: [other.serviceId] })), 422],
} satisfies TenantRow['foreignIds'];

export const VAT: Readonly<Record<string, TenantRow>> = {
  listVatDeterminations: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async (world) => ({ query: 'limit=200', secret: (await draft(world)).id }),
    foreignIds: {
      'a service of the other side': [withQuery((other) => `serviceId=${other.serviceId}`), 200],
      'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
    },
  },
  createVatDetermination: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: body(own) }),
    foreignIds: {
      ...foreignCentre,
      'a service of the other side': [withBody((other) => ({ serviceId: other.serviceId })), 422],
      'a member of the other side': [withBody((other) => ({ organisationIds: [other.member.hat.id] })), 422],
    },
    otherBody: (sent: object) => ({ ...sent, grounds: 'Andere Gründe' }),
  },
  getVatDetermination: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await draft(world)),
  },
  submitVatDetermination: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await draft(world), {}),
  },
  approveVatDetermination: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { own, test } = world;
      const { id: serviceId } = await publishedService({ side: own });
      const made = await determine(own.centre, determination(serviceId, [own.member.hat.id]));
      const submitted = await vatMust(own.centre, made, 'submit');
      const caller = await test.caller(own.centre.hat, allRoles(own.centre.hat)); // four eyes
      return { ...onto(submitted, { contentHash: submitted.contentHash }), caller };
    },
  },
  rejectVatDetermination: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own, test }) => {
      const made = await determine(own.centre, body(own, { facts: OPEN_FACTS }));
      const caller = await test.caller(own.centre.hat, allRoles(own.centre.hat)); // an open question takes two
      return { ...onto(made, { reason: 'Erledigt' }), caller };
    },
  },
  listVatActivityGroups: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async (world) => ({ query: 'limit=200', secret: (await madeGroup(world)).id }),
  },
  createVatActivityGroup: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async (world) => ({ body: await group(world) }),
    foreignIds: { ...foreignCentre, ...foreignService },
  },
  getVatActivityGroup: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await madeGroup(world)),
  },
  changeVatActivityGroup: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await madeGroup(world), await group(world)),
    foreignIds: foreignService,
  },
  recordVatForecast: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => {
      const { id } = await madeGroup(world);
      return { params: { id }, body: { year: 2026, amountCents: 1, grounds: 'Plan' }, secret: id };
    },
    otherBody: (sent: object) => ({ ...sent, amountCents: 2 }),
  },
  getVatTurnoverWatch: list('centre', () => '', {
    make: async (world) => ({ query: 'year=2026', secret: (await madeGroup(world)).id }),
  }),
  getVatLawChangeReport: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async (world) => {
      const { own, test } = world;
      const { id: serviceId } = await publishedService({ side: own });
      const made = await determine(own.centre, determination(serviceId, [own.member.hat.id]));
      const submitted = await vatMust(own.centre, made, 'submit');
      const second = await test.caller(own.centre.hat, allRoles(own.centre.hat));
      await vatMust(second, submitted, 'approve', { contentHash: submitted.contentHash });
      return { secret: made.id };
    },
    foreignIds: {
      'the centre of the other side': [withQuery((other) => `centreId=${other.centre.hat.id}`), 404],
    },
  },
};
