import type { Modules } from '../../modules.ts';
import type { Moment } from '../../platform/clock.ts';
import type { Hat } from '../../platform/context.ts';
import { findMunicipalities, POPULATION } from '../municipalities.ts';
import { type Ags, centres, type HatName, IN_FORCE_FROM, memberAgs } from '../world/index.ts';
import { asSystem, once, PLATFORM } from './contexts.ts';

export interface NamedHat {
  readonly hat: Hat;
  readonly name: string;
}

/** All hats of the demo world. */
export type Hats = ReadonlyMap<HatName, NamedHat>;

/** Municipalities from the register, centres, and who is a member of which. */
export async function seedOrganisations({ organisations }: Modules, now: Moment): Promise<Hats> {
  const register = await findMunicipalities(memberAgs);
  const ctx = asSystem(PLATFORM, now);
  const hats = new Map<HatName, NamedHat>([['platform', { hat: PLATFORM, name: 'Verbund' }]]);
  await Promise.all(
    [...register.values()].map(async ({ ags, name, state, district, population }) => {
      const { id } = await organisations.createOrganisation(once(ctx, `organisation:${ags}`), {
        ags,
        name,
        kind: 'municipality',
        state,
        district,
        populations: [{ ...POPULATION, population }],
      });
      hats.set(`organisation:${ags}`, { hat: { kind: 'organisation', id }, name });
    }),
  );
  await Promise.all(
    centres.map(async ({ code, name, operator, members }) => {
      const operatorId = hatOf(hats, `organisation:${operator}`).id;
      const centre = await organisations.createCentre(once(ctx, `centre:${code}`), {
        code,
        name,
        operatorId,
      });
      hats.set(`centre:${code}`, { hat: { kind: 'centre', id: centre.id }, name });
      for (const ags of members) await addMember(ags, centre.id, code);
    }),
  );
  return hats;

  async function addMember(ags: Ags, centreId: string, code: string): Promise<void> {
    await organisations.addMember(once(ctx, `member:${code}:${ags}`), centreId, {
      organisationId: hatOf(hats, `organisation:${ags}`).id,
      joinedOn: IN_FORCE_FROM,
    });
  }
}

export function hatOf(hats: Hats, name: HatName): Hat {
  return named(hats, name).hat;
}

export function named(hats: Hats, name: HatName): NamedHat {
  const found = hats.get(name);
  if (found === undefined) throw new Error(`the demo world has no ${name}`);
  return found;
}
