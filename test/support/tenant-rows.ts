import { type Caller } from './app.ts';
import { created, must } from './services.ts';
import {
  acceptedRequest,
  agreementInForce,
  agreementTerms,
  closableRequest,
  closedRequest,
  draftAgreement,
  draftRequest,
  draftService,
  fresh,
  type Made,
  publishedService,
  requestInProgress,
  requestOnHold,
  resolvedRequest,
  type Side,
  serviceContent,
  submittedRequest,
  type TenantWorld,
} from './tenant-world.ts';

/**
 * What hats that have nothing to do with the target are answered when they hold the permission:
 * `hidden` – 404, as if it did not exist; `list` – their own list, without the target;
 * `self` – the route works on what belongs to the caller, so the target stays as it is; `open` – the same answer as its owner.
 */
export type Reach = 'hidden' | 'list' | 'self' | 'open';

export interface Target {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: string;
  readonly body?: unknown;
  /** Version that the change is meant for. */
  readonly ifMatch?: number;
  /** Stands in the answer to the own hat, and in no answer to a hat the target is hidden from. */
  readonly secret?: string;
  /** Instead of the one of the row, where the call ends the caller's session or needs a password. */
  readonly caller?: Caller;
}

export interface TenantRow {
  /** Hat that may. `nobody` for routes without a token. */
  readonly as: 'centre' | 'member' | 'platform' | 'nobody';
  readonly own: number;
  readonly reach: Reach;
  /** The neighbour orders from the same centre and may see more of it than strangers. */
  readonly neighbour?: Reach;
  /** The platform may do it too, so that it is no stranger here. */
  readonly platformMay?: true;
  make(world: TenantWorld): Promise<Target>;
  /** What is answered when the own hat names what belongs to the other side: name → how the target changes, and the status. */
  readonly foreignIds?: Readonly<
    Record<string, readonly [change: (target: Target, other: Side) => Target, status: number]>
  >;
  /** Where two creations with one key need more than a changed name to differ. */
  readonly otherBody?: (body: never) => unknown;
}

const withBody =
  (change: (other: Side) => object) =>
  (target: Target, other: Side): Target => ({
    ...target,
    body: { ...(target.body as object), ...change(other) },
  });
const withQuery =
  (change: (other: Side) => string) =>
  (target: Target, other: Side): Target => ({
    ...target,
    query: change(other),
  });

const onto = (made: Made, body?: unknown): Target => ({
  params: { id: made.id },
  ifMatch: made.version,
  secret: made.id,
  ...(body === undefined ? {} : { body }),
});

/** An action on a request in the state that the maker brings it to. */
function requestAction(
  as: 'centre' | 'member',
  make: (maker: { test: TenantWorld['test']; side: Side }) => Promise<Made>,
  body?: (own: Side) => unknown,
  foreignIds?: TenantRow['foreignIds'],
): TenantRow {
  return {
    as,
    own: 200,
    reach: 'hidden',
    make: async ({ test, own }) => onto(await make({ test, side: own }), body === undefined ? {} : body(own)),
    ...(foreignIds && { foreignIds }),
  };
}

const list = (
  as: TenantRow['as'],
  secret: (world: TenantWorld) => string,
  more: Partial<TenantRow> = {},
): TenantRow => ({
  as,
  own: 200,
  reach: 'list',
  make: async (world) => ({ query: 'limit=200', secret: secret(world) }),
  ...more,
});

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
      body: { email: `${fresh('new')}@example.org`, name: 'Nora Neu', roles: ['auditor'] },
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

const onRequest = async ({ own }: TenantWorld): Promise<Target> => ({
  params: { id: own.requestId },
  query: 'limit=200',
});

const REQUESTS: Readonly<Record<string, TenantRow>> = {
  listServiceRequests: list('member', ({ own }) => own.requestId, {
    foreignIds: {
      'the centre of the other side': [withQuery((other) => `centreId=${other.centre.hat.id}`), 200],
      'an organisation of the other side': [
        withQuery((other) => `organisationId=${other.member.hat.id}`),
        200,
      ],
      'a team of the other side': [withQuery((other) => `teamId=${other.teamId}`), 200],
      'a service of the other side': [withQuery((other) => `serviceId=${other.serviceId}`), 200],
    },
  }),
  createServiceRequest: {
    as: 'member',
    own: 201,
    reach: 'hidden',
    neighbour: 'self',
    make: async ({ own }) => ({
      body: {
        serviceId: own.serviceId,
        subject: 'Urkunde',
        formData: { registerNumber: 'G 1/2026', copies: 1 },
        submit: true,
      },
    }),
    foreignIds: {
      'a service of the other side': [withBody((other) => ({ serviceId: other.serviceId })), 404],
      'a request of the other side as the one it follows': [
        withBody((other) => ({ followsId: other.requestId })),
        422,
      ],
    },
  },
  getServiceRequest: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => ({ params: { id: own.requestId }, secret: own.requestId }),
  },
  editServiceRequest: requestAction('member', draftRequest, () => ({ subject: 'Geändert' })),
  claimServiceRequest: {
    as: 'centre',
    own: 200,
    reach: 'self',
    make: async ({ test, own }) => ({ secret: (await onlyClaimable({ test, side: own })).id }),
  },
  serviceRequestAction_submit: requestAction('member', draftRequest),
  serviceRequestAction_accept: requestAction('centre', submittedRequest),
  serviceRequestAction_reject: requestAction('centre', acceptedRequest, () => ({
    code: 'other',
    reason: 'Nein.',
  })),
  serviceRequestAction_assign: requestAction(
    'centre',
    acceptedRequest,
    (own) => ({ assigneeId: own.caseworker.userId }),
    {
      'a caseworker of the other side': [withBody((other) => ({ assigneeId: other.caseworker.userId })), 422],
    },
  ),
  serviceRequestAction_start: requestAction('centre', acceptedRequest),
  serviceRequestAction_hold: requestAction('centre', requestInProgress, () => ({ holdReason: 'scheduled' })),
  serviceRequestAction_resume: requestAction('centre', requestOnHold),
  serviceRequestAction_resolve: requestAction('centre', requestInProgress, () => ({
    resultCode: 'done',
    resultText: 'Erledigt.',
  })),
  'serviceRequestAction_accept-result': requestAction('member', resolvedRequest),
  serviceRequestAction_object: requestAction('member', resolvedRequest, () => ({ reason: 'Falscher Name.' })),
  serviceRequestAction_close: requestAction('centre', closableRequest),
  serviceRequestAction_cancel: requestAction('member', submittedRequest),
  listMessages: { as: 'member', own: 200, reach: 'hidden', make: onRequest },
  writeMessage: {
    as: 'member',
    own: 201,
    reach: 'hidden',
    make: async ({ own }) => ({ params: { id: own.requestId }, body: { body: 'Eine Frage.' } }),
  },
  listNotes: { as: 'centre', own: 200, reach: 'hidden', make: onRequest },
  writeNote: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async ({ own }) => ({ params: { id: own.requestId }, body: { body: 'Unter uns.' } }),
  },
  listRequestEvents: { as: 'member', own: 200, reach: 'hidden', make: onRequest },
};

