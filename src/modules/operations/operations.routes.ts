import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { IdParams } from '../../platform/http/schemas.ts';
import { AuditPage, AuditQuery, DeadLetterPage, DeadLetterQuery } from './operations.schemas.ts';
import type { OperationsService } from './operations.service.ts';

const tags = ['Operations'];

export const operationsRoutes =
  (service: OperationsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/dead-letters',
      {
        config: { access: 'operations:read' },
        schema: {
          tags,
          operationId: 'listDeadLetters',
          summary: 'Jobs that were given up after all their tries',
          querystring: DeadLetterQuery,
          response: { 200: DeadLetterPage },
        },
      },
      (request) => service.listDeadLetters(request.ctx, request.query),
    );
    app.post(
      '/dead-letters/:id/redrive',
      {
        config: { access: 'operations:manage' },
        schema: {
          tags,
          operationId: 'redriveDeadLetter',
          summary: 'Hand a job over again',
          params: IdParams,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await service.redrive(request.ctx, request.params.id);
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/audit-entries',
      {
        config: { access: 'audit:read' },
        schema: {
          tags,
          operationId: 'listAuditEntries',
          summary: 'Who did what under which hat, newest first',
          querystring: AuditQuery,
          response: { 200: AuditPage },
        },
      },
      (request) => service.listAuditEntries(request.ctx, request.query),
    );
  };
