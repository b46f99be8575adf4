import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Problem } from '../../platform/errors.ts';
import { expectedVersion, sendVersioned } from '../../platform/http/etags.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import { SERVICE_NOT_ORDERABLE } from '../catalogue/index.ts';
import type { ActionsService } from './actions.service.ts';
import type { ConversationService } from './conversation.service.ts';
import { ACTION_NOT_POSSIBLE, ASSIGNEE_UNKNOWN, FOLLOWS_UNKNOWN, FORM_INVALID } from './requests.errors.ts';
import {
  ACTION_BODIES,
  type ActionInput,
  ChangeRequest,
  CreateRequest,
  EventPage,
  MessagePage,
  MessageView,
  PagingQuery,
  RequestPage,
  RequestQuery,
  RequestView,
  WriteMessage,
} from './requests.schemas.ts';
import type { RequestsService } from './requests.service.ts';
import { ACTIONS, type Action, TRANSITIONS } from './transitions.rules.ts';

const tags = ['Service requests'];

export interface RequestsRoutesOptions {
  readonly requests: RequestsService;
  readonly actions: ActionsService;
  readonly conversation: ConversationService;
}

export const requestsRoutes =
  ({ requests, actions, conversation }: RequestsRoutesOptions): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/service-requests',
      {
        config: { access: 'requests:read' },
        schema: {
          tags,
          operationId: 'listServiceRequests',
          summary: 'Requests your hat may see',
          querystring: RequestQuery,
          response: { 200: RequestPage },
        },
      },
      (request) => requests.list(request.ctx, request.query),
    );
    app.post(
      '/service-requests',
      {
        config: {
          access: 'requests:file',
          idempotent: true,
          refuses: [NOT_FOUND, SERVICE_NOT_ORDERABLE, FORM_INVALID, FOLLOWS_UNKNOWN],
        },
        schema: {
          tags,
          operationId: 'createServiceRequest',
          summary: 'File a request, or keep a draft',
          body: CreateRequest,
          response: { 201: RequestView },
        },
      },
      async (request, reply) => sendVersioned(reply, await requests.create(request.ctx, request.body), 201),
    );
    app.get(
      '/service-requests/:id',
      {
        config: { access: 'requests:read' },
        schema: {
          tags,
          operationId: 'getServiceRequest',
          summary: 'One request',
          params: IdParams,
          response: { 200: RequestView },
        },
      },
      async (request, reply) => sendVersioned(reply, await requests.get(request.ctx, request.params.id)),
    );
    app.patch(
      '/service-requests/:id',
      {
        config: { access: 'requests:file', refuses: [ACTION_NOT_POSSIBLE, FORM_INVALID] },
        schema: {
          tags,
          operationId: 'editServiceRequest',
          summary: 'Edit a draft',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ChangeRequest,
          response: { 200: RequestView },
        },
      },
      async (request, reply) =>
        sendVersioned(
          reply,
          await requests.edit(request.ctx, request.params.id, expectedVersion(request), request.body),
        ),
    );
    app.post(
      '/service-requests/claim',
      {
        config: { access: 'requests:work' },
        schema: {
          tags,
          operationId: 'claimServiceRequest',
          summary: 'The next request of your teams becomes yours',
          response: { 200: RequestView, 204: Type.Null({ description: 'Nothing to claim' }) },
        },
      },
      async (request, reply) => {
        const claimed = await actions.claim(request.ctx);
        return claimed === undefined ? reply.code(204).send(null) : sendVersioned(reply, claimed);
      },
    );
    await app.register(actionRoutes(actions));
    await app.register(conversationRoutes(conversation));
  };

/** What an action refuses beside a state that does not fit. */
const ACTION_REFUSALS: Partial<Record<Action, readonly Problem[]>> = {
  submit: [FORM_INVALID, SERVICE_NOT_ORDERABLE],
  assign: [ASSIGNEE_UNKNOWN],
};

/** One route per row of the transition table. */
const actionRoutes =
  (actions: ActionsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    for (const action of ACTIONS) {
      const { from, by, permission } = TRANSITIONS[action];
      app.post(
        `/service-requests/:id/actions/${action}`,
        {
          config: { access: permission, refuses: [ACTION_NOT_POSSIBLE, ...(ACTION_REFUSALS[action] ?? [])] },
          schema: {
            tags,
            operationId: `serviceRequestAction_${action}`,
            summary: `${action} (${by}; from ${from.join(', ')})`,
            params: IdParams,
            headers: IfMatchHeaders,
            body: ACTION_BODIES[action],
            response: { 200: RequestView },
          },
        },
        async (request, reply) => {
          const input = (request.body ?? {}) as ActionInput;
          return sendVersioned(
            reply,
            await actions.act(request.ctx, request.params.id, action, expectedVersion(request), input),
          );
        },
      );
    }
  };

const conversationRoutes =
  (conversation: ConversationService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/service-requests/:id/messages',
      {
        config: { access: 'requests:read' },
        schema: {
          tags,
          operationId: 'listMessages',
          summary: 'Messages between requester and centre',
          params: IdParams,
          querystring: PagingQuery,
          response: { 200: MessagePage },
        },
      },
      (request) => conversation.listMessages(request.ctx, request.params.id, request.query),
    );
    app.post(
      '/service-requests/:id/messages',
      {
        config: { access: 'requests:write-message', idempotent: true, refuses: [ACTION_NOT_POSSIBLE] },
        schema: {
          tags,
          operationId: 'writeMessage',
          summary: "Write to the other party; a requester's reply resumes waiting work",
          params: IdParams,
          body: WriteMessage,
          response: { 201: MessageView },
        },
      },
      async (request, reply) =>
        reply
          .code(201)
          .send(await conversation.writeMessage(request.ctx, request.params.id, request.body.body)),
    );
    app.get(
      '/service-requests/:id/notes',
      {
        config: { access: 'requests:note' },
        schema: {
          tags,
          operationId: 'listNotes',
          summary: "The centre's own notes",
          params: IdParams,
          querystring: PagingQuery,
          response: { 200: MessagePage },
        },
      },
      (request) => conversation.listNotes(request.ctx, request.params.id, request.query),
    );
    app.post(
      '/service-requests/:id/notes',
      {
        config: { access: 'requests:note', idempotent: true },
        schema: {
          tags,
          operationId: 'writeNote',
          summary: 'Note that members never see',
          params: IdParams,
          body: WriteMessage,
          response: { 201: MessageView },
        },
      },
      async (request, reply) =>
        reply.code(201).send(await conversation.writeNote(request.ctx, request.params.id, request.body.body)),
    );
    app.get(
      '/service-requests/:id/events',
      {
        config: { access: 'requests:read' },
        schema: {
          tags,
          operationId: 'listRequestEvents',
          summary: 'Full history that your hat may see',
          params: IdParams,
          querystring: PagingQuery,
          response: { 200: EventPage },
        },
      },
      (request) => conversation.listEvents(request.ctx, request.params.id, request.query),
    );
  };
