import type { PageFrame } from '../../../../platform/pdf/pages.ts';
import type { Seller } from '../document.types.ts';
import type { Writer } from '../format.ts';
import { ibanInGroups } from './letter.ts';

/** Head and foot of a document that a member is sent: who it is from, and where the money goes. */
export function frameOf(title: string, seller: Seller, writer: Writer): PageFrame {
  const { address, contact, bank, taxNumber, vatId, name, centreName } = seller;
  return {
    sender: centreName,
    title,
    foot: [
      [name, address.street, `${address.postCode} ${address.city}`],
      [
        contact.email,
        contact.phone,
        ...(vatId === undefined ? [] : [writer.say('footer.vat-id', { number: vatId })]),
        ...(taxNumber === undefined ? [] : [writer.say('footer.tax-number', { number: taxNumber })]),
      ],
      [
        writer.say('footer.bank'),
        bank.holder,
        `IBAN ${ibanInGroups(bank.iban)}`,
        ...(bank.bic === undefined ? [] : [`BIC ${bank.bic}`]),
      ],
    ],
    pageText: (page, pages) => writer.say('footer.page', { page: String(page), pages: String(pages) }),
  };
}
