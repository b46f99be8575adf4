import type { Readable } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { FORBIDDEN } from '../../platform/http/authentication.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { VALIDATION_FAILED } from '../../platform/json.errors.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import type { TableFile } from '../../platform/table-files.ts';
import { findRequest } from '../requests/index.ts';
import { bookOnRequest } from './request-bookings.service.ts';
import { adjust, reverse } from './usage.corrections.ts';
import { USAGE_SUMMARY_TOO_LARGE } from './usage.errors.ts';
import { daysOfSum, usageEventsLink } from './usage.links.ts';
import { accepted, acceptedOne, prepareSent, type Recorded } from './usage.recording.ts';
import * as repo from './usage.repo.ts';
import { daysOfPeriod } from './usage.rules.ts';
import type {
  AdjustUsage,
  BatchResult,
  BookUsage,
  Group,
  ReverseUsage,
  SummaryItem,
  UsageEventInput,
  UsageEventQuery,
  UsageEventView,
  UsagePagingQuery,
  UsageSummary,
  UsageSummaryQuery,
} from './usage.schemas.ts';
import { recordSent, withLateness } from './usage.sent.ts';
import { recordStream } from './usage.stream.ts';
import { summarise } from './usage.summary.repo.ts';
import type { SumsFilter } from './usage.totals.repo.ts';
import type { ImportResult, UsageImportQuery } from './usage-imports.schemas.ts';
import { importUsage } from './usage-imports.service.ts';

const SUMMARY_LIMIT = 5000;

export type UsageService = ReturnType<typeof createUsageService>;

/** An event and whether this call made it. */
export interface RecordedEvent {
  readonly status: Recorded['status'];
  readonly event: UsageEventView;
}

/** What was used, recorded once for ever, corrected by further events, and summed up. */
export function createUsageService(db: Database, clock: Clock) {
  return {
    /** Records one event. The same source, key and content again is the first event. */
    async record(ctx: HatContext, input: UsageEventInput): Promise<RecordedEvent> {
      assertCentre(ctx);
      const prepared = [prepareSent(input, ctx.hat, ctx.now)];
      return withHatTxOnce(db, ctx, async (tx) =>
        withEvent(tx, acceptedOne(await recordSent(tx, ctx, prepared))),
      );
    },

    /** Records all events or none. */
    async recordBatch(ctx: HatContext, inputs: readonly UsageEventInput[]): Promise<BatchResult> {
      assertCentre(ctx);
      const prepared = inputs.map((input) => prepareSent(input, ctx.hat, ctx.now));
      return withHatTxOnce(db, ctx, async (tx) => ({
        results: accepted(await recordSent(tx, ctx, prepared)),
      }));
    },

    /** Records NDJSON line by line; the result has a line for each. Failures on our side are told to `onFailure`. */
    recordStream(ctx: HatContext, input: Readable, onFailure: (error: unknown) => void): Readable {
      assertCentre(ctx);
      return recordStream({ db, clock, onFailure }, ctx, input);
    },

    getEvent: (ctx: HatContext, id: string): Promise<UsageEventView> =>
      withHatTx(db, ctx, (tx) => getEvent(tx, id)),

    async listEvents(ctx: HatContext, query: UsageEventQuery): Promise<Page<UsageEventView>> {
      const { limit, cursor, ...filter } = query;
      return withHatTx(db, ctx, (tx) => page(tx, ctx, 'usage-events', { limit, cursor }, filter));
    },

    /** What a request used, corrections included. Throws `NOT_FOUND` where the hat does not see the request. */
    async listEventsOfRequest(
      ctx: HatContext,
      requestId: string,
      paging: UsagePagingQuery,
    ): Promise<Page<UsageEventView>> {
      return withHatTx(db, ctx, async (tx) => {
        if ((await findRequest(tx, requestId)) === undefined)
          throw new DomainError(NOT_FOUND, 'There is no such request.');
        return page(tx, ctx, `usage-of-${requestId}`, paging, { requestId });
      });
    },

    /** Records what was used up for a request, by somebody who works on it. */
    async bookOnRequest(ctx: HatContext, requestId: string, input: BookUsage): Promise<RecordedEvent> {
      assertCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) =>
        withEvent(tx, await bookOnRequest(tx, ctx, requestId, input)),
      );
    },

    async reverse(ctx: HatContext, id: string, input: ReverseUsage): Promise<RecordedEvent> {
      assertCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) =>
        corrected(tx, ctx, id, (event) => reverse(tx, ctx, event, input)),
      );
    },

    async adjust(ctx: HatContext, id: string, input: AdjustUsage): Promise<RecordedEvent> {
      assertCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) =>
        corrected(tx, ctx, id, (event) => adjust(tx, ctx, event, input)),
      );
    },

    /** Records the rows of a file, each on its own; as a dry run it tells the same and writes nothing. */
    async importFile(
      ctx: HatContext,
      file: TableFile,
      query: UsageImportQuery,
      onFailure: (error: unknown) => void,
    ): Promise<ImportResult> {
      assertCentre(ctx);
      return importUsage({ db, onFailure }, ctx, file, query);
    },

    async summarise(ctx: HatContext, query: UsageSummaryQuery): Promise<UsageSummary> {
      const { from, to } = daysOf(query);
      const { centreId, organisationId, serviceId } = query;
      const named = {
        ...(centreId && { centreId }),
        ...(organisationId && { organisationId }),
        ...(serviceId && { serviceId }),
      };
      const filter: SumsFilter = {
        from,
        to,
        ...(centreId && { centreId }),
        ...(organisationId && { organisationId }),
        ...(serviceId && { serviceIds: [serviceId] }),
      };
      const groupBy = [...new Set(query.groupBy.split(','))] as Group[];
      const sums = await withHatTx(db, ctx, (tx) => summarise(tx, ctx, groupBy, filter, SUMMARY_LIMIT + 1));
      if (sums.length > SUMMARY_LIMIT) {
        throw new DomainError(
          USAGE_SUMMARY_TOO_LARGE,
          `The summary would have more than ${SUMMARY_LIMIT} groups.`,
        );
      }
      const items = sums.map((sum) => ({
        ...sum,
        events: usageEventsLink({ ...named, ...groupOf(sum), ...daysOfSum({ from, to }, sum.month) }),
      }));
      return { from, to, groupBy, items };
    },
  };
}

