import type { LightMyRequestResponse } from 'fastify';
import type { Caller } from './app.ts';
import { must } from './services.ts';

export const RULE = {
  validFrom: '2021-08-31',
  baseCents: 17_500_000,
  stepCents: 3_500_000,
  singlePartyCents: 7_500_000,
  percent: '90',
  savingsPercent: '15',
  purposeYears: 5,
  proofDueMonths: 6,
  eligibleTags: ['LF-1', 'LF-2'],
  source: 'Nr. 5 der Richtlinie',
};

let serial = 0;
/** A programme with one rule; tags that no other programme of the test has, unless named. */
export function programme(change: object = {}) {
  serial += 1;
  return {
    name: `Förderung ${serial}`,
    authority: 'Bezirksregierung',
    reference: { title: 'Förderrichtlinie', date: '2021-08-31' },
    rule: { ...RULE, ...change },
  };
}

export interface ProgrammeBody {
  readonly id: string;
  readonly version: number;
  readonly rules: readonly { readonly id: string; readonly number: number; readonly percent: string }[];
}

export const makeProgramme = (caller: Caller, change: object = {}): Promise<ProgrammeBody> =>
  must<ProgrammeBody>(caller, 'POST', '/grant-programmes', programme(change));

const DECISION = { decidedOn: '2025-11-03', reference: 'Vorlage 2025/112' };

/** An application of the organisations, led by the first. */
export const application = (
  programmeId: string,
  serviceId: string,
  organisationIds: readonly string[],
  change: object = {},
) => ({
  programmeId,
  title: 'Gemeinsame Vergabestelle',
  appliedOn: '2025-12-01',
  serviceId,
  costType: 'Zuwendungen',
  parties: organisationIds.map((organisationId) => ({ organisationId, decision: DECISION })),
  leadOrganisationId: organisationIds[0],
  costBeforeCents: 100_000_00,
  costAfterCents: 80_000_00,
  plannedEligibleCents: 200_000_00,
  ...change,
});

export const NOTICE = {
  number: '31.5-2026/17',
  noticeOn: '2026-01-15',
  awardedCents: 170_000_00,
  approvedFrom: '2026-01-01',
  approvedTo: '2027-01-01',
};

export interface GrantBody {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly version: number;
  readonly contentHash: string;
  readonly tags: readonly string[];
  readonly availableActions: readonly string[];
  readonly savings: { readonly percent: string; readonly isMet: boolean };
  readonly planned: {
    readonly capCents: number;
    readonly percentCents: number;
    readonly grantCents: number;
    readonly ownShareCents: number;
  };
  readonly notice: Readonly<Record<string, unknown>> | null;
  readonly proof: Readonly<Record<string, unknown>> | null;
  readonly sums: Readonly<Record<string, number>>;
  readonly parties: readonly { readonly organisationId: string; readonly isLead: boolean }[];
  readonly deadlines: readonly {
    readonly kind: string;
    readonly dueOn: string;
    readonly state: string;
    readonly remindedAt: string | null;
  }[];
  readonly created: { readonly by: unknown };
}

export interface MoneyBody {
  readonly number: number;
  readonly status: string;
  readonly version: number;
  readonly amountCents: number;
  readonly costLineId: string | null;
  readonly derivation?: Readonly<Record<string, unknown>>;
}

type Step = Pick<GrantBody, 'id' | 'version'>;

/** Any step of a grant, with the ETag of the state given. */
export function grantStep(
  caller: Caller,
  { id, version }: Step,
  action: string,
  body: object = {},
): Promise<LightMyRequestResponse> {
  return caller.call('POST', `/grants/${id}/actions/${action}`, body, { 'if-match': `"${version}"` });
}

export async function grantMust(
  caller: Caller,
  grant: Step,
  action: string,
  body: object = {},
): Promise<GrantBody> {
  const answer = await grantStep(caller, grant, action, body);
  if (answer.statusCode !== 200) throw new Error(`${action}: ${answer.statusCode} ${answer.body}`);
  return answer.json();
}

/** With a programme of its own. */
export async function draftGrant(
  caller: Caller,
  serviceId: string,
  organisationIds: readonly string[],
  { rule = {}, ...change }: { readonly rule?: object } & Record<string, unknown> = {},
): Promise<GrantBody> {
  const { id } = await makeProgramme(caller, rule);
  return must<GrantBody>(caller, 'POST', '/grants', application(id, serviceId, organisationIds, change));
}

export async function noticedGrant(
  caller: Caller,
  draft: GrantBody,
  notice: object = {},
): Promise<GrantBody> {
  const applied = await grantMust(caller, draft, 'submit');
  return grantMust(caller, applied, 'record-notice', { ...NOTICE, ...notice });
}

export async function awardedGrant(
  caller: Caller,
  second: Caller,
  draft: GrantBody,
  notice: object = {},
): Promise<GrantBody> {
  const noticed = await noticedGrant(caller, draft, notice);
  return grantMust(second, noticed, 'award', { contentHash: noticed.contentHash });
}

export const drawdown = (amountCents: number, costTo = '2026-10-01') => ({
  amountCents,
  costTo,
  requestedOn: '2026-10-01',
});

export const draw = (caller: Caller, grantId: string, amountCents: number): Promise<MoneyBody> =>
  must<MoneyBody>(caller, 'POST', `/grants/${grantId}/drawdowns`, drawdown(amountCents));

/** Any step of a drawdown or a clawback, with the ETag of the state given. */
export function moneyStep(
  caller: Caller,
  path: string,
  { version }: Pick<MoneyBody, 'version'>,
  action: string,
  body: object,
): Promise<LightMyRequestResponse> {
  return caller.call('POST', `${path}/actions/${action}`, body, { 'if-match': `"${version}"` });
}

export async function receive(
  caller: Caller,
  grantId: string,
  asked: MoneyBody,
  body: object = {},
): Promise<MoneyBody> {
  const path = `/grants/${grantId}/drawdowns/${asked.number}`;
  const answer = await moneyStep(caller, path, asked, 'receive', { receivedOn: '2026-09-30', ...body });
  if (answer.statusCode !== 200) throw new Error(`receive: ${answer.statusCode} ${answer.body}`);
  return answer.json();
}

export const clawback = (change: object = {}) => ({
  reason: 'eligible_cost',
  grounds: 'Prüfung des Verwendungsnachweises',
  demandedOn: '2026-10-02',
  dueOn: '2026-11-02',
  ...change,
});

/** Cost that bears a tag of the grant, or none. */
export function taggedCost(
  caller: Caller,
  serviceId: string,
  amountCents: number,
  { tags = ['LF-1'], ...change }: { readonly tags?: readonly string[] } & Record<string, unknown> = {},
): Promise<{ readonly id: string }> {
  return must(caller, 'POST', '/cost-lines', {
    serviceId,
    bookedOn: '2026-08-15',
    costType: 'Personal',
    amountCents,
    text: 'Gehälter',
    grantTags: tags,
    ...change,
  });
}
