import { confirmAccount, putProfile } from '../../src/modules/billing/statements/billing-parties.repo.ts';
import type { PayeeAccount } from '../../src/modules/billing/statements/statements.types.ts';
import type { HatContext } from '../../src/platform/context.ts';
import type { HatTx } from '../../src/platform/db/hat.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Caller } from './app.ts';
import type { seller as anySeller } from './documents.ts';
import { must } from './services.ts';

/** Who issues, with an account that a second person confirmed. */
export async function putIssuer(
  tx: HatTx,
  ctx: HatContext,
  { bank, ...seller }: typeof anySeller,
): Promise<void> {
  const { id } = ctx.hat;
  const profile = { seller, paymentDays: 30, pendingAccount: bank, isRecorded: true };
  await putProfile(tx, ctx, id, 0, profile);
  await confirmAccount(tx, { ...ctx, actor: { ...ctx.actor, id: newId() } }, id, 1);
}

export interface ProfileBody {
  readonly seller: { readonly bank: PayeeAccount | null };
  readonly pendingAccount:
    | (PayeeAccount & { readonly recorded: { readonly by: { readonly id: string } } })
    | null;
  readonly account: { readonly confirmed: { readonly by: { readonly id: string } } } | null;
  readonly version: number;
}

export const pathOf = ({ hat }: Caller) => `/billing-profiles/${hat.id}`;

export const confirming = (caller: Caller, version: number) =>
  caller.call('POST', `${pathOf(caller)}/actions/confirm-account`, {}, { 'if-match': `"${version}"` });

/** One person says who issues, another one confirms the account. */
export async function sayWhoIssues(first: Caller, second: Caller, profile: object): Promise<void> {
  await must(first, 'PUT', pathOf(first), profile, { 'if-match': '"0"' });
  const answer = await confirming(second, 1);
  if (answer.statusCode !== 200) throw new Error(answer.body);
}
