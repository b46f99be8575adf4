import { ROLES_BY_HAT } from '../../src/modules/identity/roles.rules.ts';
import { type Hat, systemContext } from '../../src/platform/context.ts';
import { newId } from '../../src/platform/ids.ts';
import { permissionsOf } from '../../src/platform/permissions.ts';
import { type Caller, PLATFORM, type TestApp } from './app.ts';
import { type ChangeJournal, keepChangeJournal } from './change-journal.ts';
import { CERTIFICATE_FORM, created, makeOrderable, must, type OrderableWorld, tagOf } from './services.ts';

export interface Made {
  readonly id: string;
  readonly version: number;
}

/** A centre with everything one can own in it, and one caller for each hat, who holds all roles of that hat. */
export interface Side extends Pick<OrderableWorld, 'caseworker' | 'serviceId' | 'teamId'> {
  readonly centre: Caller;
  readonly member: Caller;
  readonly neighbour: Caller;
  /** A request that the member filed and the centre accepted. */
  readonly requestId: string;
  readonly agreementId: string;
  readonly periodId: string;
}

/** Two centres that have nothing to do with each other, and the platform above them. */
export interface TenantWorld {
  readonly test: TestApp;
  readonly journal: ChangeJournal;
  readonly own: Side;
  readonly other: Side;
  readonly platform: Caller;
}

export const allRoles = (hat: Hat): readonly string[] => ROLES_BY_HAT[hat.kind];

/** All roles of a kind of hat that do not give the permission. */
export function rolesWithout(hat: Hat, permission: string): string[] {
  return allRoles(hat).filter((role) => !permissionsOf([role]).has(permission));
}

export async function makeTenantWorld(test: TestApp): Promise<TenantWorld> {
  return {
    test,
    own: await makeSide(test, 'OWN'),
    other: await makeSide(test, 'OTHER'),
    platform: await test.caller(PLATFORM, allRoles(PLATFORM)),
    journal: await keepChangeJournal(test.owner),
  };
}

async function makeSide(test: TestApp, code: string): Promise<Side> {
  const { centre, member, otherMember, caseworker, serviceId, teamId } = await makeOrderable(test, code);
  const side = {
    centre: await test.caller(centre, allRoles(centre)),
    member: await test.caller(member, allRoles(member)),
    neighbour: await test.caller(otherMember, allRoles(otherMember)),
    caseworker,
    serviceId,
    teamId,
  };
  const team = `/teams/${teamId}`;
  const memberIds = [caseworker.userId, side.centre.userId];
  const tag = await tagOf(side.centre, team);
  await must(side.centre, 'PUT', `${team}/members`, { memberIds }, { 'if-match': `"${tag}"` });
  const { items } = await must<{ items: Made[] }>(side.centre, 'GET', '/agreements');
  const request = await acceptedRequest({ test, side });
  const period = await created(side.centre, '/billing-periods', { code: '2031' });
  return { ...side, periodId: period.id, requestId: request.id, agreementId: items[0]?.id ?? '' };
}

type Maker = { readonly test: TestApp; readonly side: Pick<Side, 'member' | 'centre' | 'serviceId'> };

export const ifMatch = (made: Made) => ({ 'if-match': `"${made.version}"` });

export async function draftRequest({ side }: Maker, submit = false): Promise<Made> {
  return created(side.member, '/service-requests', {
    serviceId: side.serviceId,
    subject: 'Geburtsurkunde',
    formData: { registerNumber: 'G 17/2026', copies: 2 },
    submit,
  });
}

export const submittedRequest = (maker: Maker): Promise<Made> => draftRequest(maker, true);

/** As the job that follows filing leaves it: routed to a team and accepted. */
export async function acceptedRequest(maker: Maker): Promise<Made> {
  const { id } = await submittedRequest(maker);
  const { test, side } = maker;
  const ctx = systemContext(side.centre.hat, side.centre.context.now, newId());
  await test.modules.processing.process(ctx, id);
  return must(side.centre, 'GET', `/service-requests/${id}`);
}

async function acted(maker: Maker, request: Made, action: string, body: object = {}): Promise<Made> {
  const url = `/service-requests/${request.id}/actions/${action}`;
  return must(maker.side.centre, 'POST', url, body, ifMatch(request));
}

export const requestInProgress = async (maker: Maker) => acted(maker, await acceptedRequest(maker), 'start');

export const requestOnHold = async (maker: Maker) =>
  acted(maker, await requestInProgress(maker), 'hold', { holdReason: 'scheduled' });

export const resolvedRequest = async (maker: Maker) =>
  acted(maker, await requestInProgress(maker), 'resolve', { resultCode: 'done', resultText: 'Versandt.' });

/** Resolved so long ago that the centre may close it. */
export async function closableRequest(maker: Maker): Promise<Made> {
  const request = await resolvedRequest(maker);
  await maker.test.owner.sql`update service_requests set closes_at = '2020-01-01' where id = ${request.id}`;
  return request;
}

