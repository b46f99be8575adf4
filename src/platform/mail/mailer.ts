import { createTransport } from 'nodemailer';
import { dateAt, type Moment } from '../clock.ts';
import { DomainError } from '../errors.ts';
import { MAIL_DEFERRED } from './mail.errors.ts';
import {
  addressOf,
  isRefusal,
  type MailOutcome,
  type MailSettings,
  messageIdOf,
  type SmtpFault,
  transportOptions,
} from './mail.rules.ts';

export interface Attachment {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface Mail {
  /** Sending again with the same id makes the same message: its Message-ID comes from it. */
  readonly id: string;
  readonly writtenAt: Moment;
  readonly to: string;
  readonly replyTo: string;
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/** Hands mail to a server. Nothing in here knows what it is about. */
export interface Mailer {
  /** Throws `MAIL_DEFERRED` where trying again may help. */
  send(mail: Mail): Promise<MailOutcome>;
  /** Connects, encrypts and signs in, and sends nothing; says where. Throws the error of the SMTP client. */
  check(): Promise<string>;
}

export function createMailer(settings: MailSettings): Mailer {
  const options = transportOptions(settings);
  // Whatever a message names is part of it already: nothing is read from a disk or fetched.
  const transport = createTransport({ ...options, disableFileAccess: true, disableUrlAccess: true });
  return {
    async send(mail) {
      try {
        const { response } = await transport.sendMail(messageOf(mail, settings.from));
        return { status: 'sent', answer: oneLine(response) };
      } catch (error) {
        const answer = answerOf(error);
        if (isRefusal(error as SmtpFault)) return { status: 'refused', answer };
        throw new DomainError(MAIL_DEFERRED, answer, { cause: error });
      }
    },
    async check() {
      await transport.verify();
      return `${options.host}:${options.port}`;
    },
  };
}

function messageOf({ id, writtenAt, to, replyTo, subject, text, attachments }: Mail, from: string) {
  return {
    from,
    to,
    replyTo,
    envelope: { from: addressOf(from), to: [to] },
    messageId: messageIdOf(id, from),
    date: dateAt(writtenAt),
    subject,
    text,
    // RFC 3834: so that an absence notice is not sent back.
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: attachments.map(({ name, mediaType, bytes }) => ({
      filename: name,
      contentType: mediaType,
      content: bytes,
    })),
  };
}

const LONGEST_ANSWER = 500;

/** What the server said, or why it was not reached. It never heard the password back. */
function answerOf(error: unknown): string {
  const { response, message } = error as { response?: unknown; message?: unknown };
  return oneLine(typeof response === 'string' && response !== '' ? response : String(message));
}

/** Fit for a column and a log: no control characters, not without end. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_ANSWER);
}
