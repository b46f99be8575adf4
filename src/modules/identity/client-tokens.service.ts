import type { Clock, Moment } from '../../platform/clock.ts';
import { systemContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withSignInTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { audit } from '../audit/index.ts';
import { type Claims, contextOf } from './claims.ts';
import { CLIENT_INVALID, SCOPE_INVALID } from './identity.errors.ts';
import { isSecret } from './secrets.ts';
import * as repo from './sessions.repo.ts';
import type { Throttle } from './throttle.service.ts';

export interface ProgramSignIn {
  readonly clientId: string;
  readonly secret: string;
  /** Space-separated; all scopes of the account when left out. */
  readonly scope: string | undefined;
  readonly requestId: string;
}

/** Tokens for other programs: OAuth 2.0 client credentials. */
export function createClientTokens(db: Database, clock: Clock, throttle: Throttle) {
  /** Throws `CLIENT_INVALID`, `SCOPE_INVALID`. */
  return async (signIn: ProgramSignIn): Promise<Claims> => {
    const now = clock.now();
    const { account, claims } = await withSignInTx(db, async (tx) => {
      const known = await repo.findMachineAccount(tx, signIn.clientId);
      const isRight = isSecret(signIn.secret, known?.secretHash ?? '');
      const mayEnter = isRight && known !== undefined && !known.isDisabled;
      return { account: known, claims: mayEnter ? await openSession(tx, known, signIn, now) : undefined };
    });
    if (claims !== undefined) return claims;
    // Nothing is written of ids that nobody has: whoever makes them up would fill the tables.
    if (account !== undefined)
      await throttle.countProgram(account.id, (tx, failures) =>
        audit(tx, systemContext(hatOf(account), now, signIn.requestId), {
          action: 'identity.client-token-refused',
          entityType: 'machine_account',
          entityId: account.id,
          details: { failures, isDisabled: account.isDisabled },
        }),
      );
    throw new DomainError(CLIENT_INVALID, 'Client id or secret is wrong.');
  };
}

async function openSession(
  tx: HatTx,
  account: repo.MachineAccount,
  { scope, requestId }: ProgramSignIn,
  now: Moment,
): Promise<Claims> {
  const scopes = grantedScopes(account, scope);
  const hat = hatOf(account);
  const session = { id: newId(), familyId: newId(), userId: null, machineAccountId: account.id };
  await repo.insertSession(tx, { ...session, hat, at: now });
  const claims: Claims = {
    sub: account.id,
    nam: account.name,
    act: 'machine',
    sid: session.id,
    hat: [hat.kind, hat.id],
    rol: [],
    scp: scopes,
  };
  await audit(tx, contextOf(claims, now, requestId), {
    action: 'identity.client-token-issued',
    entityType: 'machine_account',
    entityId: account.id,
    details: { scopes },
  });
  return claims;
}

function grantedScopes(account: repo.MachineAccount, scope: string | undefined): string[] {
  const scopes = scope === undefined ? account.scopes : scope.split(' ').filter(Boolean);
  const foreign = scopes.filter((name) => !account.scopes.includes(name));
  if (foreign.length > 0)
    throw new DomainError(SCOPE_INVALID, `The account does not hold: ${foreign.join(', ')}.`);
  return scopes;
}

const hatOf = ({ hatKind, hatId }: repo.MachineAccount) => ({ kind: hatKind, id: hatId });
