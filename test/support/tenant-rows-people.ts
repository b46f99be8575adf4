import type { Caller } from './app.ts';
import { created, must, tagOf } from './services.ts';
import { foreignCentre, list, type TenantRow, withBody } from './tenant-row.ts';
import { fresh, type TenantWorld } from './tenant-world.ts';

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

export const SIGN_IN: Readonly<Record<string, TenantRow>> = {
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

/** A caseworker of the own centre, and the ETag. */
async function colleague(world: TenantWorld) {
  const { userId: id } = await another(world);
  return { params: { id }, ifMatch: await tagOf(world.own.centre, `/users/${id}`), secret: id };
}

export const PEOPLE: Readonly<Record<string, TenantRow>> = {
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
  getUser: { as: 'centre', own: 200, reach: 'hidden', platformMay: true, make: colleague },
  disableUser: { as: 'centre', own: 200, reach: 'hidden', platformMay: true, make: colleague },
  enableUser: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    platformMay: true,
    make: async (world) => {
      const { params, ifMatch } = await colleague(world);
      const url = `/users/${params.id}`;
      await must(world.own.centre, 'POST', `${url}/actions/disable`, {}, { 'if-match': `"${ifMatch}"` });
      return { params, ifMatch: await tagOf(world.own.centre, url), secret: params.id };
    },
  },
  changeRoles: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({ ...(await colleague(world)), body: { roles: [] } }),
    foreignIds: {
      'a user of the other side': [
        (target, other) => ({ ...target, params: { id: other.centre.userId } }),
        404,
      ],
    },
  },
  listTeams: list('centre', ({ own }) => own.teamId),
  getTeam: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => ({ params: { id: own.teamId }, secret: own.teamId }),
  },
  createTeam: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({
      body: { centreId: own.centre.hat.id, name: fresh('Team'), memberIds: [own.centre.userId] },
    }),
    foreignIds: {
      'a user of the other side': [withBody((other) => ({ memberIds: [other.centre.userId] })), 422],
      ...foreignCentre,
    },
  },
  changeTeamMembers: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id } = await created(own.centre, '/teams', { name: fresh('Team'), memberIds: [] });
      const ifMatch = await tagOf(own.centre, `/teams/${id}`);
      return { params: { id }, ifMatch, body: { memberIds: [own.centre.userId] }, secret: id };
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
