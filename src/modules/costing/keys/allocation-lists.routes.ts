import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../../platform/http/schemas.ts';
import { ALLOCATION_KEY_EMPTY, NEGATIVE_WEIGHT } from '../../../platform/money/index.ts';
import { KEY_MEMBER_UNKNOWN } from '../costing.errors.ts';
import {
  AllocationKeyPage,
  AllocationKeyQuery,
  AllocationKeyView,
  CreateAllocationKey,
} from './allocation-lists.schemas.ts';
import type { AllocationListsService } from './allocation-lists.service.ts';

const tags = ['Cost allocation'];

export const allocationListsRoutes =
  (service: AllocationListsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/allocation-keys',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'listAllocationKeys',
          summary: 'Value lists of the centre, every version, newest first',
          querystring: AllocationKeyQuery,
          response: { 200: AllocationKeyPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/allocation-keys',
      {
        config: {
          access: 'allocation-keys:manage',
          idempotent: true,
          refuses: [KEY_MEMBER_UNKNOWN, NEGATIVE_WEIGHT, ALLOCATION_KEY_EMPTY],
        },
        schema: {
          tags,
          operationId: 'createAllocationKey',
          summary: 'Record a value list, or the next version of one',
          body: CreateAllocationKey,
          response: { 201: AllocationKeyView },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return service.create(request.ctx, request.body);
      },
    );
    app.get(
      '/allocation-keys/:id',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'getAllocationKey',
          summary: 'One version of a value list',
          params: IdParams,
          response: { 200: AllocationKeyView },
        },
      },
      (request) => service.get(request.ctx, request.params.id),
    );
  };
