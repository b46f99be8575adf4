import type { Modules } from '../../modules.ts';
import { dayOf, type Moment } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import { ownVatOf, profileOf, recipientOf, type VatSpec, vatOf } from '../world/billing.ts';
import { whoIs } from './accounts.ts';
import { known, type SeededCentre } from './centres.ts';
import { asPerson, once, type SeededPerson } from './contexts.ts';
import { quarterBefore } from './days.ts';
import { type Hats, hatOf, named } from './organisations.ts';

/** Who issues, where documents go, and what is determined about VAT: nothing could be issued without. */
export async function seedBilling(
  modules: Modules,
  centre: SeededCentre,
  crew: readonly SeededPerson[],
  hats: Hats,
  now: Moment,
): Promise<void> {
  const { hat, hatName, spec } = centre;
  const as = (role: string): HatContext => asPerson(whoIs(crew, hatName, role), hatName, hat, now);
  await seedParties(modules, centre, hats, as('finance'), as('centre-admin'));
  const idsOf = (isOperator: boolean) =>
    spec.members
      .filter((ags) => (ags === spec.operator) === isOperator)
      .map((ags) => hatOf(hats, `organisation:${ags}`).id);
  for (const year of yearsOf(now)) {
    for (const { code } of spec.services) {
      const serviceId = known(centre.serviceIds, code);
      const determine = (members: readonly string[], vat: VatSpec, key: string) =>
        members.length === 0
          ? undefined
          : determineVat(modules, as, { serviceId, members, vat, year, key: `vat:${code}:${year}:${key}` });
      await determine(idsOf(false), vatOf(spec), 'others');
      await determine(idsOf(true), ownVatOf(spec), 'operator');
    }
  }
}

/** Of the last quarter and of today. */
function yearsOf(now: Moment): number[] {
  const days = [quarterBefore(dayOf(now)).firstDay, dayOf(now)];
  return [...new Set(days.map((day) => Number(day.slice(0, 4))))];
}

async function seedParties(
  { billing: { parties } }: Modules,
  { spec, hat }: SeededCentre,
  hats: Hats,
  ctx: HatContext,
  second: HatContext,
): Promise<void> {
  const operator = named(hats, `organisation:${spec.operator}`).name;
  const profile = profileOf(spec, operator);
  await unlessThere(
    () => parties.profile(ctx, hat.id),
    () => parties.putProfile(ctx, hat.id, 0, structuredClone(profile) as never),
  );
  const { pendingAccount, version } = await parties.profile(ctx, hat.id);
  if (pendingAccount !== null) await parties.confirmAccount(second, hat.id, version);
  for (const ags of spec.members) {
    const member = named(hats, `organisation:${ags}`);
    await unlessThere(
      () => parties.recipient(ctx, member.hat.id),
      () =>
        parties.putRecipient(ctx, member.hat.id, 0, structuredClone(recipientOf(ags, member.name)) as never),
    );
  }
}

/** A start that was cut off is taken up again. */
async function unlessThere(find: () => Promise<object>, make: () => Promise<object>): Promise<void> {
  const found = await find().catch((error: unknown) => {
    if ((error as { code?: string }).code === 'NOT_FOUND') return undefined;
    throw error;
  });
  if (found === undefined) await make();
}

interface Determination {
  readonly serviceId: string;
  readonly members: readonly string[];
  readonly vat: VatSpec;
  readonly year: number;
  readonly key: string;
}

/** Finance determines and submits; another person approves. */
async function determineVat(
  { vat: { determinations } }: Modules,
  as: (role: string) => HatContext,
  { serviceId, members, vat, year, key }: Determination,
): Promise<void> {
  const { id } = await determinations.create(once(as('finance'), key), {
    serviceId,
    organisationIds: [...members],
    validFrom: `${year}-01-01`,
    validTo: `${year + 1}-01-01`,
    facts: structuredClone(vat.facts) as never,
    grounds: `${vat.grounds} (Erfunden.)`,
    evidence: [
      {
        kind: 'agreement',
        title: 'Vereinbarung mit den Mitgliedern',
        date: '2023-12-01',
        fileNumber: 'DEMO-1',
      },
    ],
  });
  let made = await determinations.get(as('finance'), id);
  if (made.status === 'draft')
    made = await determinations.act(as('finance'), id, made.version, { action: 'submit' });
  if (made.status !== 'submitted') return;
  const { contentHash } = made;
  await determinations.act(as('centre-admin'), id, made.version, { action: 'approve', contentHash });
}