/** What is claimed first is the oldest, so everything older is given away before. */
async function onlyClaimable(maker: { test: TenantWorld['test']; side: Side }): Promise<Made> {
  const { sql } = maker.test.owner;
  await sql`update service_requests set assignee_id = ${maker.side.caseworker.userId} where centre_id = ${maker.side.centre.hat.id}`;
  return acceptedRequest(maker);
}

async function deadLetter({ test, own }: TenantWorld): Promise<string> {
  await closedRequest({ test, side: own });
  const [job] = await test.owner.sql<
    { id: string }[]
  >`update outbox_jobs set failed_at = now(), failure = 'trial'
    where id = (select id from outbox_jobs where hat_id = ${own.centre.hat.id} and failed_at is null limit 1) returning id`;
  if (job === undefined) throw new Error('no job to fail');
  return job.id;
}

const OPERATIONS: Readonly<Record<string, TenantRow>> = {
  listDeadLetters: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async (world) => ({ query: 'limit=200', secret: await deadLetter(world) }),
  },
  redriveDeadLetter: {
    as: 'centre',
    own: 204,
    reach: 'hidden',
    make: async (world) => ({ params: { id: await deadLetter(world) } }),
  },
  listAuditEntries: list('member', ({ own }) => own.requestId, {
    make: async ({ own }) => ({ query: `limit=200&entityId=${own.requestId}`, secret: own.requestId }),
    foreignIds: {
      'a request of the other side': [withQuery((other) => `entityId=${other.requestId}`), 200],
    },
  }),
};

const usage = (own: Side) => ({
  organisationId: own.member.hat.id,
  serviceId: own.serviceId,
  source: 'telephone-system',
  idempotencyKey: fresh('event'),
  quantity: '2',
  occurredAt: '2026-11-02T10:00:00Z',
});

const usageEvent = ({ own }: TenantWorld): Promise<Made> => created(own.centre, '/usage-events', usage(own));

const foreignUsage = {
  'a service of the other side': [withQuery((other) => `serviceId=${other.serviceId}`), 200],
  'an organisation of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
  'the centre of the other side': [withQuery((other) => `centreId=${other.centre.hat.id}`), 200],
} satisfies TenantRow['foreignIds'];

const USAGE: Readonly<Record<string, TenantRow>> = {
  listUsageEvents: {
    as: 'member',
    own: 200,
    reach: 'list',
    make: async (world) => ({ query: 'limit=200', secret: (await usageEvent(world)).id }),
    foreignIds: foreignUsage,
  },
  recordUsage: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: usage(own) }),
    foreignIds: {
      'an organisation of the other side': [
        withBody((other) => ({ organisationId: other.member.hat.id })),
        422,
      ],
      'a service of the other side': [withBody((other) => ({ serviceId: other.serviceId })), 422],
    },
    otherBody: (body: object) => ({ ...body, quantity: '3' }),
  },
  getUsageEvent: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await usageEvent(world)),
  },
  reverseUsageEvent: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => ({
      params: { id: (await usageEvent(world)).id },
      body: { reason: 'Doppelt erfasst' },
    }),
    otherBody: (body: object) => ({ ...body, reason: 'Anderer Grund' }),
  },
  adjustUsageEvent: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => ({
      params: { id: (await usageEvent(world)).id },
      body: { quantity: '-1', reason: 'Gezählt', idempotencyKey: fresh('adjustment') },
    }),
    otherBody: (body: object) => ({ ...body, quantity: '-2' }),
  },
  summariseUsage: {
    as: 'member',
    own: 200,
    reach: 'list',
    make: async (world) => {
      await usageEvent(world);
      return { query: 'period=2026', secret: world.own.serviceId };
    },
    foreignIds: Object.fromEntries(
      Object.entries(foreignUsage).map(([name, [change, status]]) => [
        name,
        [(target, other) => ({ query: `period=2026&${change(target, other).query}` }), status],
      ]),
    ),
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
  ...OPERATIONS,
};
