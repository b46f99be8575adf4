import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';
import { postgresError } from '../db/postgres-errors.ts';
import { DomainError, defineProblem, type Problem } from '../errors.ts';
import { JSON_INVALID, VALIDATION_FAILED } from '../json.errors.ts';
import { toFieldErrors } from '../validation.ts';

export const NOT_FOUND = defineProblem({
  code: 'NOT_FOUND',
  status: 404,
  title: 'There is nothing here for you',
  help: 'The address does not exist, or what it names is not visible under your hat. The two are answered alike on purpose.',
});
export const BODY_TOO_LARGE = defineProblem({
  code: 'BODY_TOO_LARGE',
  status: 413,
  title: 'The body is too large',
  help: 'Send less at once; many usage events go as NDJSON stream, many requests as import.',
});
export const MEDIA_TYPE_UNSUPPORTED = defineProblem({
  code: 'MEDIA_TYPE_UNSUPPORTED',
  status: 415,
  title: 'This media type is not understood here',
  help: 'Set `Content-Type` to one of those the API document names for this route.',
});
export const TEXT_NOT_STORABLE = defineProblem({
  code: 'TEXT_NOT_STORABLE',
  status: 400,
  title: 'A value cannot be stored',
  help: 'Leave out NUL characters and broken Unicode, and keep numbers and dates in their range.',
});
export const ADDRESS_INVALID = defineProblem({
  code: 'ADDRESS_INVALID',
  status: 400,
  title: 'The address is not well-formed',
  help: 'Encode each part of the path as UTF-8 with percent signs, and keep ids to their usual length.',
});
export const TOO_MANY_REQUESTS = defineProblem({
  code: 'TOO_MANY_REQUESTS',
  status: 429,
  title: 'Too many requests',
  help: 'Wait as many seconds as `Retry-After` says.',
});
export const INTERNAL_ERROR = defineProblem({
  code: 'INTERNAL_ERROR',
  status: 500,
  title: 'Something went wrong on our side',
  help: 'Nothing was changed. Try again; if it stays, give the operator the request id in `instance`.',
});
export const BUSY = defineProblem({
  code: 'BUSY',
  status: 503,
  title: 'The service cannot answer right now',
  help: 'The database is not reachable or is starting. Nothing was changed. Try again after `Retry-After` seconds.',
});

export const CAME_IN_BETWEEN = defineProblem({
  code: 'CAME_IN_BETWEEN',
  status: 503,
  title: 'Another request came in between',
  help: 'Two requests waited for each other, and the database ended this one. It changed nothing. Send it again after `Retry-After` seconds.',
});

const BY_FASTIFY_CODE: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: JSON_INVALID,
  FST_ERR_CTP_EMPTY_JSON_BODY: JSON_INVALID,
  FST_ERR_CTP_BODY_TOO_LARGE: BODY_TOO_LARGE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: MEDIA_TYPE_UNSUPPORTED,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: VALIDATION_FAILED,
  FST_ERR_BAD_URL: ADDRESS_INVALID,
  FST_ERR_MAX_PARAM_LENGTH: ADDRESS_INVALID,
};

/** Errors that mean "the database went away", from the driver and from the server. */
const CONNECTION_LOST = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08003',
]);

/**
 * The server ended the transaction in favour of another one: serialization failure, deadlock, lock timeout. It is answered and not
 * tried again here, for what a use case did outside of the database (a stream that was read, a hash that was computed) is done by then;
 * jobs are tried again by their queue.
 */
const LOST_TO_ANOTHER = new Set(['40001', '40P01', '55P03']);

/** Turns every error into problem details; what is not a `DomainError` shows nothing of its inside. */
export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) =>
    answer(request, reply, asDomainError(error), error),
  );
  app.setNotFoundHandler((request, reply) =>
    answer(request, reply, new DomainError(NOT_FOUND, `There is no ${request.method} at this address.`)),
  );
}

/** Answers what Fastify refuses before any route and hook is known, in the same form as everything else. */
export function answerEarly(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  answer(request, reply.header('x-request-id', request.id), asDomainError(error), error);
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  error: DomainError,
  original: unknown = error,
): FastifyReply {
  const { problem } = error;
  if (problem.status >= 500) request.log.error({ err: original, code: problem.code }, 'request failed');
  else if (error.internal !== undefined)
    request.log.info({ code: problem.code, internal: error.internal }, 'request refused');
  reply.code(problem.status).headers({ ...error.headers, 'cache-control': 'no-store' });
  return reply
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(error.toProblemDetails(request.id));
}

/** What an error is to the caller; streams and bulk actions use it to answer item by item. */
export function asDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as FastifyError;
  if (error.validation) return validationProblem(error.validation, error.validationContext ?? 'body');
  const known = BY_FASTIFY_CODE[error.code];
  if (known !== undefined)
    return new DomainError(
      known,
      known === BODY_TOO_LARGE ? 'The body is larger than this route takes.' : error.message,
      { cause: error },
    );
  if (error.statusCode === 429) return new DomainError(TOO_MANY_REQUESTS, error.message, { cause: error });
  if (error instanceof SyntaxError && error.statusCode === 400)
    return new DomainError(JSON_INVALID, error.message, { cause: error });
  if (isConnectionLost(error))
    return new DomainError(BUSY, 'The database is not reachable right now.', {
      cause: error,
      headers: { 'retry-after': '2' },
    });
  const state = postgresError(error)?.code ?? '';
  if (LOST_TO_ANOTHER.has(state))
    return new DomainError(CAME_IN_BETWEEN, 'Another request needed the same at the same time.', {
      cause: error,
      headers: { 'retry-after': '1' },
    });
  if (state.startsWith('22'))
    return new DomainError(TEXT_NOT_STORABLE, 'A value in the request cannot be stored.', { cause: error });
  return new DomainError(INTERNAL_ERROR, 'An unexpected error occurred.', { cause: error });
}

function isConnectionLost(error: unknown): boolean {
  let inner: unknown = error;
  while (inner instanceof Error) {
    if (CONNECTION_LOST.has((inner as { code?: string }).code ?? '')) return true;
    inner = inner.cause;
  }
  return false;
}

const PLACES: Readonly<Record<string, string>> = {
  body: '',
  querystring: '/query',
  params: '/path',
  headers: '/headers',
};

function validationProblem(faults: readonly FastifySchemaValidationError[], context: string): DomainError {
  const place = PLACES[context] ?? '';
  const errors = toFieldErrors(faults.slice(0, 50) as never).map((error) => ({
    ...error,
    pointer: `${place}${error.pointer}`,
  }));
  const first = errors[0];
  const detail = first ? `${first.pointer || 'The body'} ${first.detail}.` : 'The request is not valid.';
  return new DomainError(VALIDATION_FAILED, detail, { errors });
}
