import { created } from './services.ts';
import { foreignCentre, list, onto, type Target, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import {
  acceptedRequest,
  closableRequest,
  closedRequest,
  draftRequest,
  fresh,
  type Made,
  requestInProgress,
  requestOnHold,
  resolvedRequest,
  type Side,
  submittedRequest,
  type TenantWorld,
} from './tenant-world.ts';

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

const onRequest = async ({ own }: TenantWorld): Promise<Target> => ({
  params: { id: own.requestId },
  query: 'limit=200',
});

export const REQUESTS: Readonly<Record<string, TenantRow>> = {
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

export const OPERATIONS: Readonly<Record<string, TenantRow>> = {
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

export const USAGE: Readonly<Record<string, TenantRow>> = {
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
    make: async ({ own }) => ({ body: { centreId: own.centre.hat.id, ...usage(own) } }),
    foreignIds: {
      'an organisation of the other side': [
        withBody((other) => ({ organisationId: other.member.hat.id })),
        422,
      ],
      'a service of the other side': [withBody((other) => ({ serviceId: other.serviceId })), 422],
      ...foreignCentre,
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
  listServiceRequestUsageEvents: { as: 'member', own: 200, reach: 'hidden', make: onRequest },
  bookServiceRequestUsage: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async ({ own }) => ({
      params: { id: own.requestId },
      body: {
        idempotencyKey: fresh('booking'),
        meter: 'minutes',
        quantity: '25',
        occurredAt: '2026-11-02T10:00:00Z',
      },
    }),
    otherBody: (body: object) => ({ ...body, quantity: '3' }),
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