async function page(
  tx: HatTx,
  ctx: HatContext,
  list: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  filter: repo.EventFilter,
): Promise<Page<UsageEventView>> {
  const after = cursor === undefined ? undefined : decodeCursor(list, cursor, ['string', 'string'] as const);
  const rows = await repo.listEvents(tx, ctx, filter, after, limit + 1);
  return toPage(
    rows,
    limit,
    list,
    (row) => [row.occurredOn, row.id],
    (row) => row,
  );
}

/** Usage is the centre's record: members read it and do not write it. */
function assertCentre({ hat }: HatContext): void {
  if (hat.kind !== 'centre') throw new DomainError(FORBIDDEN, 'Usage is recorded under the hat of a centre.');
}

async function getEvent(tx: HatTx, id: string): Promise<UsageEventView> {
  const event = await repo.findEvent(tx, id);
  if (event === undefined) throw new DomainError(NOT_FOUND, 'There is no such usage event.');
  return event;
}

async function corrected(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  correct: (event: UsageEventView) => Promise<Recorded>,
): Promise<RecordedEvent> {
  const event = await getEvent(tx, id);
  return withEvent(tx, await withLateness(tx, ctx, await correct(event), event));
}

async function withEvent(tx: HatTx, { status, id, warnings }: Recorded): Promise<RecordedEvent> {
  const event = await getEvent(tx, id);
  return { status, event: warnings === undefined ? event : { ...event, warnings } };
}

function daysOf({ period, from, to }: UsageSummaryQuery): { from: string; to: string } {
  if (period !== undefined && from === undefined && to === undefined) return daysOfPeriod(period);
  if (period === undefined && from !== undefined && to !== undefined && from < to) return { from, to };
  const detail = 'must be given, or `from` and a later `to`, and not both';
  throw new DomainError(VALIDATION_FAILED, `The period ${detail}.`, {
    errors: [{ pointer: '/query/period', code: 'PERIOD', detail }],
  });
}

/** What a sum is grouped by, as events are filtered. */
function groupOf({ serviceId, organisationId, meter, source, unit }: Omit<SummaryItem, 'events'>) {
  return {
    ...(serviceId && { serviceId }),
    ...(organisationId && { organisationId }),
    meter,
    source,
    unit,
  };
}
