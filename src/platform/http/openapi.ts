import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

const DESCRIPTION = `Service catalogue, service requests, usage and cost allocation of intermunicipal shared-service centres.

A token carries exactly one hat: a centre, an organisation or the platform. What a hat may not see answers like what does not exist.`;

/** Collects the routes into an OpenAPI 3.1 document; register before the routes. */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Verbund',
        version,
        description: DESCRIPTION,
        license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      },
      servers: [{ url: '/', description: 'This installation' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: ({ schema, url, route }) => {
      const isPublic = route.config?.access === 'public';
      const access = route.config?.access ?? '';
      const security = isPublic ? [] : [{ bearer: [] }];
      return { schema: { ...schema, security, 'x-access': access } as never, url };
    },
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
