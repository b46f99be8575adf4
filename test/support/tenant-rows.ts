import type { Caller } from './app.ts';
import { created, must } from './services.ts';
import { list, onto, type Target, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import { COSTING } from './tenant-rows-costing.ts';
import { OPERATIONS, REQUESTS, USAGE } from './tenant-rows-work.ts';
import {
  agreementInForce,
  agreementTerms,
  draftAgreement,
  draftService,
  fresh,
  type Made,
  publishedService,
  serviceContent,
  type TenantWorld,
} from './tenant-world.ts';

/** A person with a password, signed in under the own centre. */
async function signedIn({ own, test }: TenantWorld) {
  const email = `${fresh('person')}@example.org`;
  const user = await must<{ id: string; temporaryPassword: string }>(own.centre, 'POST', '/users', {
    email,
    name: 'Petra Person',
    roles: ['caseworker'],
  });
  const credentials = { email, password: user.temporaryPassword };
  const answer = await test.inject({ method: 'POST', url: '/api/v1/auth/token', payload: credentials });
  return { credentials, tokens: answer.json<{ accessToken: string; refreshToken: string }>() };
}

const another = async ({ test, own }: TenantWorld): Promise<Caller> =>
  test.caller(own.centre.hat, ['caseworker']);

async function machineAccount({ own }: TenantWorld) {
  return must<{ clientId: string; clientSecret: string }>(own.centre, 'POST', '/machine-accounts', {
    name: 'Fachverfahren',
    scopes: ['requests:read'],
  });
}

const SIGN_IN: Readonly<Record<string, TenantRow>> = {
  signIn: {
    as: 'nobody',
    own: 200,
    reach: 'self',
    make: async (world) => ({ body: (await signedIn(world)).credentials }),
    foreignIds: { 'a hat of the other side': [withBody((other) => ({ hat: other.centre.hat })), 403] },
  },
  refreshToken: {
    as: 'nobody',
    own: 200,
    reach: 'self',
    make: async (world) => ({ body: { refreshToken: (await signedIn(world)).tokens.refreshToken } }),
  },
  clientToken: {
    as: 'nobody',
    own: 200,
    reach: 'self',
    make: async (world) => {
      const { clientId, clientSecret } = await machineAccount(world);
      return { body: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret } };
    },
  },
  switchHat: {
    as: 'centre',
    own: 200,
    reach: 'self',
    make: async (world) => ({ body: world.own.centre.hat }),
    neighbour: 'self',
    foreignIds: {
      'a hat of the other side': [(target, other) => ({ ...target, body: other.centre.hat }), 403],
    },
  },
  signOut: {
    as: 'centre',
    own: 204,
    reach: 'self',
    make: async (world) => ({ caller: await another(world) }),
  },
  changePassword: {
    as: 'centre',
    own: 204,
    reach: 'self',
    make: async (world) => {
      const { credentials, tokens } = await signedIn(world);
      const caller = { ...(await another(world)), token: tokens.accessToken };
      return {
        body: { currentPassword: credentials.password, newPassword: 'a new and long password' },
        caller,
      };
    },
  },
  getMe: { as: 'centre', own: 200, reach: 'self', make: async ({ own }) => ({ secret: own.centre.userId }) },
};

