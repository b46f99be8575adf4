import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Test } from 'tap';

export interface Received {
  readonly to: readonly string[];
  readonly from: string;
  readonly user: string | undefined;
  readonly isEncrypted: boolean;
  /** As it came over the line. */
  readonly raw: string;
}

export interface SmtpPeer {
  readonly port: number;
  readonly messages: Received[];
  /** Refuses recipients and senders so, until it is undefined again: `450 4.2.0 later`. */
  says: { rcpt?: string | undefined; from?: string | undefined; data?: string | undefined };
}

/** A mail server that keeps what it gets and refuses what it is told to. */
export async function openSmtp(t: Test, options: SMTPServerOptions = {}): Promise<SmtpPeer> {
  const messages: Received[] = [];
  const says: SmtpPeer['says'] = {};
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      password === 'geheim-\u00fc'
        ? done(null, { user: String(username) })
        : done(refusal('535 5.7.8 authentication failed')),
    onMailFrom: (_address, _session, done) => done(refusal(says.from)),
    onRcptTo: (_address, _session, done) => done(refusal(says.rcpt)),
    onData(stream, { envelope, user, secure }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(refusal('552 5.3.4 too large'));
        if (says.data !== undefined) return done(refusal(says.data));
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        const raw = Buffer.concat(parts).toString('utf8');
        messages.push({ to, from, user: user as string | undefined, isEncrypted: secure, raw });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // clients that hang up are part of the tests
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, messages, says };
}

function refusal(answer: string | undefined): Error | null {
  if (answer === undefined) return null;
  const [code, ...words] = answer.split(' ');
  return Object.assign(new Error(words.join(' ')), { responseCode: Number(code) });
}

/** A header of a raw message, its encoded words (RFC 2047) decoded. */
export function headerOf(raw: string, name: string): string | undefined {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const line = head.split('\r\n').find((text) => text.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line
    ?.slice(name.length + 1)
    .trim()
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : fromQuoted(text.replaceAll('_', ' ')),
    );
}

export interface Part {
  readonly type: string;
  readonly name: string | undefined;
  readonly bytes: Buffer;
}

/** The parts of a message, decoded; of one without attachments itself. */
export function partsOf(raw: string): Part[] {
  const boundary = /boundary="([^"]+)"/.exec(headerOf(raw, 'content-type') ?? '')?.[1];
  const texts = boundary === undefined ? [raw] : raw.split(`--${boundary}`).slice(1, -1);
  return texts.map((text) => {
    const part = text.replace(/^\r\n/, '');
    const body = part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '');
    const isBase64 = headerOf(part, 'content-transfer-encoding')?.toLowerCase() === 'base64';
    const bytes = isBase64 ? Buffer.from(body, 'base64') : Buffer.from(fromQuoted(body), 'utf8');
    const name = /filename="?([^";]+)/.exec(headerOf(part, 'content-disposition') ?? '')?.[1];
    return { type: headerOf(part, 'content-type') ?? '', name, bytes };
  });
}

function fromQuoted(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_code, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
