import { randomBytes } from 'node:crypto';
import type { Modules } from '../../modules.ts';
import type { Moment } from '../../platform/clock.ts';
import type { CentreSpec, HatName, Person } from '../world/index.ts';
import { emailOf, people } from '../world/index.ts';
import { asPerson, type SeededPerson } from './contexts.ts';
import {
  ACCOUNTS_FILE,
  type DemoAccount,
  type DemoMachineAccount,
  MACHINE_ACCOUNTS_FILE,
  readList,
  writeList,
} from './files.ts';
import { type Hats, named } from './organisations.ts';

export interface SeededAccounts {
  readonly crew: readonly SeededPerson[];
  /** Settled once everybody can sign in. */
  readonly passwordsSet: Promise<unknown>;
}

/**
 * Accounts with random passwords. The file is written first and read again by a later start: a password that nobody could read any
 * more would be an account that nobody could use.
 */
export async function seedAccounts(
  { bootstrap }: Modules,
  hats: Hats,
  directory: string,
  now: Moment,
): Promise<SeededAccounts> {
  const before = await readList<DemoAccount>(directory, ACCOUNTS_FILE);
  const passwords = new Map(before.map(({ email, password }) => [email, password]));
  const accounts = people.map((person) => accountOf(person, hats, passwords));
  await writeList(directory, ACCOUNTS_FILE, accounts);
  const crew: SeededPerson[] = [];
  for (const [index, { email, name, hats: held }] of accounts.entries()) {
    const id = await bootstrap.ensureAccount(now, {
      email,
      name,
      hats: held.map(({ kind, id: hatId, roles }) => ({ hat: { kind, id: hatId }, roles })),
    });
    crew.push({ id, name, hats: (people[index] as Person).hats });
  }
  const passwordsSet = Promise.all(
    accounts.map(({ password }, index) => bootstrap.setPassword((crew[index] as SeededPerson).id, password)),
  );
  passwordsSet.catch(() => undefined); // whoever awaits it hears of a failure; until then it is not unhandled
  return { crew, passwordsSet };
}

function accountOf(person: Person, hats: Hats, passwords: ReadonlyMap<string, string>): DemoAccount {
  const email = emailOf(person);
  const held = Object.entries(person.hats).map(([hatName, roles]) => {
    const { hat, name } = named(hats, hatName as HatName);
    return { ...hat, name, roles: roles ?? [] };
  });
  const password = passwords.get(email) ?? randomBytes(15).toString('base64url');
  return { email, password, name: person.name, hats: held };
}

/** The first person with a role under a hat. */
export function whoIs(crew: readonly SeededPerson[], hat: HatName, role: string): SeededPerson {
  const person = crew.find(({ hats }) => hats[hat]?.includes(role) === true);
  if (person === undefined) throw new Error(`nobody is ${role} under ${hat}`);
  return person;
}

/**
 * Accounts of other programs of a centre. A secret is shown once: an account whose secret never came into the file is switched off,
 * and another takes its place.
 */
export async function seedMachineAccounts(
  { members }: Modules,
  { code, accounts = [] }: CentreSpec,
  crew: readonly SeededPerson[],
  hats: Hats,
  now: Moment,
): Promise<DemoMachineAccount[]> {
  if (accounts.length === 0) return [];
  const { hat, name: centreName } = named(hats, `centre:${code}`);
  const ctx = asPerson(whoIs(crew, `centre:${code}`, 'centre-admin'), `centre:${code}`, hat, now);
  const { items } = await members.listMachineAccounts(ctx, { limit: 50 });
  for (const { clientId, isDisabled } of items)
    if (!isDisabled) await members.disableMachineAccount(ctx, clientId);
  const made: DemoMachineAccount[] = [];
  for (const { name, scopes } of accounts) {
    const { clientId, clientSecret } = await members.createMachineAccount(ctx, { name, scopes: [...scopes] });
    made.push({
      clientId,
      clientSecret: clientSecret ?? '',
      name,
      hat: { ...hat, name: centreName },
      scopes,
    });
  }
  return made;
}

/** Adds to the file what is not in it yet; `make` is asked for those centres only. */
export async function keepMachineAccounts(
  directory: string,
  specs: readonly CentreSpec[],
  make: (spec: CentreSpec) => Promise<DemoMachineAccount[]>,
  hats: Hats,
): Promise<void> {
  for (const spec of specs) {
    const list = await readList<DemoMachineAccount>(directory, MACHINE_ACCOUNTS_FILE);
    const { id } = named(hats, `centre:${spec.code}`).hat;
    if (list.some(({ hat }) => hat.id === id)) continue;
    const made = await make(spec);
    if (made.length > 0) await writeList(directory, MACHINE_ACCOUNTS_FILE, [...list, ...made]);
  }
}