const PEOPLE: Readonly<Record<string, TenantRow>> = {
  listUsers: list('centre', ({ own }) => own.centre.userId),
  createUser: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async () => ({
      // Another address for each call: an account that one side made is closed to the other.
      body: {
        get email() {
          return `${fresh('new')}@example.org`;
        },
        name: 'Nora Neu',
        roles: ['auditor'],
      },
    }),
    foreignIds: { 'a hat of the other side': [withBody((other) => ({ hat: other.centre.hat })), 403] },
  },
  changeRoles: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { userId } = await another(world);
      return { params: { id: userId }, body: { roles: [] }, secret: userId };
    },
    foreignIds: {
      'a user of the other side': [
        (target, other) => ({ ...target, params: { id: other.centre.userId } }),
        404,
      ],
    },
  },
  listTeams: list('centre', ({ own }) => own.teamId),
  createTeam: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: { name: fresh('Team'), memberIds: [own.centre.userId] } }),
    foreignIds: {
      'a user of the other side': [withBody((other) => ({ memberIds: [other.centre.userId] })), 422],
    },
  },
  changeTeamMembers: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => {
      const team = await created(own.centre, '/teams', { name: fresh('Team'), memberIds: [] });
      return { params: { id: team.id }, body: { memberIds: [own.centre.userId] }, secret: team.id };
    },
    foreignIds: {
      'a user of the other side': [withBody((other) => ({ memberIds: [other.centre.userId] })), 422],
    },
  },
  listMachineAccounts: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async (world) => ({ query: 'limit=200', secret: (await machineAccount(world)).clientId }),
  },
  createMachineAccount: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async () => ({ body: { name: fresh('Programm'), scopes: ['requests:read'] } }),
  },
  disableMachineAccount: {
    as: 'centre',
    own: 204,
    reach: 'hidden',
    make: async (world) => ({ params: { id: (await machineAccount(world)).clientId } }),
  },
};

const ORGANISATIONS: Readonly<Record<string, TenantRow>> = {
  listOrganisations: list('platform', ({ own }) => own.member.hat.id, { reach: 'open' }),
  createOrganisation: {
    as: 'platform',
    own: 201,
    reach: 'self',
    make: async () => ({ body: { name: fresh('Gemeinde'), kind: 'municipality' } }),
  },
  getOrganisation: {
    as: 'platform',
    own: 200,
    reach: 'open',
    make: async ({ own }) => ({ params: { id: own.member.hat.id } }),
  },
  changeOrganisation: {
    as: 'platform',
    own: 200,
    reach: 'hidden',
    make: async ({ platform }) => {
      const body = { name: fresh('Gemeinde'), kind: 'municipality' };
      return onto(await created(platform, '/organisations', body), { name: fresh('Stadt') });
    },
  },
  listCentres: list('platform', ({ own }) => own.centre.hat.id, { reach: 'open' }),
  createCentre: {
    as: 'platform',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({
      body: { code: letters(), name: fresh('Zentrum'), operatorId: own.member.hat.id },
    }),
    otherBody: (body: object) => ({ ...body, code: letters() }),
  },
  getCentre: {
    as: 'platform',
    own: 200,
    reach: 'open',
    make: async ({ own }) => ({ params: { id: own.centre.hat.id } }),
  },
  changeCentre: {
    as: 'platform',
    own: 200,
    reach: 'hidden',
    make: async ({ own, platform }) => {
      const body = { code: letters(), name: fresh('Zentrum'), operatorId: own.member.hat.id };
      return onto(await created(platform, '/centres', body), { name: fresh('Zentrum') });
    },
  },
  listMembers: {
    as: 'centre',
    own: 200,
    reach: 'list',
    platformMay: true,
    make: async ({ own }) => ({
      params: { id: own.centre.hat.id },
      query: 'limit=200',
      secret: own.member.hat.id,
    }),
  },
  addMember: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    platformMay: true,
    make: async ({ own, test }) => {
      const organisation = await test.organisation(fresh('Beitritt'));
      return {
        params: { id: own.centre.hat.id },
        body: { organisationId: organisation.id, joinedOn: '2026-01-01' },
      };
    },
    otherBody: (body: object) => ({ ...body, joinedOn: '2025-01-01' }),
  },
};

let codes = 0;
/** A short mark for a centre that nobody has yet. */
function letters(): string {
  codes += 1;
  return `Z${String.fromCharCode(65 + Math.floor(codes / 26), 65 + (codes % 26))}`;
}

const foreignTerms = {
  'a service of the other side': [withBody((other) => ({ services: [other.serviceId] })), 422],
  'an organisation of the other side': [
    withBody((other) => ({ organisationIds: [other.member.hat.id] })),
    422,
  ],
} satisfies TenantRow['foreignIds'];

