import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { IdParams } from '../../platform/http/schemas.ts';
import { requestUsageRoutes } from './request-usage.routes.ts';
import {
  USAGE_ALREADY_REVERSED,
  USAGE_ATTRIBUTES_TOO_LARGE,
  USAGE_CHAIN_NEGATIVE,
  USAGE_IN_FUTURE,
  USAGE_KEY_RESERVED,
  USAGE_KEY_REUSED,
  USAGE_NO_AGREEMENT,
  USAGE_NOT_CORRECTABLE,
  USAGE_PERSONAL_DATA,
  USAGE_SUMMARY_TOO_LARGE,
} from './usage.errors.ts';
import {
  AdjustUsage,
  BatchResult,
  LineResult,
  RecordUsageBody,
  ReverseUsage,
  type UsageEventInput,
  UsageEventPage,
  UsageEventQuery,
  UsageEventView,
  UsageSummary,
  UsageSummaryQuery,
} from './usage.schemas.ts';
import type { UsageService } from './usage.service.ts';
import { checkedBody } from './usage.validation.ts';
import { EVENT_ETAG, STATUS, sendEvent, sendRecorded } from './usage-answers.routes.ts';
import { usageImportsRoutes } from './usage-imports.routes.ts';

const tags = ['Usage'];
const NDJSON = 'application/x-ndjson';
const RECORDING_REFUSALS = [
  NOT_FOUND,
  USAGE_ATTRIBUTES_TOO_LARGE,
  USAGE_IN_FUTURE,
  USAGE_KEY_RESERVED,
  USAGE_KEY_REUSED,
  USAGE_NO_AGREEMENT,
  USAGE_PERSONAL_DATA,
];
const CORRECTION_REFUSALS = [USAGE_ALREADY_REVERSED, USAGE_CHAIN_NEGATIVE, USAGE_NOT_CORRECTABLE];

export const usageRoutes =
  (service: UsageService): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(usageImportsRoutes(service));
    await app.register(requestUsageRoutes(service));
    app.removeContentTypeParser('text/plain');
    app.addContentTypeParser(NDJSON, (_request, stream, done) => done(null, new LineStream(stream)));
    app.get(
      '/usage-events',
      {
        config: { access: 'usage:read' },
        schema: {
          tags,
          operationId: 'listUsageEvents',
          summary: 'Usage events, newest day of use first; centre and member each see theirs',
          querystring: UsageEventQuery,
          response: { 200: UsageEventPage },
        },
      },
      (request) => service.listEvents(request.ctx, request.query),
    );
    app.route({
      method: 'POST',
      url: '/usage-events',
      config: { access: 'usage:write', idempotent: true, refuses: RECORDING_REFUSALS },
      schema: recordSchema,
      // The body is checked by its own shape, for clearer pointers than those of a union.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? () => true : (app.validatorCompiler?.(part as never) as never),
      preValidation: async (request) => {
        if (!(request.body instanceof LineStream)) request.body = checkedBody(request.body);
      },
      handler: (request, reply) => record(service, request, reply),
    });
    app.get(
      '/usage-events/:id',
      {
        config: { access: 'usage:read' },
        schema: {
          tags,
          operationId: 'getUsageEvent',
          summary: 'One usage event',
          params: IdParams,
          response: { 200: UsageEventView },
        },
      },
      async (request, reply) => sendEvent(reply, await service.getEvent(request.ctx, request.params.id), 200),
    );
    app.post(
      '/usage-events/:id/reversal',
      {
        config: { access: 'usage:write', idempotent: true, refuses: CORRECTION_REFUSALS },
        schema: {
          tags,
          operationId: 'reverseUsageEvent',
          summary: 'Take an event back, once',
          params: IdParams,
          body: ReverseUsage,
          response: { 201: UsageEventView },
        },
      },
      async (request, reply) =>
        sendEvent(reply, (await service.reverse(request.ctx, request.params.id, request.body)).event, 201),
    );
    app.post(
      '/usage-events/:id/adjustment',
      {
        config: {
          access: 'usage:write',
          idempotent: true,
          refuses: [...CORRECTION_REFUSALS, USAGE_KEY_REUSED, USAGE_KEY_RESERVED],
        },
        schema: {
          tags,
          operationId: 'adjustUsageEvent',
          summary: 'Add a difference to an event',
          params: IdParams,
          body: AdjustUsage,
          response: { 200: UsageEventView, 201: UsageEventView },
        },
      },
      async (request, reply) =>
        sendRecorded(reply, await service.adjust(request.ctx, request.params.id, request.body)),
    );
    app.get(
      '/usage-summary',
      {
        config: { access: 'usage:read', refuses: [USAGE_SUMMARY_TOO_LARGE] },
        schema: {
          tags,
          operationId: 'summariseUsage',
          summary: 'Sums of a period, corrections set off',
          querystring: UsageSummaryQuery,
          response: { 200: UsageSummary },
        },
      },
      (request) => service.summarise(request.ctx, request.query),
    );
  };

const ofType = (schema: object) => ({ 'application/json': { schema } });
const recordSchema = {
  tags,
  operationId: 'recordUsage',
  summary: 'Record one event, up to 1000 all or nothing, or a stream line by line',
  description:
    'The same source, key and content again is the first event. A stream answers while it is read: take the results as they come. Each line stands on its own; after a break send the stream again, for what was recorded answers `existing`. A warning that comes again in a stream is its `code` alone. `Idempotency-Key` has no effect on a stream.',
  body: {
    content: {
      ...ofType(RecordUsageBody),
      [NDJSON]: { schema: { type: 'string', description: 'One event a line, each up to 16 kB' } },
    },
  },
  response: {
    200: {
      description: 'Nothing new, or the results of a stream',
      content: { ...ofType({ anyOf: [UsageEventView, BatchResult] }), [NDJSON]: { schema: LineResult } },
    },
    201: {
      description: 'Recorded',
      content: ofType({ anyOf: [UsageEventView, BatchResult] }),
    },
  },
} as const;

/** A body that is still to be read; canonical JSON of it, as for idempotency keys, is `null`. */
class LineStream {
  readonly stream: Readable;
  constructor(stream: Readable) {
    this.stream = stream;
  }
  toJSON(): null {
    return null;
  }
}

async function record(
  service: UsageService,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { ctx, log } = request;
  const body = request.body as LineStream | UsageEventInput | UsageEventInput[];
  if (body instanceof LineStream) {
    const results = service.recordStream(ctx, body.stream, (err) => log.error({ err }, 'chunk failed'));
    return reply.type(NDJSON).send(results);
  }
  if (!Array.isArray(body)) {
    const { status, event } = await service.record(ctx, body);
    return reply.code(STATUS[status]).header('etag', EVENT_ETAG).send(event);
  }
  const batch = await service.recordBatch(ctx, body);
  const isNew = batch.results.some((result) => result.status === 'created');
  return reply.code(isNew ? 201 : 200).send(batch);
}
