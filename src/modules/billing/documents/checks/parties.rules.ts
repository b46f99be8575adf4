import type {
  Buyer,
  ElectronicAddress,
  PostalAddress,
  Seller,
  StatementDocument,
} from '../document.types.ts';
import { isBic, isGermanVatId, isIban, isLeitwegId } from '../identifiers.rules.ts';
import { type Finding, findings } from './findings.rules.ts';
import { checkTexts, isFilled } from './texts.rules.ts';

/** What can be said against a party before there is a document; the tax identity depends on what is charged. */
export function checkParties({
  seller,
  buyer,
}: {
  readonly seller?: Seller;
  readonly buyer?: Buyer;
}): Finding[] {
  return [
    ...(seller === undefined ? [] : [...checkSellerItself(seller), ...checkTexts(seller, '/seller')]),
    ...(buyer === undefined ? [] : [...checkBuyer({ buyer }), ...checkTexts(buyer, '/buyer')]),
  ];
}

export function checkSeller(document: Pick<StatementDocument, 'seller' | 'lines'>): Finding[] {
  return [...checkSellerItself(document.seller), ...checkTaxIdentity(document)];
}

function checkSellerItself(seller: Seller): Finding[] {
  const { name, centreName, identifier, contact } = seller;
  return [
    ...findings(
      [isFilled(name), '/seller/name', 'TEXT_MISSING', 'the seller has no name (BT-27)'],
      [isFilled(centreName), '/seller/centreName', 'TEXT_MISSING', 'the centre has no name (BT-28)'],
      [isFilled(identifier), '/seller/identifier', 'TEXT_MISSING', 'the seller has no identifier (BT-29)'],
      [isFilled(contact.name), '/seller/contact/name', 'CONTACT_INCOMPLETE', 'nobody to ask (BR-DE-5)'],
      [
        (contact.phone.match(/\d/g) ?? []).length >= 3,
        '/seller/contact/phone',
        'CONTACT_INCOMPLETE',
        'is no telephone number (BR-DE-6, BR-DE-27)',
      ],
      [
        isMail(contact.email),
        '/seller/contact/email',
        'CONTACT_INCOMPLETE',
        'is no e-mail address (BR-DE-28)',
      ],
    ),
    ...checkBank(seller),
    ...findings(
      [
        seller.vatId === undefined || isGermanVatId(seller.vatId),
        '/seller/vatId',
        'VAT_ID_INVALID',
        'is no German VAT id',
      ],
      [
        seller.taxNumber === undefined || isFilled(seller.taxNumber),
        '/seller/taxNumber',
        'TEXT_MISSING',
        'is empty',
      ],
    ),
    ...checkAddress(seller.address, '/seller/address'),
    ...checkElectronicAddress(seller.electronicAddress, '/seller/electronicAddress'),
  ];
}

function checkBank({ bank }: Seller): Finding[] {
  return findings(
    [isFilled(bank.holder), '/seller/bank/holder', 'TEXT_MISSING', 'the account has no holder (BT-85)'],
    [isIban(bank.iban), '/seller/bank/iban', 'IBAN_INVALID', 'has a wrong form or wrong check digits'],
    [bank.bic === undefined || isBic(bank.bic), '/seller/bank/bic', 'BIC_INVALID', 'has a wrong form'],
  );
}

/** Whom a tax office would ask; what is outside the scope of VAT must not look as if there were VAT. */
function checkTaxIdentity({ seller, lines }: Pick<StatementDocument, 'seller' | 'lines'>): Finding[] {
  const outOfScope = lines.some((line) => line.vat.category === 'O');
  const taxed = lines.some((line) => line.vat.category !== 'O');
  const named = seller.vatId !== undefined || seller.taxNumber !== undefined;
  return findings(
    [
      !(outOfScope && seller.vatId !== undefined),
      '/seller/vatId',
      'VAT_ID_FORBIDDEN',
      'a document outside the scope of VAT must not show a VAT id (BR-O-02)',
    ],
    [
      !taxed || named,
      '/seller',
      'TAX_ID_MISSING',
      'taxable and exempt lines need tax number or VAT id (BR-DE-16)',
    ],
  );
}

export function checkBuyer({ buyer }: Pick<StatementDocument, 'buyer'>): Finding[] {
  return [
    ...findings(
      [isFilled(buyer.name), '/buyer/name', 'TEXT_MISSING', 'the buyer has no name (BT-44)'],
      [
        isLeitwegId(buyer.leitwegId),
        '/buyer/leitwegId',
        'LEITWEG_ID_INVALID',
        'has a wrong form or wrong check digits (BR-DE-15)',
      ],
    ),
    ...checkAddress(buyer.address, '/buyer/address'),
    ...checkElectronicAddress(buyer.electronicAddress, '/buyer/electronicAddress'),
  ];
}

function checkAddress(address: PostalAddress, at: string): Finding[] {
  const { street, postCode, city, country } = address;
  const postCodeHolds = country === 'DE' ? /^\d{5}$/.test(postCode) : isFilled(postCode);
  return findings(
    [isFilled(street), `${at}/street`, 'TEXT_MISSING', 'the address has no street or post box'],
    [postCodeHolds, `${at}/postCode`, 'POST_CODE_INVALID', 'is no post code (BR-DE-4, BR-DE-9)'],
    [isFilled(city), `${at}/city`, 'TEXT_MISSING', 'the address has no city (BR-DE-3, BR-DE-8)'],
    [/^[A-Z]{2}$/.test(country), `${at}/country`, 'COUNTRY_INVALID', 'is no country code of two letters'],
  );
}

/** Schemes that German public bodies are reached by: e-mail, Leitweg-ID, GLN, German VAT id. */
function checkElectronicAddress({ scheme, value }: ElectronicAddress, at: string): Finding[] {
  const holds: Readonly<Record<string, boolean>> = {
    EM: isMail(value),
    '0204': isLeitwegId(value),
    '0088': /^\d{13}$/.test(value),
    '9930': isGermanVatId(value),
  };
  return findings(
    [scheme in holds, `${at}/scheme`, 'ELECTRONIC_ADDRESS_INVALID', 'is not one of EM, 0204, 0088, 9930'],
    [holds[scheme] ?? true, `${at}/value`, 'ELECTRONIC_ADDRESS_INVALID', `does not fit the scheme ${scheme}`],
  );
}

/** As BR-DE-28 wants it. */
function isMail(text: string): boolean {
  return /^[^@\s.][^@\s]*[^@\s.]@[^@\s.][^@\s]*[^@\s.]$/.test(text) && !text.includes('..');
}
