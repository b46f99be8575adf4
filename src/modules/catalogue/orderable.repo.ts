import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { explainNotOrderable, joinCoverage } from '../agreements/index.ts';
import { SERVICE_NOT_ORDERABLE } from './catalogue.errors.ts';
import { joinMembership } from './catalogue.repo.ts';
import type { ApprovalRule, ProcessingRule, ServiceVersionView, UsageRule } from './catalogue.schemas.ts';
import type { FormSchema } from './form-schema.rules.ts';
import { findVersionById } from './service-versions.repo.ts';

/** All that filing a request is pinned to. */
export interface Orderable {
  readonly centreId: string;
  /** Short mark in request numbers. */
  readonly centreCode: string;
  readonly agreementVersionId: string;
  readonly service: { readonly id: string; readonly code: string };
  readonly version: {
    readonly id: string;
    readonly number: number;
    readonly title: string;
    readonly formSchema: FormSchema;
    readonly usageRule: UsageRule;
    readonly processingRule: ProcessingRule;
    readonly checklist: ServiceVersionView['checklist'];
    readonly approvalRule: ApprovalRule | null;
  };
}

type Row = Omit<Orderable, 'agreementVersionId' | 'service' | 'version'> & {
  readonly agreementVersionId: string | null;
  readonly isMember: boolean;
  readonly startsLater: boolean;
  readonly hasEnded: boolean;
  readonly serviceCode: string;
  readonly versionId: string | null;
} & Omit<Orderable['version'], 'id'>;

/**
 * What an organisation orders when it files a request on a day. Throws `NOT_FOUND` for a service the hat cannot see, and
 * `SERVICE_NOT_ORDERABLE` with the reason otherwise.
 */
export async function getOrderable(
  tx: HatTx,
  where: { serviceId: string; organisationId: string; day: Day },
): Promise<Orderable> {
  const row = await selectOrderable(tx, where);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such service.');
  const { centreId, centreCode, agreementVersionId, serviceCode, versionId, ...rest } = row;
  const { isMember, startsLater, hasEnded, ...version } = rest;
  const isPublished = versionId !== null;
  const reason = explainNotOrderable({ isMember, isPublished, agreementVersionId, startsLater, hasEnded });
  if (reason !== undefined || agreementVersionId === null || versionId === null) {
    const detail = `The service cannot be ordered: ${reason}.`;
    const errors = [{ pointer: '/serviceId', code: reason ?? 'no_agreement', detail: 'cannot be ordered' }];
    throw new DomainError(SERVICE_NOT_ORDERABLE, detail, { errors });
  }
  const service = { id: where.serviceId, code: serviceCode };
  return { centreId, centreCode, agreementVersionId, service, version: { id: versionId, ...version } };
}

async function selectOrderable(
  { sql }: HatTx,
  { serviceId, organisationId, day }: { serviceId: string; organisationId: string; day: Day },
): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    select s.centre_id as "centreId", z.code as "centreCode", s.code as "serviceCode", m.organisation_id is not null as "isMember",
      c."agreementVersionId", c."startsLater", c."hasEnded", v.id as "versionId", v.number, v.title, v.form_schema as "formSchema",
      v.usage_rule as "usageRule", v.processing_rule as "processingRule", v.checklist, v.approval_rule as "approvalRule"
    from services s
    join centres z on z.id = s.centre_id
    left join service_versions v on v.service_id = s.id and v.number = s.published_version
    ${joinMembership(sql, organisationId, day)} ${joinCoverage(sql, organisationId, day)}
    where s.id = ${serviceId}`;
  return row;
}

/** A version by id, as requests are pinned to it. Throws `NOT_FOUND`. */
export async function getServiceVersion(tx: HatTx, id: string): Promise<ServiceVersionView> {
  const version = await findVersionById(tx, id);
  if (version === undefined) throw new DomainError(NOT_FOUND, 'There is no such version of a service.');
  return version;
}
