import { isIP } from 'node:net';

/** How a sending ended that will not end otherwise when it is tried again. */
export interface MailOutcome {
  readonly status: 'sent' | 'refused';
  /** Last line of the server, without line breaks. */
  readonly answer: string;
}

/** As much of an error of the SMTP client as decides. */
export interface SmtpFault {
  readonly code?: string | undefined;
  /** What the server was told when it said no; `API` where nothing was said yet. */
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
}

/** RFC 5321: the message is larger than the server takes. */
const TOO_LARGE = 552;

/**
 * Whether a fault is about this recipient or this message and stays (5xx). What is about us (who we are, how we sign in, whom we send
 * as) is not: an operator mends it, and then the same message goes through.
 */
export function isRefusal({ code, command = '', responseCode }: SmtpFault): boolean {
  // The client's own verdict: no address at all, or larger than the server said it takes.
  if (responseCode === undefined)
    return (code === 'EENVELOPE' && command === 'API') || (code === 'EMESSAGE' && command === 'MAIL FROM');
  const isPermanent = responseCode >= 500 && responseCode < 600;
  return isPermanent && (command === 'RCPT TO' || command === 'DATA' || responseCode === TOO_LARGE);
}

/** Where mail does not leave the machine nobody listens in between. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost';
}

export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server asks for them. */
  readonly url: string;
  /** Address, or name and address: `Verbund <verbund@example.de>`. */
  readonly from: string;
  readonly tls: 'required' | 'optional';
  readonly timeoutMs: number;
}

/** What the SMTP client is told. Encryption can be left out only on the way to the same machine, or where the operator says so. */
export function transportOptions({ url, tls, timeoutMs }: MailSettings) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const mayBePlain = tls === 'optional' || isLoopback(hostname);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure && !mayBePlain,
    opportunisticTLS: mayBePlain,
    // Opportunistic encryption does not know whom it talks to (RFC 7435): it would be no better without.
    tls: { minVersion: 'TLSv1.2' as const, rejectUnauthorized: !mayBePlain },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
  };
}

/** The bare address of `Verbund <verbund@example.de>`. */
export function addressOf(from: string): string {
  return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
}

/** The same for the same thing, so that whoever gets it twice can tell. */
export function messageIdOf(id: string, from: string): string {
  const domain = addressOf(from).split('@').at(-1) ?? '';
  return `<${id}@${domain}>`;
}
