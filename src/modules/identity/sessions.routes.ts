import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { DomainError } from '../../platform/errors.ts';
import {
  CLIENT_INVALID,
  CREDENTIALS_WRONG,
  HAT_NOT_HELD,
  REFRESH_TOKEN_INVALID,
  SCOPE_INVALID,
  TOO_MANY_SIGN_INS,
} from './identity.errors.ts';
import {
  ChangePassword,
  ClientCredentials,
  ClientTokenView,
  HatRef,
  MeView,
  Refresh,
  SignIn,
  TokenView,
} from './identity.schemas.ts';
import type { OpenedSession, SessionsService } from './sessions.service.ts';

const tags = ['Sign-in'];

/** Signing in and out; the routes sign what the service decides. */
export const sessionsRoutes =
  (service: SessionsService, accessTokenSeconds: number): FastifyPluginAsyncTypebox =>
  async (app) => {
    const tokens = ({ claims, refreshToken, hat }: OpenedSession): TokenView => ({
      accessToken: app.jwt.sign(claims as never, { expiresIn: accessTokenSeconds }),
      refreshToken,
      tokenType: 'Bearer',
      expiresInSeconds: accessTokenSeconds,
      hat,
    });
    app.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    app.post(
      '/auth/token',
      {
        config: { access: 'public', refuses: [CREDENTIALS_WRONG, HAT_NOT_HELD, TOO_MANY_SIGN_INS] },
        schema: {
          tags,
          operationId: 'signIn',
          summary: 'Sign in; without a hat, the first one held',
          body: SignIn,
          response: { 200: TokenView },
        },
      },
      async (request) => tokens(await service.signIn(request.body, request.ip, request.id)),
    );
    app.post(
      '/auth/refresh',
      {
        config: { access: 'public', refuses: [REFRESH_TOKEN_INVALID, HAT_NOT_HELD] },
        schema: {
          tags,
          operationId: 'refreshToken',
          summary: 'New tokens for a refresh token, which is then spent',
          body: Refresh,
          response: { 200: TokenView },
        },
      },
      async (request) => tokens(await service.refresh(request.body.refreshToken, request.id)),
    );
    app.post(
      '/auth/hat',
      {
        config: { access: 'signed-in', refuses: [HAT_NOT_HELD] },
        schema: {
          tags,
          operationId: 'switchHat',
          summary: 'Tokens under another hat',
          body: HatRef,
          response: { 200: TokenView },
        },
      },
      async (request) => tokens(await service.switchHat(request.ctx, request.body)),
    );
    app.post(
      '/auth/logout',
      {
        config: { access: 'signed-in' },
        schema: {
          tags,
          operationId: 'signOut',
          summary: 'End this sign-in under all its hats',
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await service.signOut(request.ctx);
        return reply.code(204).send(null);
      },
    );
    app.post(
      '/auth/password',
      {
        config: { access: 'signed-in', refuses: [CREDENTIALS_WRONG, TOO_MANY_SIGN_INS] },
        schema: {
          tags,
          operationId: 'changePassword',
          summary: 'Change the own password; other sign-ins end',
          body: ChangePassword,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { currentPassword, newPassword } = request.body;
        await service.changePassword(request.ctx, currentPassword, newPassword, request.ip);
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/me',
      {
        config: { access: 'signed-in' },
        schema: {
          tags,
          operationId: 'getMe',
          summary: 'Who I am and which hats I hold',
          response: { 200: MeView },
        },
      },
      (request) => service.me(request.ctx),
    );
    await app.register(clientTokenRoute(service, accessTokenSeconds));
  };

/** Also takes the form encoding and the Basic header that RFC 6749 prescribes. */
const clientTokenRoute =
  (service: SessionsService, accessTokenSeconds: number): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptForms(app);
    app.post(
      '/auth/client-token',
      {
        config: { access: 'public', refuses: [CLIENT_INVALID, SCOPE_INVALID] },
        schema: {
          tags,
          operationId: 'clientToken',
          summary: 'Token for a machine account (OAuth 2.0 client credentials)',
          body: ClientCredentials,
          response: { 200: ClientTokenView },
        },
      },
      async (request) => {
        const basic = basicCredentials(request.headers.authorization);
        const id = basic?.[0] ?? request.body.client_id;
        const secret = basic?.[1] ?? request.body.client_secret;
        if (id === undefined || secret === undefined)
          throw new DomainError(
            CLIENT_INVALID,
            'Client id and secret are needed, in the body or as Basic authorization.',
          );
        const claims = await service.clientToken({
          clientId: id,
          secret,
          scope: request.body.scope,
          requestId: request.id,
        });
        const access_token = app.jwt.sign(claims as never, { expiresIn: accessTokenSeconds });
        return {
          access_token,
          token_type: 'Bearer' as const,
          expires_in: accessTokenSeconds,
          scope: (claims.scp ?? []).join(' '),
        };
      },
    );
  };

function acceptForms(app: Pick<FastifyInstance, 'addContentTypeParser'>): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
}

const CLIENT_ID = /^[0-9a-f-]{36}$/;

function basicCredentials(header: string | undefined): [string, string] | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  if (!CLIENT_ID.test(id)) throw new DomainError(CLIENT_INVALID, 'Client id or secret is wrong.');
  return [id, secret];
}
