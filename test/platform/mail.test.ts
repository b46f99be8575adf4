import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import tap, { type Test } from 'tap';
import { DomainError } from '../../src/platform/errors.ts';
import {
  addressOf,
  isLoopback,
  isRefusal,
  type MailSettings,
  messageIdOf,
} from '../../src/platform/mail/mail.rules.ts';
import { createMailer, type Mail } from '../../src/platform/mail/mailer.ts';
import { headerOf, openSmtp, partsOf } from '../support/smtp.ts';

const FROM = 'Servicezentrum Börde <verbund@börde.example>'.replace('@börde', '@boerde');
const SETTINGS = { from: FROM, tls: 'required', timeoutMs: 3000 } as const;

const mail = (change: Partial<Mail> = {}): Mail => ({
  id: '0193aaaa-0000-7000-8000-000000000001',
  writtenAt: '2026-11-20T08:30:00.000Z',
  to: 'kaemmerei@ahsetal.example',
  replyTo: 'abrechnung@lindenau.example',
  subject:
    'Abschlagsrechnung SZB-2026-000001 für Börde, Größe „1“ und alles, was sonst noch in eine lange Zeile passt',
  text: 'Sehr geehrte Damen und Herren,\n\nGrüße aus Lindenau – 1.234,56 €\n.\nEnde\n',
  attachments: [],
  ...change,
});

const mailerAt = (port: number, change: Partial<MailSettings> & { host?: string; user?: string } = {}) => {
  const { host = '127.0.0.1', user = '', ...rest } = change;
  return createMailer({ ...SETTINGS, url: `smtp://${user}${host}:${port}`, ...rest });
};

/** The server's word, where trying again may help. */
async function deferral(t: Test, sending: Promise<unknown>): Promise<string> {
  const error = await sending.then(
    () => t.fail('it was sent'),
    (reason: unknown) => reason,
  );
  t.ok(error instanceof DomainError);
  const { code, status, message } = error as DomainError;
  t.same([code, status], ['MAIL_DEFERRED', 503], 'a job that meets it tries again');
  return message;
}

