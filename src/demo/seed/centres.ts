import type { AgreementView } from '../../modules/agreements/index.ts';
import type { Modules } from '../../modules.ts';
import { type Moment, yearOf } from '../../platform/clock.ts';
import type { Hat, HatContext } from '../../platform/context.ts';
import {
  type AgreementSpec,
  type CentreSpec,
  type HatName,
  IN_FORCE_FROM,
  people,
  type ServiceSpec,
} from '../world/index.ts';
import { whoIs } from './accounts.ts';
import { asPerson, once, type SeededPerson } from './contexts.ts';
import { type Hats, hatOf } from './organisations.ts';

/** A centre as it stands in the database. */
export interface SeededCentre {
  readonly spec: CentreSpec;
  readonly hat: Hat;
  readonly hatName: HatName;
  readonly serviceIds: ReadonlyMap<string, string>;
}

/** Teams, catalogue, agreements and value lists of a centre, made by those who would. */
export async function seedCentre(
  modules: Modules,
  spec: CentreSpec,
  crew: readonly SeededPerson[],
  hats: Hats,
  now: Moment,
): Promise<SeededCentre> {
  const hatName: HatName = `centre:${spec.code}`;
  const hat = hatOf(hats, hatName);
  const as = (role: string): HatContext => asPerson(whoIs(crew, hatName, role), hatName, hat, now);
  const teamIds = await seedTeams(modules, spec, crew, as('centre-admin'));
  const serviceIds = new Map<string, string>();
  for (const service of spec.services)
    serviceIds.set(service.code, await seedService(modules, service, teamIds, as('catalogue-manager')));
  const organisationIds = spec.members.map((ags) => hatOf(hats, `organisation:${ags}`).id);
  for (const agreement of spec.agreements)
    await seedAgreement(modules, agreement, { organisationIds, serviceIds }, as('centre-admin'));
  for (const list of spec.lists ?? [])
    await modules.costing.lists.create(once(as('finance'), `list:${list.name}`), {
      ...list,
      values: { ...list.values },
    });
  return { spec, hat, hatName, serviceIds };
}

async function seedTeams(
  { members }: Modules,
  { code, teams }: CentreSpec,
  crew: readonly SeededPerson[],
  ctx: HatContext,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const name of teams) {
    const memberIds = people.flatMap((person, index) =>
      person.teams?.includes(`${code}/${name}`) === true ? [(crew[index] as SeededPerson).id] : [],
    );
    const { id } = await members.createTeam(once(ctx, `team:${name}`), { name, memberIds });
    ids.set(name, id);
  }
  return ids;
}

async function seedService(
  { catalogue }: Modules,
  service: ServiceSpec,
  teamIds: ReadonlyMap<string, string>,
  ctx: HatContext,
): Promise<string> {
  const { code, category, serviceKey } = service;
  const content = contentOf(service, teamIds);
  const { id } = await catalogue.create(once(ctx, `service:${code}`), {
    code,
    category,
    ...(serviceKey !== undefined && { serviceKey }),
    ...content,
  });
  const first = await catalogue.getVersion(ctx, id, 1);
  if (first.status === 'draft') await catalogue.publish(ctx, id, 1, first.version);
  return id;
}

function contentOf(service: ServiceSpec, teamIds: ReadonlyMap<string, string>) {
  const { title, description, form, usage, team, objectionDays = 14, autoAccept = true } = service;
  return {
    title,
    description,
    formSchema: form,
    usageRule: usage,
    processingRule: {
      teamId: known(teamIds, team),
      autoAccept,
      objectionDays,
      routes: (service.routes ?? []).map(({ when, team: other }) => ({
        when,
        teamId: known(teamIds, other),
      })),
    },
    checklist: [...(service.checklist ?? [])],
  };
}

interface Parties {
  readonly organisationIds: string[];
  readonly serviceIds: ReadonlyMap<string, string>;
}

function termsOf(spec: AgreementSpec, { organisationIds, serviceIds }: Parties) {
  return {
    validFrom: IN_FORCE_FROM,
    organisationIds,
    services: spec.services.map((code) => known(serviceIds, code)),
    costClause: structuredClone(spec.costClause) as NonNullable<AgreementView['costClause']>,
    dataProtectionRole: spec.dataProtectionRole,
  };
}

async function seedAgreement(
  { agreements }: Modules,
  spec: AgreementSpec,
  parties: Parties,
  ctx: HatContext,
): Promise<void> {
  const { title, mode } = spec;
  const { id } = await agreements.create(once(ctx, `agreement:${title}`), {
    title,
    mode,
    ...termsOf(spec, parties),
  });
  const { status, version } = await agreements.get(ctx, id);
  if (status === 'draft') await agreements.bringIntoForce(ctx, id, version);
}

/** Work for the next weeks: a service version and an agreement version that are drafts. */
export async function seedDrafts(
  { catalogue, agreements }: Modules,
  { spec, hat, hatName, serviceIds }: SeededCentre,
  crew: readonly SeededPerson[],
  hats: Hats,
  now: Moment,
): Promise<void> {
  const [service] = spec.services;
  const [agreement] = spec.agreements;
  if (service === undefined || agreement === undefined) return;
  const manager = asPerson(whoIs(crew, hatName, 'catalogue-manager'), hatName, hat, now);
  const serviceId = known(serviceIds, service.code);
  const { formSchema, usageRule, processingRule, checklist } = await catalogue.getVersion(
    manager,
    serviceId,
    1,
  );
  if (processingRule === undefined) throw new Error('a centre sees its own processing rules');
  await catalogue.createVersion(once(manager, 'draft-version'), serviceId, {
    title: service.title,
    description: `${service.description} Entwurf: Die Frist für Einwände wird auf 21 Tage verlängert.`,
    formSchema,
    usageRule,
    processingRule: { ...processingRule, objectionDays: 21 },
    checklist,
  });
  const admin = asPerson(whoIs(crew, hatName, 'centre-admin'), hatName, hat, now);
  const { items } = await agreements.list(admin, { limit: 50 });
  const present = items.find(({ title }) => title === agreement.title);
  if (present === undefined) throw new Error(`there is no agreement ${agreement.title}`);
  const organisationIds = spec.members.map((ags) => hatOf(hats, `organisation:${ags}`).id);
  await agreements.createVersion(once(admin, 'draft-agreement'), present.id, {
    ...termsOf(agreement, { organisationIds, serviceIds }),
    validFrom: `${yearOf(now) + 1}-01-01`,
  });
}

export function known(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`the demo world has no ${name}`);
  return id;
}
