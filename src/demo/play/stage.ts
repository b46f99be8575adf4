import type { SeededCentre } from '../seed/centres.ts';
import type { DemoAccount, DemoMachineAccount } from '../seed/files.ts';
import type { World } from '../seed/index.ts';
import { hatOf } from '../seed/organisations.ts';
import { type Ags, emailOf, type HatName, people } from '../world/index.ts';
import { type Client, signIn, signInProgram } from './client.ts';

/** A centre with everybody who plays in it, signed in. */
export interface Stage {
  readonly centre: SeededCentre;
  readonly organisationIds: ReadonlyMap<Ags, string>;
  /** One for each member. */
  readonly requesters: ReadonlyMap<Ags, Client>;
  readonly payers: ReadonlyMap<Ags, Client>;
  readonly caseworkers: readonly Client[];
  readonly finance: Client;
  /** The second pair of eyes. */
  readonly approver: Client;
  readonly programs: ReadonlyMap<string, Client>;
}

type SignInAs = (hat: HatName, role: string) => Promise<Client>[];

/** Signs everybody in with the accounts of the demo world. */
export async function setStages(
  address: string,
  world: World,
  accounts: readonly DemoAccount[],
  machineAccounts: readonly DemoMachineAccount[],
): Promise<Stage[]> {
  const byEmail = new Map(accounts.map((account) => [account.email, account]));
  const clients = new Map<string, Promise<Client>>();
  const as: SignInAs = (hat, role) =>
    people
      .filter((person) => person.hats[hat]?.includes(role) === true)
      .map((person) => {
        const account = byEmail.get(emailOf(person));
        if (account === undefined) throw new Error(`${person.name} has no account`);
        const key = `${account.email} ${hat}`;
        const client = clients.get(key) ?? signIn(address, account, hatOf(world.hats, hat));
        clients.set(key, client);
        return client;
      });
  return Promise.all(
    world.centres.map(async (centre) => {
      const own = machineAccounts.filter((account) => account.hat.id === centre.hat.id);
      const programs = own.map(
        async (account) => [account.name, await signInProgram(address, account)] as const,
      );
      return { ...(await castOf(centre, world, as)), programs: new Map(await Promise.all(programs)) };
    }),
  );
}

async function castOf(centre: SeededCentre, world: World, as: SignInAs): Promise<Omit<Stage, 'programs'>> {
  const { spec, hatName } = centre;
  const one = (hat: HatName, role: string): Promise<Client> => {
    const [client] = as(hat, role);
    if (client === undefined) throw new Error(`nobody is ${role} under ${hat}`);
    return client;
  };
  const ofMembers = async (role: string): Promise<Map<Ags, Client>> =>
    new Map(
      await Promise.all(
        spec.members.map(async (ags) => [ags, await one(`organisation:${ags}`, role)] as const),
      ),
    );
  return {
    centre,
    organisationIds: new Map(spec.members.map((ags) => [ags, hatOf(world.hats, `organisation:${ags}`).id])),
    requesters: await ofMembers('requester'),
    payers: await ofMembers('member-finance'),
    caseworkers: await Promise.all(as(hatName, 'caseworker')),
    finance: await one(hatName, 'finance'),
    approver: await one(hatName, 'centre-admin'),
  };
}
