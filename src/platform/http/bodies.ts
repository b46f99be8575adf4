import type { FastifyRequest } from 'fastify';

/** `preValidation` of actions that need no body: none sent is an empty one. */
export async function allowNoBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}
