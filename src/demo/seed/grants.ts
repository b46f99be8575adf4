import type { Modules } from '../../modules.ts';
import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import { GRANTS, type GrantSpec, PROGRAMME, RULE } from '../world/grants.ts';
import { known, type SeededCentre } from './centres.ts';
import { once } from './contexts.ts';
import { daysBefore } from './days.ts';
import { type Hats, hatOf } from './organisations.ts';

/** A grant on its way: awarded by two people, something spent, and what that gives drawn and received. */
export async function seedGrant(
  modules: Modules,
  centre: SeededCentre,
  hats: Hats,
  as: (role: string) => HatContext,
): Promise<void> {
  const spec = GRANTS[centre.spec.code];
  if (spec === undefined) return;
  const finance = as('finance');
  const serviceId = known(centre.serviceIds, spec.service);
  const id = await applyFor(modules, spec, serviceId, membersOf(centre, hats), finance);
  await award(modules, spec, id, as);
  const today = dayOf(finance.now);
  const { costType, text, amountCents } = spec.spent;
  await modules.costing.costLines.create(once(finance, `grant-cost:${spec.tag}`), {
    serviceId,
    bookedOn: today,
    costType,
    text,
    amountCents,
    grantTags: [spec.tag],
  });
  const { drawdowns } = modules.grants;
  const asked = await drawdowns.request(once(finance, `drawdown:${spec.tag}`), id, {
    amountCents: (amountCents * Number(RULE.percent)) / 100,
    requestedOn: today,
    costTo: daysBefore(finance.now, -1),
  });
  const { status, number, version } = await drawdowns.get(finance, id, asked.number);
  if (status === 'requested')
    await drawdowns.receive(finance, { id, number, version }, { receivedOn: today });
}

/** The municipality that runs the centre leads. */
function membersOf({ spec }: SeededCentre, hats: Hats): { readonly lead: string; readonly all: string[] } {
  const idOf = (ags: string) => hatOf(hats, `organisation:${ags}`).id;
  return { lead: idOf(spec.operator), all: spec.members.map(idOf) };
}

async function applyFor(
  { grants }: Modules,
  spec: GrantSpec,
  serviceId: string,
  members: { readonly lead: string; readonly all: readonly string[] },
  ctx: HatContext,
): Promise<string> {
  const programme = await grants.programmes.create(once(ctx, 'grant-programme'), {
    ...PROGRAMME,
    rule: { ...RULE, eligibleTags: [spec.tag] },
  });
  const decision = { decidedOn: daysBefore(ctx.now, 320), reference: 'DEMO-Vorlage 1' };
  const { title, costBeforeCents, costAfterCents, plannedEligibleCents } = spec;
  const { id } = await grants.grants.create(once(ctx, `grant:${spec.tag}`), {
    programmeId: programme.id,
    title,
    appliedOn: daysBefore(ctx.now, 300),
    serviceId,
    costType: 'Zuwendungen',
    parties: members.all.map((organisationId) => ({ organisationId, decision })),
    leadOrganisationId: members.lead,
    costBeforeCents,
    costAfterCents,
    plannedEligibleCents,
  });
  return id;
}

/** Finance submits and records the notice; another person confirms it. */
async function award(
  { grants: { grants } }: Modules,
  { awardedCents }: GrantSpec,
  id: string,
  as: (role: string) => HatContext,
): Promise<void> {
  const finance = as('finance');
  let grant = await grants.get(finance, id);
  if (grant.status === 'draft') grant = await grants.act(finance, id, grant.version, { action: 'submit' });
  if (grant.status === 'applied') {
    const notice = {
      number: 'DEMO-31.5-17',
      noticeOn: daysBefore(finance.now, 200),
      awardedCents,
      approvedFrom: daysBefore(finance.now, 180),
      approvedTo: daysBefore(finance.now, -185),
    };
    grant = await grants.act(finance, id, grant.version, { action: 'record-notice', notice });
  }
  if (grant.status !== 'noticed' || grant.contentHash === null) return;
  const { contentHash } = grant;
  await grants.act(as('centre-admin'), id, grant.version, { action: 'award', contentHash });
}
