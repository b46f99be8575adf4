import type { Moment } from '../../platform/clock.ts';
import { type Hat, SYSTEM_ACTOR, systemContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withSignInTx } from '../../platform/db/hat.ts';
import { newId } from '../../platform/ids.ts';
import { audit } from '../audit/index.ts';
import { hashPassword } from './passwords.ts';
import { unknownRoles } from './roles.rules.ts';
import { findAccount, findAccountByEmail, updatePassword } from './sessions.repo.ts';
import * as repo from './users.repo.ts';

export type BootstrapService = ReturnType<typeof createBootstrapService>;

/** Somebody who is let in before there is anybody who could let people in. */
export interface FirstAccount {
  readonly email: string;
  readonly name: string;
  readonly hats: readonly { readonly hat: Hat; readonly roles: readonly string[] }[];
}

/** Well-formed and nobody's: lets nobody in until a password is set. */
const NO_PASSWORD = `$scrypt$ln=12$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Accounts made by the program itself, under any hat. No route leads here. */
export function createBootstrapService(db: Database, passwordCost: number) {
  return {
    /** Makes the account, as yet without a password, or adds roles to the one there is; says its id. */
    async ensureAccount(now: Moment, { email, name, hats }: FirstAccount): Promise<string> {
      for (const { hat, roles } of hats) {
        const [unknown] = unknownRoles(hat.kind, roles);
        if (unknown !== undefined) throw new Error(`there is no role ${unknown} under a ${hat.kind}`);
      }
      return withSignInTx(db, async (tx) => {
        const known = await findAccountByEmail(tx, email);
        const id = known?.id ?? newId();
        if (known === undefined) await repo.insertUser(tx, { id, email, name, passwordHash: NO_PASSWORD });
        for (const { hat, roles } of hats) {
          if ((await repo.addRoles(tx, id, hat, roles)) === 0) continue;
          await audit(tx, systemContext(hat, now, `bootstrap-${SYSTEM_ACTOR.id}`), {
            action: 'identity.bootstrapped',
            entityType: 'user',
            entityId: id,
            details: { roles },
          });
        }
        return id;
      });
    },

    /** Hashing takes its time: many accounts are best given their passwords while other work goes on. */
    async setPassword(accountId: string, password: string): Promise<void> {
      const passwordHash = await hashPassword(password, passwordCost);
      await withSignInTx(db, async (tx) => {
        const account = await findAccount(tx, accountId);
        if (account !== undefined) await updatePassword(tx, account, passwordHash);
      });
    },
  };
}