export async function closedRequest(maker: Maker): Promise<Made> {
  return acted(maker, await closableRequest(maker), 'close');
}

let serial = 0;
/** A name nobody has used yet. */
export const fresh = (stem: string): string => `${stem}-${(serial += 1)}`;

export function serviceContent(teamId: string) {
  return {
    title: fresh('Leistung'),
    description: 'Eine Leistung',
    formSchema: CERTIFICATE_FORM,
    usageRule: { meter: 'cases', unit: 'piece', quantity: { fixed: '1' } },
    processingRule: { teamId },
  };
}

export async function draftService({
  side,
}: {
  readonly side: Pick<Side, 'centre' | 'teamId'>;
}): Promise<Made> {
  return created(side.centre, '/services', {
    code: fresh('service'),
    category: 'registry',
    ...serviceContent(side.teamId),
  });
}

/** Published, so that agreements may name it; nothing covers it yet. */
export async function publishedService(maker: {
  readonly side: Pick<Side, 'centre' | 'teamId'>;
}): Promise<Made> {
  const service = await draftService(maker);
  await must(
    maker.side.centre,
    'POST',
    `/services/${service.id}/versions/1/actions/publish`,
    {},
    ifMatch({ ...service, version: 1 }),
  );
  return service;
}

export function agreementTerms(serviceId: string, organisationId: string) {
  return {
    validFrom: '2020-01-01',
    organisationIds: [organisationId],
    services: [serviceId],
    dataProtectionRole: 'controller',
  };
}

export async function draftAgreement({ side }: { readonly side: Side }): Promise<Made> {
  const service = await publishedService({ side });
  const terms = agreementTerms(service.id, side.member.hat.id);
  return created(side.centre, '/agreements', { title: fresh('Vereinbarung'), mode: 'delegating', ...terms });
}

export async function agreementInForce(maker: { readonly side: Side }): Promise<Made> {
  const draft = await draftAgreement(maker);
  return must(
    maker.side.centre,
    'POST',
    `/agreements/${draft.id}/actions/bring-into-force`,
    {},
    ifMatch(draft),
  );
}

const EQUAL_SHARES = {
  mode: 'cascade',
  tranches: [{ id: 'all', label: 'Alles', percent: '100', key: { type: 'equal' } }],
};

let months = 0;
/** A month nobody has billed yet. */
export function freshMonth(): string {
  months += 1;
  return `${2020 + Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
}

/** A month with the cost of a service that is shared out equally, and a draft run over it. */
export async function draftRun({ side }: { readonly side: Side }): Promise<RunMade> {
  const service = await publishedService({ side });
  const terms = { ...agreementTerms(service.id, side.member.hat.id), costClause: EQUAL_SHARES };
  const agreement = await created(side.centre, '/agreements', {
    title: fresh('Klausel'),
    mode: 'delegating',
    ...terms,
  });
  await must(
    side.centre,
    'POST',
    `/agreements/${agreement.id}/actions/bring-into-force`,
    {},
    ifMatch(agreement),
  );
  const month = freshMonth();
  await must(side.centre, 'POST', '/cost-lines', costLine(service.id, `${month}-15`));
  const period = await created(side.centre, '/billing-periods', { code: month });
  const run = await must<RunMade>(side.centre, 'POST', '/allocation-runs', { periodId: period.id });
  return { ...run, periodId: period.id };
}

export interface RunMade extends Made {
  readonly resultHash: string;
  readonly periodId: string;
}

export const costLine = (serviceId: string, bookedOn: string) => ({
  serviceId,
  bookedOn,
  costType: 'Personal',
  amountCents: 100_00,
  text: 'Gehälter',
});

export async function runStep(
  caller: Caller,
  run: RunMade,
  action: string,
  body: object = {},
): Promise<RunMade> {
  const next = await must<RunMade>(
    caller,
    'POST',
    `/allocation-runs/${run.id}/actions/${action}`,
    body,
    ifMatch(run),
  );
  return { ...next, periodId: run.periodId };
}

export const submittedRun = async (maker: { readonly side: Side }): Promise<RunMade> =>
  runStep(maker.side.centre, await draftRun(maker), 'submit');

/** Approved by a second person, its period frozen. */
export async function postableRun({
  test,
  side,
}: {
  readonly test: TestApp;
  readonly side: Side;
}): Promise<RunMade> {
  const run = await submittedRun({ side });
  const colleague = await test.caller(side.centre.hat, allRoles(side.centre.hat));
  for (const [version, action] of ['close', 'freeze'].entries()) {
    const url = `/billing-periods/${run.periodId}/actions/${action}`;
    await must(side.centre, 'POST', url, {}, { 'if-match': `"${version + 1}"` });
  }
  return runStep(colleague, run, 'approve', { resultHash: run.resultHash });
}
