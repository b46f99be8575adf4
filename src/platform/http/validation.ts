import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';

/** `ajv-formats` is CommonJS; its default export is the function itself under either interop. */
const withFormats = addFormats as unknown as (ajv: Ajv2020) => Ajv2020;

/** Bodies are taken as sent: "5" is not 5, and what the schema does not know is an error. */
function bodyValidator(): Ajv2020 {
  return withFormats(
    new Ajv2020({ allErrors: true, strict: false, useDefaults: true, removeAdditional: false }),
  );
}

/** Parameters arrive as text and become what the schema says. */
function parameterValidator(): Ajv2020 {
  return withFormats(
    new Ajv2020({
      allErrors: true,
      strict: false,
      useDefaults: true,
      coerceTypes: 'array',
      removeAdditional: false,
    }),
  );
}

export function registerValidation(app: FastifyInstance): void {
  const body = bodyValidator();
  const parameters = parameterValidator();
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    const compiled: ValidateFunction = (httpPart === 'body' ? body : parameters).compile(schema);
    return compiled as never;
  });
  app.addHook('onRequest', async (request) => {
    if (request.raw.url?.includes('%00')) throw refusedNul();
  });
}

function refusedNul(): Error {
  return Object.assign(new SyntaxError('The address contains a NUL character.'), { statusCode: 400 });
}
