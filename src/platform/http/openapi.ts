import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { DomainError, listProblems, type Problem } from '../errors.ts';
import { type ApiDocument, completed } from './api-document.ts';
import { NOT_FOUND } from './problems.ts';
import { refusalsOf } from './refusals.ts';

const DESCRIPTION = `Service catalogue, service requests, usage and cost allocation of intermunicipal shared-service centres.

A token carries exactly one hat: a centre, an organisation or the platform. What a hat may not see answers like what does not exist.`;

/** Every route bears one of these; the order is that of the documentation. */
const TAGS = [
  ['Sign-in', 'Tokens, and the hats they carry'],
  ['People and programs', 'Who works under a hat: people with roles, teams, machine accounts'],
  ['Organisations', 'Municipalities, districts, associations, and the centres they run'],
  ['Agreements', 'What binds members to a centre, and which services they may order from when to when'],
  ['Services', 'The catalogue: services in versions, with their forms'],
  ['Service requests', 'From filing to closing'],
  ['Usage', 'What was used, append-only'],
  ['Cost allocation', 'Costs, keys, and who pays what and why'],
  ['Grants', 'Money of authorities: what it was promised for, what it paid for, and the proof of it'],
  ['VAT', 'What is determined about value added tax, by whom, and what it rests on'],
  ['Statements', 'What members are sent: invoices, corrections and credit notes, with their files'],
  ['Ledger export', 'Documents to the books: accounts, file formats, and what was handed over'],
  ['Payments', 'Instalments, open items, payments and bank files, settlement, reminders'],
  ['Operations', 'Dead letters and the audit trail'],
].map(([name = '', description = '']) => ({ name, description }));

/** Collects the routes into an OpenAPI 3.1 document; register before the routes. */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  const refusals = new Map<string, readonly Problem[]>();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Verbund',
        version,
        description: DESCRIPTION,
        license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      },
      tags: TAGS,
      servers: [{ url: '/', description: 'This installation' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access ?? '';
      const security = access === 'public' ? [] : [{ bearer: [] }];
      refusals.set(schema?.operationId ?? url, refusalsOf(route));
      return { schema: { ...schema, security, 'x-access': access } as never, url };
    },
    transformObject: (made) => {
      const { openapiObject } = made as { openapiObject: object };
      return completed(openapiObject as ApiDocument, refusals);
    },
  });
}

/** What `type` of a problem points to, and a way from the front door to the documentation. */
export function registerProblemPages(app: FastifyInstance): void {
  const hidden = { config: { access: 'public' }, schema: { hide: true } } as const;
  app.get('/', hidden, async (_request, reply) => reply.redirect('/docs'));
  app.get<{ Params: { code: string } }>('/problems/:code', hidden, async ({ params }) => {
    const problem = listProblems().find(({ code }) => code === params.code);
    if (problem === undefined) throw new DomainError(NOT_FOUND, 'There is no problem of this name.');
    return problem;
  });
}

/** The browsable documentation, from this machine only, and the document itself. */
export async function registerDocs(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
    });
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: false,
      uiConfig: { deepLinking: true, docExpansion: 'none' },
    });
  });
}