const AGREEMENTS: Readonly<Record<string, TenantRow>> = {
  listAgreements: list('member', ({ own }) => own.agreementId, {
    neighbour: 'open',
    foreignIds: {
      'the centre of the other side': [withQuery((other) => `centreId=${other.centre.hat.id}`), 200],
      'an organisation of the other side': [
        withQuery((other) => `organisationId=${other.member.hat.id}`),
        200,
      ],
    },
  }),
  getAgreement: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onto(await agreementInForce({ side: own })),
  },
  listAgreementVersions: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => ({ params: { id: (await agreementInForce({ side: own })).id } }),
  },
  createAgreement: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => {
      const { id } = await publishedService({ side: own });
      return { body: { title: fresh('Vertrag'), mode: 'private', ...agreementTerms(id, own.member.hat.id) } };
    },
    foreignIds: foreignTerms,
  },
  createAgreementVersion: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id } = await agreementInForce({ side: own });
      return { params: { id }, body: agreementTerms(own.serviceId, own.member.hat.id) };
    },
    foreignIds: foreignTerms,
    otherBody: (body: object) => ({ ...body, validFrom: '2030-01-01' }),
  },
  changeAgreementDraft: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id, version } = await draftAgreement({ side: own });
      return {
        params: { id, number: 1 },
        ifMatch: version,
        body: agreementTerms(own.serviceId, own.neighbour.hat.id),
      };
    },
    foreignIds: foreignTerms,
  },
  bringAgreementIntoForce: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onto(await draftAgreement({ side: own }), {}),
  },
  terminateAgreement: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onto(await agreementInForce({ side: own }), { validTo: '2999-01-01' }),
  },
};

const foreignTeam = {
  'a team of the other side': [withBody((other) => ({ processingRule: { teamId: other.teamId } })), 422],
} satisfies TenantRow['foreignIds'];

const onVersion = ({ id }: Made, body: unknown): Target => ({ params: { id, number: 1 }, ifMatch: 1, body });

const CATALOGUE: Readonly<Record<string, TenantRow>> = {
  listServices: list('member', ({ own }) => own.serviceId, {
    neighbour: 'open',
    foreignIds: {
      'the centre of the other side': [withQuery((other) => `centreId=${other.centre.hat.id}`), 200],
    },
  }),
  createService: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({
      body: { code: fresh('code'), category: 'registry', ...serviceContent(own.teamId) },
    }),
    foreignIds: foreignTeam,
  },
  getService: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    neighbour: 'open',
    make: async ({ own }) => ({ params: { id: own.serviceId }, secret: own.serviceId }),
  },
  listServiceVersions: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    neighbour: 'open',
    make: async ({ own }) => ({ params: { id: own.serviceId } }),
  },
  getServiceVersion: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    neighbour: 'open',
    make: async ({ own }) => ({ params: { id: own.serviceId, number: 1 } }),
  },
  createServiceVersion: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id } = await publishedService({ side: own });
      return { params: { id }, body: serviceContent(own.teamId) };
    },
    foreignIds: foreignTeam,
  },
  changeServiceDraft: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onVersion(await draftService({ side: own }), serviceContent(own.teamId)),
    foreignIds: foreignTeam,
  },
  publishServiceVersion: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onVersion(await draftService({ side: own }), {}),
  },
  retireServiceVersion: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id } = await publishedService({ side: own });
      const { version } = await must(own.centre, 'GET', `/services/${id}/versions/1`);
      return { params: { id, number: 1 }, ifMatch: version, body: {} };
    },
  },
};

/** One row for each operation of the API document, by `operationId`. */
export const TENANT_ROWS: Readonly<Record<string, TenantRow>> = {
  ...SIGN_IN,
  ...PEOPLE,
  ...ORGANISATIONS,
  ...AGREEMENTS,
  ...CATALOGUE,
  ...REQUESTS,
  ...USAGE,
  ...COSTING,
  ...OPERATIONS,
};
