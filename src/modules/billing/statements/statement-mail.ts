import type { Mail } from '../../../platform/mail/mailer.ts';
import { textIn } from '../../../platform/texts.ts';
import { titleOf, writerFor } from '../documents/format.ts';
import { fileOf } from './render-statement.ts';
import type { StatementToSend } from './statement-sending.types.ts';

/** The mail to the member, in German: the recipients are German bodies, whatever language the sender has. */
export function statementMail({ dispatch, document, files }: StatementToSend): Mail {
  const german = writerFor('de');
  const { seller, number } = document;
  const values = {
    title: titleOf(document, german),
    number,
    period: german.period(document.period),
    centre: seller.centreName,
    seller: seller.name,
    contact: seller.contact.name,
    phone: seller.contact.phone,
    email: seller.contact.email,
  };
  const attachments = files.map(({ format, bytes }) => fileOf(number, format, bytes));
  const list = attachments.map(({ name }) => `- ${name}`).join('\n');
  const body = attachments.length === 0 ? 'to-fetch' : 'attached';
  return {
    id: dispatch.id,
    writtenAt: dispatch.requestedAt,
    to: dispatch.recipient,
    replyTo: seller.contact.email,
    subject: textIn('de', 'billing.statement.mail.subject', values),
    text: textIn('de', `billing.statement.mail.${body}`, { ...values, list }),
    attachments,
  };
}
