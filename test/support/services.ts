import type { Hat } from '../../src/platform/context.ts';
import type { Caller, TestApp } from './app.ts';

/** A centre with two members that can order one service, and people of all parties. */
export interface OrderableWorld {
  readonly centre: Hat;
  readonly member: Hat;
  readonly otherMember: Hat;
  readonly teamId: string;
  readonly serviceId: string;
  readonly requester: Caller;
  readonly caseworker: Caller;
  readonly lead: Caller;
  readonly admin: Caller;
  readonly finance: Caller;
}

export const CERTIFICATE_FORM = {
  type: 'object',
  title: 'Urkunde',
  required: ['registerNumber', 'copies'],
  additionalProperties: false,
  properties: {
    registerNumber: { type: 'string', title: 'Registernummer', minLength: 1, maxLength: 40 },
    copies: { type: 'integer', title: 'Anzahl', minimum: 1, maximum: 20 },
    purpose: { type: 'string', title: 'Verwendungszweck', maxLength: 200 },
  },
};

export async function makeOrderable(test: TestApp, code = 'SOE'): Promise<OrderableWorld> {
  const member = await test.organisation(`Mitglied ${code}`);
  const otherMember = await test.organisation(`Nachbar ${code}`);
  const centre = await test.centre(code, [member, otherMember]);
  const admin = await test.caller(centre, ['centre-admin', 'catalogue-manager'], 'Ada Admin');
  const caseworker = await test.caller(centre, ['caseworker'], 'Karl Kasten');
  const lead = await test.caller(centre, ['team-lead'], 'Lea Leitung');
  const finance = await test.caller(centre, ['finance'], 'Fina Finanz');
  const requester = await test.caller(member, ['requester'], 'Rita Rathaus');
  const team = await created(admin, '/teams', {
    name: 'Urkunden',
    memberIds: [caseworker.userId, lead.userId],
  });
  const service = await created(admin, '/services', {
    code: 'birth-certificate',
    category: 'registry',
    title: 'Geburtsurkunde',
    description: 'Ausstellung einer Geburtsurkunde',
    formSchema: CERTIFICATE_FORM,
    usageRule: { meter: 'certificates', unit: 'piece', quantity: { formField: '/copies' } },
    processingRule: { teamId: team.id },
  });
  await must(admin, 'POST', `/services/${service.id}/versions/1/actions/publish`, undefined, {
    'if-match': '"1"',
  });
  const agreement = await created(admin, '/agreements', {
    title: 'Vereinbarung',
    mode: 'delegating',
    validFrom: '2020-01-01',
    organisationIds: [member.id, otherMember.id],
    services: [service.id],
    dataProtectionRole: 'controller',
  });
  await must(admin, 'POST', `/agreements/${agreement.id}/actions/bring-into-force`, undefined, {
    'if-match': `"${agreement.version}"`,
  });
  return {
    centre,
    member,
    otherMember,
    teamId: team.id,
    serviceId: service.id,
    requester,
    caseworker,
    lead,
    admin,
    finance,
  };
}

export async function created(
  caller: Caller,
  url: string,
  body: unknown,
): Promise<{ id: string; version: number }> {
  return must(caller, 'POST', url, body);
}

/** The ETag of a resource as it stands, without its quotes. */
export async function tagOf(caller: Caller, url: string): Promise<string> {
  const answer = await caller.call('GET', url);
  if (answer.statusCode !== 200) throw new Error(`GET ${url}: ${answer.statusCode} ${answer.body}`);
  return String(answer.headers['etag']).replaceAll('"', '');
}

/** Sets the roles of a person as the present state allows. */
export async function setRoles(caller: Caller, userId: string, roles: readonly string[]): Promise<void> {
  const tag = await tagOf(caller, `/users/${userId}`);
  await must(caller, 'PUT', `/users/${userId}/roles`, { roles }, { 'if-match': `"${tag}"` });
}

/** Calls and insists on success. */
export async function must<T = { id: string; version: number }>(
  caller: Caller,
  method: Parameters<Caller['call']>[0],
  url: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<T> {
  const answer = await caller.call(method, url, body, headers);
  if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`);
  return answer.json() as T;
}
