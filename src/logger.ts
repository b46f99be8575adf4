import { type Logger, pino } from 'pino';

/** Never in a log: who somebody is, and what opens doors. */
const REDACTED = [
  'password',
  'currentPassword',
  'newPassword',
  'accessToken',
  'refreshToken',
  'client_secret',
  'clientSecret',
  'authorization',
  'email',
  'name',
  'formData',
  'subject',
  'description',
];

export function createLogger(level: string): Logger {
  const paths = [
    ...REDACTED,
    ...REDACTED.map((field) => `*.${field}`),
    'req.headers.authorization',
    'req.headers.cookie',
  ];
  return pino({
    level,
    base: { service: 'verbund' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: '[redacted]' },
  });
}
