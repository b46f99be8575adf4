import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Defer } from './compilers.ts';
import { TEXT_NOT_STORABLE } from './problems.ts';
import { assertStorable } from './storable.ts';

/** `ajv-formats` is CommonJS; its default export is the function itself under either interop. */
const withAllFormats = addFormats as unknown as (ajv: Ajv2020) => Ajv2020;

/** Days as the library knows them, but without the year 0, which PostgreSQL does not know. */
function withFormats(ajv: Ajv2020): Ajv2020 {
  withAllFormats(ajv);
  const { validate } = ajv.formats['date'] as { validate: (text: string) => boolean };
  return ajv.addFormat('date', { validate: (text: string) => !text.startsWith('0000') && validate(text) });
}

/**
 * Schemas are our own, made by the schema library: holding them against the schema of schemas would take longer than compiling them.
 * Faults bring their schema, for its words.
 */
const options = {
  allErrors: true,
  verbose: true,
  strict: false,
  useDefaults: true,
  removeAdditional: false,
  meta: false,
  validateSchema: false,
};

/** Bodies are taken as sent: "5" is not 5, and what the schema does not know is an error. */
function bodyValidator(): Ajv2020 {
  return withFormats(new Ajv2020(options));
}

/** Parameters arrive as text and become what the schema says. */
function parameterValidator(): Ajv2020 {
  return withFormats(new Ajv2020({ ...options, coerceTypes: 'array' }));
}

export function registerValidation(app: FastifyInstance, defer: Defer): void {
  const body = bodyValidator();
  const parameters = parameterValidator();
  app.setValidatorCompiler<object>(({ schema, httpPart }) =>
    defer(() => {
      const validate: ValidateFunction = (httpPart === 'body' ? body : parameters).compile(schema);
      return (value: unknown) => validate(value) || { error: validate.errors as never };
    }),
  );
  app.removeContentTypeParser('text/plain'); // JSON, unless a route adds a parser of its own
  app.addHook('onRequest', async (request) => {
    if (request.raw.url?.includes('%00'))
      throw new DomainError(TEXT_NOT_STORABLE, 'The address contains a NUL character.');
  });
  app.addHook('preValidation', async (request) => {
    if (isJson(request.headers['content-type'])) assertStorable(request.body);
  });
}

/** Streams and files are read by routes that look after them themselves. */
function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/(json|x-www-form-urlencoded)\b/i.test(contentType);
}
