import { Ajv } from 'ajv';
import { type Static, Type } from 'typebox';

const seconds = (description: string, fallback: number, maximum = 31_536_000) =>
  Type.Integer({ description, default: fallback, minimum: 1, maximum });

/** Every setting there is, as environment variables. docs/configuration.md is generated from it. */
export const ConfigSchema = Type.Object({
  PORT: Type.Integer({ description: 'TCP port of the API.', default: 3000, minimum: 0, maximum: 65_535 }),
  HOST: Type.String({
    description: 'Address the API listens on. In a container: `0.0.0.0`.',
    default: '127.0.0.1',
  }),
  DATABASE_URL: Type.Optional(
    Type.String({
      description:
        'PostgreSQL 15 or newer, `postgres://…`. Left out, an embedded PostgreSQL starts in the data directory.',
      pattern: '^postgres(ql)?://',
    }),
  ),
  DATABASE_OWNER_URL: Type.Optional(
    Type.String({
      description:
        'Login that owns the schema, used by `verbund migrate` only. Defaults to `DATABASE_URL`; set it so that the login of the running program is a plain member of `verbund_app` and `verbund_jobs`.',
      pattern: '^postgres(ql)?://',
    }),
  ),
  DATABASE_POOL_SIZE: Type.Integer({
    description: 'Connections of one process to the database.',
    default: 10,
    minimum: 2,
    maximum: 200,
  }),
  REDIS_URL: Type.Optional(
    Type.String({
      description: 'Redis 6.2 or newer or Valkey, `redis://…`. Left out, the queues run on PostgreSQL.',
      pattern: '^rediss?://',
    }),
  ),
  QUEUE_PREFIX: Type.String({
    description: 'Name space of the queues in Redis, for several installations on one server.',
    default: 'verbund',
    pattern: '^[a-z0-9-]{1,40}$',
  }),
  WORKER_CONCURRENCY: Type.Integer({
    description: 'Jobs one worker process runs at once, per queue.',
    default: 5,
    minimum: 1,
    maximum: 100,
  }),
  VERBUND_DATA_DIR: Type.String({
    description: 'Directory of the embedded database, generated secrets and the list of demo accounts.',
    default: '.verbund',
    minLength: 1,
  }),
  DEMO_DATA: Type.Enum(['auto', 'off'], {
    description: '`auto` loads the demo world into an empty embedded database; `off` never does.',
    default: 'auto',
  }),
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    description: 'Least level that is logged.',
    default: 'info',
  }),
  AUTH_SECRET: Type.Optional(
    Type.String({
      description:
        'Signs access tokens; at least 32 characters. Generated into the data directory with the embedded database, required otherwise.',
      minLength: 32,
    }),
  ),
  ACCESS_TOKEN_SECONDS: seconds('Life of an access token.', 600, 3600),
  REFRESH_TOKEN_SECONDS: seconds('Life of a refresh token; each use gives a new one.', 1_209_600),
  PASSWORD_COST: Type.Integer({
    description: 'Work factor of scrypt as a power of two (N = 2^cost, r = 8, p = 1).',
    default: 16,
    minimum: 12,
    maximum: 20,
  }),
  LOGIN_ATTEMPTS: Type.Integer({
    description:
      'Failed sign-ins for one account, and ten times as many from one address, within 15 minutes.',
    default: 10,
    minimum: 1,
    maximum: 1000,
  }),
  RATE_LIMIT_PER_MINUTE: Type.Integer({
    description: 'Requests per minute of one session or, without a token, of one address.',
    default: 3000,
    minimum: 1,
    maximum: 100_000_000,
  }),
  BODY_LIMIT_BYTES: Type.Integer({
    description: 'Largest JSON body. Streams and imports have limits of their own.',
    default: 1_048_576,
    minimum: 1024,
    maximum: 16_777_216,
  }),
  TRUST_PROXY: Type.Integer({
    description:
      'Proxies in front of the program, each of which adds to `X-Forwarded-For`. The client address is taken from there, counted from the right; 0 takes it from the connection.',
    default: 0,
    minimum: 0,
    maximum: 10,
  }),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      description:
        'Bearer token for `/metrics`. Left out, metrics are answered to callers on the same machine only.',
      minLength: 16,
    }),
  ),
  SMTP_URL: Type.Optional(
    Type.String({
      description:
        'Mail server, `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`; what is special in a URL is percent-encoded. Left out, no mail is sent and documents are only fetched.',
      pattern: '^smtps?://[^/?#]+/?$',
    }),
  ),
  SMTP_TLS: Type.Enum(['required', 'optional'], {
    description:
      '`required` sends nothing, and no password, without encryption and a valid certificate, but for a server on the same machine. `optional` encrypts when the server offers it and asks for no certificate: for a relay in a network of your own.',
    default: 'required',
  }),
  SMTP_TIMEOUT_SECONDS: seconds('How long the mail server may be silent.', 30, 600),
  MAIL_FROM: Type.Optional(
    Type.String({
      description:
        'Sender of all mail, `Verbund <verbund@example.de>` or the bare address; needed with `SMTP_URL`.',
      pattern: '^([^<>\\u0000-\\u001f]*<[^<>@\\s]+@[^<>@\\s]+>|[^<>@\\s]+@[^<>@\\s]+)$',
    }),
  ),
  KOSIT_VALIDATOR_URL: Type.Optional(
    Type.String({
      description:
        'KoSIT validator in daemon mode, `http://…` or `https://…`, which e-invoices are shown to before they are sent. Left out, none is asked.',
      pattern: '^https?://[^/?#]+(/[^?#]*)?$',
    }),
  ),
  KOSIT_VALIDATOR_TIMEOUT_SECONDS: seconds('How long the validator may take for one document.', 60, 600),
  SHUTDOWN_GRACE_SECONDS: seconds('How long running requests and jobs may finish after SIGTERM.', 25, 600),
});

export type Config = Readonly<Static<typeof ConfigSchema>>;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A text as the type asked for, or unchanged, to be refused: `3000.5` is no port, and a blank is not 0. */
function valueOf(text: string, type: string | undefined): string | number | boolean {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false|1|0)$/.test(text)) return text === 'true' || text === '1';
  return text;
}

/**
 * Reads the settings from environment variables. Empty values count as left out.
 * @throws ConfigError naming every setting that is wrong, never its value (it may be a secret).
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.entries(ConfigSchema.properties).flatMap(([name, schema]) => {
    const text = env[name] ?? '';
    return text === '' ? [] : [[name, valueOf(text, (schema as { type?: string }).type)]];
  });
  const value: unknown = Object.fromEntries(given);
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    strict: false,
    meta: false,
    validateSchema: false,
  });
  if (!ajv.validate<Config>(ConfigSchema, value)) {
    const faults = ajv.errors?.map((error) => `${error.instancePath.slice(1)} ${error.message}`) ?? [];
    throw new ConfigError(`These settings are wrong: ${faults.join('; ')}. See docs/configuration.md.`);
  }
  if (value.SMTP_URL !== undefined && value.MAIL_FROM === undefined)
    throw new ConfigError('MAIL_FROM is needed with SMTP_URL. See docs/configuration.md.');
  return Object.freeze(value);
}
