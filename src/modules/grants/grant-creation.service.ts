import { yearOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { newId } from '../../platform/ids.ts';
import { audit } from '../audit/index.ts';
import { assertCostPlace, COST_SERVICE_UNKNOWN } from '../costing/index.ts';
import { computeGrant } from './grant.rules.ts';
import { findProgramme, findRuleOn } from './grant-programmes.repo.ts';
import { GRANT_PROGRAMME_UNKNOWN, GRANT_RULE_MISSING, GRANT_STATE_REFUSED } from './grants.errors.ts';
import { getGrantRow } from './grants.reading.service.ts';
import type { GrantRow } from './grants.repo.ts';
import * as repo from './grants.repo.ts';
import type { ChangeGrant, CreateGrant } from './grants.schemas.ts';
import { type Application, insertGrant, updateDraft } from './grants.writing.repo.ts';
import { assertParties, assertTags, type PartyInput } from './parties.rules.ts';
import { assertSavings } from './savings.rules.ts';

type ApplicationInput = Omit<CreateGrant, 'centreId'>;

/** Records what is going to be applied for. Says the id. */
export async function createGrant(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  input: ApplicationInput,
): Promise<string> {
  const application = await applicationOf(tx, centreId, input);
  await repo.lockGrants(tx, centreId);
  const id = newId();
  const number = await repo.nextNumber(tx, centreId, yearOf(ctx.now));
  const key = { id, centreId, number, programmeId: input.programmeId };
  await insertGrant(tx, ctx, key, application, COST_SERVICE_UNKNOWN);
  await auditContent(tx, ctx, 'grants.grant-created', { id, number }, application);
  return id;
}

/** Changes a draft; what is left out stays as it is. */
export async function changeGrant(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  version: number,
  change: ChangeGrant,
): Promise<void> {
  const row = await getGrantRow(tx, id);
  if (row.version !== version) throw preconditionFailed();
  if (row.status !== 'draft') {
    throw new DomainError(
      GRANT_STATE_REFUSED,
      `The grant ${row.number} is ${row.status}; a change needs draft.`,
    );
  }
  const application = await applicationOf(tx, row.centreId, { ...inputOf(row), ...change });
  if (!(await updateDraft(tx, row, version, application, COST_SERVICE_UNKNOWN))) throw preconditionFailed();
  await auditContent(tx, ctx, 'grants.grant-changed', row, application);
}

/** What a draft says, in the words of whoever changes it. */
function inputOf(row: GrantRow): ApplicationInput {
  return {
    programmeId: row.programme.id,
    title: row.title,
    appliedOn: row.appliedOn,
    serviceId: row.serviceId,
    costCentreId: row.costCentreId,
    costType: row.costType,
    parties: row.parties.map(({ organisationId, decision }) => ({ organisationId, decision })),
    leadOrganisationId: row.leadId,
    tags: [...row.tags],
    costBeforeCents: row.costBeforeCents,
    costAfterCents: row.costAfterCents,
    savingsJustification: row.savingsJustification,
    plannedEligibleCents: row.plannedEligibleCents,
  };
}

/** Everything the centre says is held against the rule of the day, the members and the books. */
async function applicationOf(tx: HatTx, centreId: string, input: ApplicationInput): Promise<Application> {
  const { costBeforeCents, costAfterCents, plannedEligibleCents, appliedOn } = input;
  const rule = await ruleOf(tx, input);
  const parties = input.parties.map(
    ({ organisationId, decision = null }): PartyInput => ({
      organisationId: organisationId.toLowerCase(),
      decision,
    }),
  );
  const ids = parties.map(({ organisationId }) => organisationId);
  const leadId = input.leadOrganisationId.toLowerCase();
  assertParties(parties, leadId, await repo.memberIdsAmong(tx, centreId, ids));
  const tags = (input.tags ?? rule.eligibleTags).toSorted();
  assertTags(input.tags ?? [], rule.eligibleTags);
  const savingsJustification = input.savingsJustification ?? null;
  const requiredPercent = rule.savingsPercent;
  assertSavings({ costBeforeCents, costAfterCents, requiredPercent }, savingsJustification);
  computeGrant({ rule, parties: parties.length, eligibleCents: plannedEligibleCents });
  const place = { serviceId: input.serviceId ?? null, costCentreId: input.costCentreId ?? null };
  await assertCostPlace(tx, { ...place, bookedOn: appliedOn }, '/appliedOn');
  return {
    ...place,
    title: input.title,
    ruleVersionId: rule.id,
    costType: input.costType,
    appliedOn,
    parties,
    leadId,
    tags,
    costBeforeCents,
    costAfterCents,
    savingsJustification,
    plannedEligibleCents,
  };
}

async function ruleOf(tx: HatTx, { programmeId, appliedOn }: ApplicationInput) {
  const rule = await findRuleOn(tx, programmeId, appliedOn);
  if (rule !== undefined) return rule;
  const programme = await findProgramme(tx, programmeId);
  if (programme === undefined) {
    throw new DomainError(GRANT_PROGRAMME_UNKNOWN, 'The centre has no such programme.', {
      pointer: '/programmeId',
    });
  }
  throw new DomainError(GRANT_RULE_MISSING, `${programme.name} has no rule for ${appliedOn}.`, {
    pointer: '/appliedOn',
  });
}

async function auditContent(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  { id, number }: { readonly id: string; readonly number: string },
  { ruleVersionId, parties, plannedEligibleCents }: Application,
): Promise<void> {
  await audit(tx, ctx, {
    action,
    entityType: 'grant',
    entityId: id,
    details: { number, ruleVersionId, parties: parties.length, plannedEligibleCents },
  });
}
