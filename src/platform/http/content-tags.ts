import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import { hashOf } from '../hash.ts';
import { PRECONDITION_REQUIRED, preconditionFailed } from './etags.ts';

/**
 * ETags of what has no version of its own, because it is put together from rows that several hats change: a hash of what
 * is shown. What is replaced as a whole loses nothing when it comes back to the same content in between.
 */

/** Sends a single resource with its ETag. */
export function sendTagged<T extends object>(reply: FastifyReply, view: T, status = 200): T {
  reply.code(status).header('etag', `"${tagOf(view)}"`);
  return view;
}

/** The ETag a change is meant for. Throws `PRECONDITION_REQUIRED`. */
export function expectedTag(request: FastifyRequest): string {
  const header = request.headers['if-match'];
  if (header === undefined) throw new DomainError(PRECONDITION_REQUIRED, 'The header If-Match is missing.');
  return /^(?:W\/)?"([^"]*)"$/.exec(header)?.[1] ?? '';
}

/** To be asked once the resource is locked. Throws `PRECONDITION_FAILED`. */
export function assertTag(view: object, expected: string): void {
  if (tagOf(view) !== expected) throw preconditionFailed();
}

function tagOf(view: object): string {
  return hashOf(view).slice(0, 32);
}
