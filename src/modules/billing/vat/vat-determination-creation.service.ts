import { yearOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { newId } from '../../../platform/ids.ts';
import { audit } from '../../audit/index.ts';
import {
  VAT_EVIDENCE_MISSING,
  VAT_FORECAST_DIFFERS,
  VAT_MEMBER_UNKNOWN,
  VAT_SERVICE_UNKNOWN,
  VAT_SUPERSEDES_REFUSED,
} from './vat.errors.ts';
import { findForecast } from './vat-activity-groups.repo.ts';
import * as repo from './vat-determinations.repo.ts';
import type { CreateVatDetermination } from './vat-determinations.schemas.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';
import { refuseSuperseding, type Scope } from './vat-superseding.rules.ts';
import { determineThroughout, type VatFacts } from './vat-validity.rules.ts';

/** Determines, and keeps facts, outcome and derivation for good. Says the id. */
export async function createDetermination(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  input: CreateVatDetermination,
): Promise<string> {
  await repo.lockDeterminations(tx, centreId);
  const scope = await scopeOf(tx, centreId, input);
  const service = await repo.findService(tx, centreId, scope.serviceId);
  if (service === undefined) {
    throw new DomainError(VAT_SERVICE_UNKNOWN, 'There is no such service.', { pointer: '/serviceId' });
  }
  const facts = await factsOf(tx, input);
  const outcome = determineThroughout(facts, scope, VAT_RULE_SETS);
  const { grounds, evidence } = input;
  if (outcome.result !== 'REVIEW' && evidence.length === 0) {
    throw new DomainError(VAT_EVIDENCE_MISSING, `${outcome.rule} rests on no paper.`, {
      pointer: '/evidence',
    });
  }
  const id = newId();
  const number = await repo.nextNumber(tx, centreId, yearOf(ctx.now));
  const content = { ...scope, number, outcome, facts, grounds, evidence };
  const contentHash = hashOf(content);
  const status = outcome.result === 'REVIEW' ? 'review' : 'draft';
  await repo.insertDetermination(tx, ctx, { ...content, ...service, id, status, contentHash });
  await audit(tx, ctx, {
    action: 'billing.vat-determined',
    entityType: 'vat_determination',
    entityId: id,
    details: { number, result: outcome.result, rule: outcome.rule, contentHash },
  });
  return id;
}

/** What is determined: ids in lower case and in order, so that one content has one hash. */
async function scopeOf(
  tx: HatTx,
  centreId: string,
  input: CreateVatDetermination,
): Promise<Scope & { centreId: string }> {
  const { serviceId, organisationIds, validFrom, validTo = null, supersedes = [] } = input;
  const scope = {
    centreId,
    serviceId: serviceId.toLowerCase(),
    memberIds: sortedIds(organisationIds),
    validFrom,
    validTo,
    supersedes: [...new Set(sortedIds(supersedes))],
  };
  await assertMembers(tx, centreId, organisationIds);
  const named = await repo.holdDeterminations(tx, centreId, scope.supersedes);
  const errors = refuseSuperseding(scope, named);
  if (errors.length > 0) {
    throw new DomainError(VAT_SUPERSEDES_REFUSED, `${errors[0]?.detail}.`, { errors });
  }
  return scope;
}

async function assertMembers(tx: HatTx, centreId: string, ids: readonly string[]): Promise<void> {
  const members = await repo.memberIdsAmong(tx, centreId, ids);
  const names = ids.map((id) => id.toLowerCase());
  const errors = names.flatMap((id, at): FieldError[] => {
    const pointer = `/organisationIds/${at}`;
    if (!members.has(id)) return [{ pointer, code: 'unknown', detail: `${id} is no member of the centre` }];
    return names.indexOf(id) === at ? [] : [{ pointer, code: 'repeated', detail: `${id} is named twice` }];
  });
  if (errors.length > 0) throw new DomainError(VAT_MEMBER_UNKNOWN, `${errors[0]?.detail}.`, { errors });
}

/** The facts as asserted; a forecast that is left out is the one recorded for the group of the service and the year. */
async function factsOf(
  tx: HatTx,
  { serviceId, validFrom, facts }: CreateVatDetermination,
): Promise<VatFacts> {
  const stated = facts.groupForecastCents ?? null;
  const recorded = await findForecast(tx, serviceId, Number(validFrom.slice(0, 4)));
  if (recorded !== undefined && stated !== null && stated !== recorded) {
    throw new DomainError(
      VAT_FORECAST_DIFFERS,
      `For the group of the service ${recorded} cents are forecast.`,
      {
        pointer: '/facts/groupForecastCents',
      },
    );
  }
  return { ...facts, groupForecastCents: stated ?? recorded ?? null };
}

const sortedIds = (ids: readonly string[]): string[] => ids.map((id) => id.toLowerCase()).sort();
