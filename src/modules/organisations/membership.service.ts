import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError, type Problem } from '../../platform/errors.ts';
import { assertTag } from '../../platform/http/content-tags.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { audit } from '../audit/index.ts';
import { LEAVING_REFUSED } from './organisations.errors.ts';
import * as repo from './organisations.repo.ts';
import { refuseLeaving } from './organisations.rules.ts';
import type { ChangeMember, MemberView } from './organisations.schemas.ts';

/** A member and the day from which it is none. */
export interface Departure {
  readonly centreId: string;
  readonly organisationId: string;
  readonly leftOn: string;
}

/** What stands against a departure. Modules that build on membership bring theirs, since this one must not know them. */
export interface DepartureRule {
  readonly problem: Problem;
  /** Throws the problem. */
  assertMayLeave(tx: HatTx, departure: Departure): Promise<void>;
}

/** Which member of which centre. */
export interface MemberKey {
  readonly id: string;
  readonly organisationId: string;
}

export async function getMember(tx: HatTx, { id, organisationId }: MemberKey): Promise<MemberView> {
  const member = await repo.findMember(tx, id, organisationId);
  if (member === undefined) throw new DomainError(NOT_FOUND, 'There is no such member.');
  return member;
}

/** Sets the first day on which the organisation is no member any more, or takes it back. */
export async function changeMember(
  tx: HatTx,
  ctx: HatContext,
  key: MemberKey,
  { expected, rules }: { readonly expected: string; readonly rules: readonly DepartureRule[] },
  { leftOn }: ChangeMember,
): Promise<MemberView> {
  const { id: centreId, organisationId } = key;
  await repo.lockMember(tx, centreId, organisationId);
  const member = await getMember(tx, key);
  assertTag(member, expected);
  if (leftOn === member.leftOn) return member;
  if (leftOn !== null) {
    const refusal = refuseLeaving(leftOn, member.joinedOn, dayOf(ctx.now));
    if (refusal !== undefined) {
      const errors = [{ pointer: '/leftOn', code: 'NOT_POSSIBLE', detail: refusal }];
      throw new DomainError(LEAVING_REFUSED, `/leftOn ${refusal}.`, { errors });
    }
    for (const rule of rules) await rule.assertMayLeave(tx, { centreId, organisationId, leftOn });
  }
  await repo.updateMember(tx, centreId, organisationId, leftOn);
  await audit(tx, ctx, {
    action: 'centres.member-changed',
    entityType: 'centre',
    entityId: centreId,
    centreId,
    organisationId,
    details: { leftOn: { from: member.leftOn, to: leftOn } },
  });
  return { ...member, leftOn };
}