tap.test('mail', async (t) => {
  t.test('sent: text, subject and files arrive as they are, from us to one recipient', async (t) => {
    const peer = await openSmtp(t);
    const bytes = randomBytes(70_000);
    const attachments = [{ name: 'SZB-2026-000001.pdf', mediaType: 'application/pdf', bytes }];
    const outcome = await mailerAt(peer.port).send(mail({ attachments }));
    t.match(outcome, { status: 'sent', answer: /^250 / });
    const [received] = peer.messages;
    t.match(received, { to: ['kaemmerei@ahsetal.example'], from: 'verbund@boerde.example' });
    const raw = received?.raw ?? '';
    t.equal(headerOf(raw, 'subject'), mail().subject);
    t.equal(headerOf(raw, 'from'), FROM);
    t.equal(headerOf(raw, 'reply-to'), 'abrechnung@lindenau.example');
    t.equal(headerOf(raw, 'auto-submitted'), 'auto-generated');
    t.equal(headerOf(raw, 'date'), 'Fri, 20 Nov 2026 08:30:00 +0000');
    t.equal(headerOf(raw, 'message-id'), '<0193aaaa-0000-7000-8000-000000000001@boerde.example>');
    const [text, file, ...rest] = partsOf(raw);
    t.same(rest, []);
    t.match(text?.type, /^text\/plain; charset=utf-8/);
    t.equal(text?.bytes.toString('utf8').replaceAll('\r\n', '\n'), mail().text);
    t.equal(file?.name, 'SZB-2026-000001.pdf');
    t.ok(file?.bytes.equals(bytes), 'byte for byte');
    t.notMatch(raw, /text\/html/);
  });

  t.test('sent: a line break in what becomes a header makes no header of its own', async (t) => {
    const peer = await openSmtp(t);
    await mailerAt(peer.port).send(mail({ subject: 'Rechnung\r\nBcc: all@example.org\r\n\r\nText' }));
    t.same(peer.messages[0]?.to, ['kaemmerei@ahsetal.example']);
    t.equal(headerOf(peer.messages[0]?.raw ?? '', 'bcc'), undefined);
  });

  t.test('refused: what stays as it is when tried again is an outcome', async (t) => {
    const peer = await openSmtp(t, { size: 20_000 });
    const mailer = mailerAt(peer.port);
    peer.says.rcpt = '550 5.1.1 unbekannter Empfänger';
    t.match(await mailer.send(mail()), { status: 'refused', answer: /^550 5\.1\.1 unbekannter/ });
    peer.says.rcpt = undefined;
    peer.says.data = '554 5.6.0 not wanted';
    t.match(await mailer.send(mail()), { status: 'refused', answer: /^554 5\.6\.0/ });
    peer.says.data = undefined;
    const attachments = [{ name: 'a.pdf', mediaType: 'application/pdf', bytes: randomBytes(30_000) }];
    t.match(await mailer.send(mail({ attachments })), { status: 'refused' }, 'larger than the server takes');
    t.match(await mailer.send(mail({ to: '' })), { status: 'refused' }, 'no address');
    t.same(peer.messages, []);
  });

  t.test('deferred: greylisting, and whatever is our own fault', async (t) => {
    const peer = await openSmtp(t);
    peer.says.rcpt = '450 4.2.0 greylisted, come back later';
    t.match(await deferral(t, mailerAt(peer.port).send(mail())), /^450 4\.2\.0 greylisted/);
    peer.says.rcpt = undefined;
    peer.says.from = '550 5.7.1 you may not send as this';
    t.match(await deferral(t, mailerAt(peer.port).send(mail())), /^550 5\.7\.1/);
    peer.says.from = undefined;
    peer.says.data = '451 4.3.0 disk full';
    t.match(await deferral(t, mailerAt(peer.port).send(mail())), /^451/);
    peer.says.data = undefined;
    t.same(peer.messages, []);
    t.match(await mailerAt(peer.port).send(mail()), { status: 'sent' }, 'and then it goes');
  });

  t.test('deferred: a password that is wrong is told to nobody', async (t) => {
    const peer = await openSmtp(t, { disabledCommands: [], authOptional: false });
    const wrong = mailerAt(peer.port, { user: 'verbund:ganz-falsch@' });
    const said = await deferral(t, wrong.send(mail()));
    t.match(said, /535/);
    t.notMatch(said, /ganz-falsch/);
    const right = mailerAt(peer.port, { user: `verbund:${encodeURIComponent('geheim-ü')}@` });
    t.match(await right.send(mail()), { status: 'sent' });
    t.match(peer.messages[0], { user: 'verbund', isEncrypted: true });
  });

  t.test('deferred: a server that is away, hangs up or is silent, in bounded time', async (t) => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    const curt = createServer((socket) => socket.destroy());
    const [mute, brusque] = await Promise.all([silent, curt].map(listening));
    t.teardown(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
      curt.close();
    });
    const began = performance.now();
    t.match(await deferral(t, mailerAt(mute ?? 0, { timeoutMs: 200 }).send(mail())), /greeting|timeout/i);
    t.ok(performance.now() - began < 5000);
    t.ok(await deferral(t, mailerAt(brusque ?? 0).send(mail())));
    t.match(await deferral(t, mailerAt(1).send(mail())), /ECONNREFUSED/);
  });

  // 0.0.0.0 leads to this machine and does not look like it.
  t.test(
    'TLS: to another machine nothing goes in the clear, and only to whom the certificate names',
    async (t) => {
      const plain = await openSmtp(t, { disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
      const user = `verbund:${encodeURIComponent('geheim-ü')}@`;
      await deferral(t, mailerAt(plain.port, { host: '0.0.0.0', user }).send(mail()));
      const selfSigned = await openSmtp(t, { disabledCommands: [] });
      t.match(
        await deferral(t, mailerAt(selfSigned.port, { host: '0.0.0.0' }).send(mail())),
        /certificate|self.signed|altname/i,
      );
      t.same([...plain.messages, ...selfSigned.messages], []);
      const optional = { host: '0.0.0.0', tls: 'optional' } as const;
      t.match(await mailerAt(plain.port, optional).send(mail()), { status: 'sent' });
      t.match(await mailerAt(selfSigned.port, optional).send(mail()), { status: 'sent' });
      t.same(
        [plain, selfSigned].map(({ messages }) => messages[0]?.isEncrypted),
        [false, true],
      );
    },
  );

  t.test('TLS: smtps speaks it from the beginning', async (t) => {
    const peer = await openSmtp(t, { secure: true });
    const mailer = createMailer({ ...SETTINGS, url: `smtps://127.0.0.1:${peer.port}` });
    t.match(await mailer.send(mail()), { status: 'sent' });
    t.equal(peer.messages[0]?.isEncrypted, true);
  });

  t.test('check: connects and sends nothing', async (t) => {
    const peer = await openSmtp(t);
    t.equal(await mailerAt(peer.port).check(), `127.0.0.1:${peer.port}`);
    t.same(peer.messages, []);
    await t.rejects(mailerAt(1).check(), /ECONNREFUSED/);
  });

  t.test('rules: only what is about the recipient or the message is final', async (t) => {
    const code = fc.integer({ min: 400, max: 599 });
    const command = fc.constantFrom('CONN', 'EHLO', 'STARTTLS', 'AUTH PLAIN', 'MAIL FROM', 'RCPT TO', 'DATA');
    fc.assert(
      fc.property(code, command, (responseCode, told) => {
        const isFinal = isRefusal({ code: 'EENVELOPE', command: told, responseCode });
        if (responseCode < 500) return !isFinal;
        return isFinal === (told === 'RCPT TO' || told === 'DATA' || responseCode === 552);
      }),
      { numRuns: 2000 },
    );
    for (const fault of ['ETIMEDOUT', 'ECONNECTION', 'ETLS', 'EDNS', 'EAUTH'])
      t.notOk(isRefusal({ code: fault, command: 'CONN' }), fault);
  });

  t.test('rules: this machine, addresses, ids', async (t) => {
    for (const host of ['127.0.0.1', '127.8.9.1', '[::1]', '::1', 'LOCALHOST']) t.ok(isLoopback(host), host);
    for (const host of ['0.0.0.0', '127.0.0.1.example.org', 'localhost.example.org', '10.0.0.1', '[::2]'])
      t.notOk(isLoopback(host), host);
    t.equal(addressOf(FROM), 'verbund@boerde.example');
    t.equal(addressOf('verbund@boerde.example'), 'verbund@boerde.example');
    t.equal(messageIdOf('1', FROM), messageIdOf('1', 'verbund@boerde.example'));
  });
});

function listening(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
