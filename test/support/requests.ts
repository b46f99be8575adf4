import type { Clock } from '../../src/platform/clock.ts';
import { systemContext } from '../../src/platform/context.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Caller, TestApp } from './app.ts';
import { created, must, type OrderableWorld } from './services.ts';

export interface RequestAnswer {
  id: string;
  number: string;
  status: string;
  holdReason: string | null;
  subject: string;
  version: number;
  serviceVersion: number;
  availableActions: string[];
  assigneeId: string | null;
  teamId: string | null;
  closesAt: string | null;
  closedAt: string | null;
  resolvedAt: string | null;
  resultText: string | null;
  rejectionCode: string | null;
  followsId: string | null;
  agreementVersionId: string;
  formData: Record<string, unknown>;
}

export const FORM = { registerNumber: 'G 1/2026', copies: 2 };

/** What each action takes where it needs something. */
export const BODIES: Readonly<Record<string, object>> = {
  reject: { code: 'incomplete', reason: 'Es fehlt die Registernummer' },
  assign: { assigneeId: null },
  hold: { holdReason: 'awaiting_requester', reason: 'Bitte Nachweis' },
  resolve: { resultCode: 'done', resultText: 'Urkunde liegt bei' },
  object: { reason: 'Der Name ist falsch' },
};

/** Steps from filing to each status that can be reached: `process` is the centre's machinery. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  draft: [],
  submitted: ['submit'],
  accepted: ['submit', 'process'],
  in_progress: ['submit', 'process', 'start'],
  on_hold: ['submit', 'process', 'start', 'hold'],
  resolved: ['submit', 'process', 'start', 'resolve'],
  closed: ['submit', 'process', 'start', 'resolve', 'accept-result'],
  rejected: ['submit', 'reject'],
  cancelled: ['cancel'],
};
export const REACHABLE = Object.keys(WAYS);

/** Files requests and moves them on, through the API alone but for the centre's machinery. */
export function requestDriver(test: TestApp, world: OrderableWorld, clock: Clock) {
  const system = () => systemContext(world.centre, clock.now(), newId());
  const file = (more: object = {}, caller: Caller = world.requester) =>
    must<RequestAnswer>(caller, 'POST', '/service-requests', {
      serviceId: world.serviceId,
      subject: 'Geburtsurkunde',
      formData: FORM,
      ...more,
    });
  const get = (id: string, caller: Caller = world.caseworker) =>
    must<RequestAnswer>(caller, 'GET', `/service-requests/${id}`);
  const tryAction = (caller: Caller, id: string, action: string, version: number, body?: object) =>
    caller.call('POST', `/service-requests/${id}/actions/${action}`, body ?? BODIES[action], {
      'if-match': `"${version}"`,
    });
  const act = async (caller: Caller, id: string, action: string, body?: object): Promise<RequestAnswer> => {
    const { version } = await get(id, caller);
    const answer = await tryAction(caller, id, action, version, body);
    if (answer.statusCode !== 200) throw new Error(`${action}: ${answer.body}`);
    return answer.json();
  };
  const process = (id: string) => test.modules.processing.process(system(), id);
  const own = new Set(['submit', 'cancel', 'accept-result', 'object']);
  /** A request in the wanted status. */
  const reach = async (status: string, more: object = {}): Promise<RequestAnswer> => {
    const { id } = await file(more);
    for (const step of WAYS[status] ?? []) {
      if (step === 'process') await process(id);
      else await act(own.has(step) ? world.requester : world.caseworker, id, step);
    }
    return get(id, status === 'draft' ? world.requester : world.caseworker);
  };
  return { system, file, get, tryAction, act, process, reach };
}

export type RequestDriver = ReturnType<typeof requestDriver>;

export interface EventAnswer {
  type: string;
  fromStatus: string | null;
  toStatus: string | null;
  at: string;
  actor: { id: string; name: string } | null;
  hat: { kind: string; id: string };
  reason: string | null;
  expectedVersion: number | null;
}

export const eventsOf = async (caller: Caller, id: string) =>
  (await must<{ items: EventAnswer[] }>(caller, 'GET', `/service-requests/${id}/events`)).items;

/** Another service of the same centre, open to the same members. */
export async function anotherService(
  world: OrderableWorld,
  code: string,
  formSchema: object,
): Promise<string> {
  const { admin } = world;
  const service = await created(admin, '/services', {
    code,
    category: 'registry',
    title: `Leistung ${code}`,
    description: 'Zur Probe',
    formSchema,
    usageRule: { meter: 'pieces', unit: 'piece', quantity: { fixed: '1' } },
    processingRule: { teamId: world.teamId },
  });
  await must(admin, 'POST', `/services/${service.id}/versions/1/actions/publish`, undefined, {
    'if-match': '"1"',
  });
  const agreement = await created(admin, '/agreements', {
    title: code,
    mode: 'delegating',
    validFrom: '2020-01-01',
    organisationIds: [world.member.id],
    services: [service.id],
    dataProtectionRole: 'controller',
  });
  await must(admin, 'POST', `/agreements/${agreement.id}/actions/bring-into-force`, undefined, {
    'if-match': `"${agreement.version}"`,
  });
  return service.id;
}

/** What the parts of a test file share. */
export interface Scene {
  readonly test: TestApp;
  readonly world: OrderableWorld;
  readonly drive: RequestDriver;
}
