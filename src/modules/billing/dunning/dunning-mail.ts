import type { Mail } from '../../../platform/mail/mailer.ts';
import { textIn } from '../../../platform/texts.ts';
import type { Seller } from '../documents/document.types.ts';
import { writerFor } from '../documents/format.ts';
import { fileOf } from '../statements/render-statement.ts';
import type { DispatchRow } from '../statements/statement-sending.types.ts';
import type { NoticeRow } from './dunning-notices.repo.ts';

interface NoticeToSend {
  readonly dispatch: DispatchRow;
  readonly notice: NoticeRow;
  readonly seller: Seller;
  readonly bytes: Buffer;
}

/** The mail with the letter, in German like that. */
export function noticeMail({ dispatch, notice, seller, bytes }: NoticeToSend): Mail {
  const german = writerFor('de');
  const attachment = fileOf(notice.number, 'pdf', bytes);
  const values = {
    title: textIn('de', `billing.dunning.title.${notice.level}`),
    number: notice.number,
    day: german.day(notice.issuedOn),
    file: attachment.name,
    centre: seller.centreName,
    seller: seller.name,
    contact: seller.contact.name,
    phone: seller.contact.phone,
    email: seller.contact.email,
  };
  return {
    id: dispatch.id,
    writtenAt: dispatch.requestedAt,
    to: dispatch.recipient,
    replyTo: seller.contact.email,
    subject: textIn('de', 'billing.dunning.mail.subject', values),
    text: textIn('de', 'billing.dunning.mail.text', values),
    attachments: [attachment],
  };
}
