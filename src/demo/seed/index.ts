import { audit } from '../../modules/audit/index.ts';
import type { Modules } from '../../modules.ts';
import { type Clock, dayOf, type Moment, plusSeconds } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { centres } from '../world/index.ts';
import { keepMachineAccounts, seedAccounts, seedMachineAccounts } from './accounts.ts';
import { seedBilling } from './billing.ts';
import { seedBooks } from './books.ts';
import { type SeededCentre, seedCentre, seedDrafts } from './centres.ts';
import { asSystem, PLATFORM, type SeededPerson } from './contexts.ts';
import { withSeedLock } from './lock.ts';
import { LOADED, LOADING, type Progress, readBeginning, readProgress } from './marker.repo.ts';
import { type Hats, seedOrganisations } from './organisations.ts';
import { seedRequests } from './requests.ts';

/** The centres are older than what happened in them. */
const FOUNDED_SECONDS_AGO = 400 * 86_400;

export interface SeedOptions {
  readonly db: Database;
  readonly modules: Modules;
  readonly clock: Clock;
  /** Where the accounts are written to. */
  readonly directory: string;
}

/** The demo world without anything that happens in it. */
export interface World {
  readonly hats: Hats;
  readonly crew: readonly SeededPerson[];
  readonly centres: readonly SeededCentre[];
  /** Settled once everybody can sign in. */
  readonly passwordsSet: Promise<unknown>;
}

/**
 * Loads the demo world: `loaded` when it was loaded now, else what it found instead. A start that was cut off is taken up where
 * it stopped, for everything is made once for ever under a key of its own; what was loaded to the end is never touched again, and
 * neither is a database that holds something else.
 */
export async function seedDemo(options: SeedOptions): Promise<'loaded' | 'present' | 'foreign'> {
  const { db, clock } = options;
  return withSeedLock(db, async () => {
    const progress = await progressOf(db, clock.now());
    if (progress === 'loaded') return 'present';
    if (progress === 'foreign') return 'foreign';
    // A world taken up again is finished as of the moment it was begun, so that keys and periods stay the same.
    const now = (progress === 'loading' ? await begunAt(db, clock.now()) : undefined) ?? clock.now();
    if (progress === 'nothing') await mark(db, LOADING, now);
    const world = await seedStructure(options, now);
    await allDone(world.centres.map((centre) => seedActivity(options.modules, centre, world, now)));
    await world.passwordsSet;
    await mark(db, LOADED, now);
    return 'loaded';
  });
}

/** Organisations, accounts, catalogues and agreements; nothing has happened yet. */
export async function seedStructure({ modules, directory }: SeedOptions, now: Moment): Promise<World> {
  const founded = plusSeconds(now, -FOUNDED_SECONDS_AGO);
  const hats = await seedOrganisations(modules, founded);
  const { crew, passwordsSet } = await seedAccounts(modules, hats, directory, founded);
  const seeded = await allDone(centres.map((spec) => seedCentre(modules, spec, crew, hats, founded)));
  await allDone(seeded.map((centre) => seedBilling(modules, centre, crew, hats, now)));
  const make = (spec: (typeof centres)[number]) => seedMachineAccounts(modules, spec, crew, hats, founded);
  await keepMachineAccounts(directory, centres, make, hats);
  return { hats, crew, centres: seeded, passwordsSet };
}

async function seedActivity(
  modules: Modules,
  centre: SeededCentre,
  world: World,
  now: Moment,
): Promise<void> {
  const { crew, hats } = world;
  await seedDrafts(modules, centre, crew, hats, now);
  await seedRequests(modules, centre, crew, hats, now);
  await seedBooks(modules, centre, crew, hats, now);
}

function begunAt(db: Database, now: Moment): Promise<Moment | undefined> {
  return withHatTx(db, asSystem(PLATFORM, now), readBeginning);
}

function progressOf(db: Database, now: Moment): Promise<Progress> {
  return withHatTx(db, asSystem(PLATFORM, now), readProgress);
}

async function mark(db: Database, action: string, now: Moment): Promise<void> {
  const ctx = asSystem(PLATFORM, now);
  await withHatTx(db, ctx, (tx) =>
    audit(tx, ctx, {
      action,
      entityType: 'demo_world',
      entityId: PLATFORM.id,
      details: { day: dayOf(now), invented: true },
    }),
  );
}

/** Waits for all of them also when one fails: nothing goes on writing once the lock is given back. */
async function allDone<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
