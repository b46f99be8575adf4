import { plusDays } from '../../../../platform/clock.ts';
import { group, leaf, writeXml, type XmlElement } from '../../../../platform/xml.ts';
import type {
  Buyer,
  DocumentLine,
  ElectronicAddress,
  PostalAddress,
  Seller,
  StatementDocument,
  VatBreakdown,
} from '../document.types.ts';
import {
  amount,
  derivationNote,
  notesOf,
  PROCESS,
  paymentTerms,
  signedQuantity,
  XRECHNUNG,
} from './content.ts';

const OASIS = 'urn:oasis:names:specification:ubl:schema:xsd';

/** XRechnung 3.0 in UBL 2.1: a `CreditNote` for kind 381, else an `Invoice`. */
export function renderUbl(document: StatementDocument): string {
  const isCredit = document.kind === 381;
  const type = isCredit ? 'CreditNote' : 'Invoice';
  const { number, issuedOn, dueOn, kind, buyer, seller } = document;
  const root = group(
    type,
    leaf('cbc:CustomizationID', XRECHNUNG),
    leaf('cbc:ProfileID', PROCESS),
    leaf('cbc:ID', number),
    leaf('cbc:IssueDate', issuedOn),
    !isCredit && leaf('cbc:DueDate', dueOn),
    leaf(`cbc:${type}TypeCode`, String(kind)),
    notesOf(document).map((note) => leaf('cbc:Note', note)),
    leaf('cbc:DocumentCurrencyCode', 'EUR'),
    leaf('cbc:BuyerReference', buyer.leitwegId),
    references(document),
    supplier(seller),
    customer(buyer),
    paymentMeans(document),
    group('cac:PaymentTerms', leaf('cbc:Note', paymentTerms(document))),
    taxTotal(document),
    monetaryTotal(document),
    document.lines.map((line, at) => lineElement(line, at, isCredit)),
  );
  return writeXml({
    ...root,
    attributes: {
      xmlns: `${OASIS}:${type}-2`,
      'xmlns:cac': `${OASIS}:CommonAggregateComponents-2`,
      'xmlns:cbc': `${OASIS}:CommonBasicComponents-2`,
    },
  });
}

function references({ period, preceding, agreementReference }: StatementDocument): XmlElement[] {
  return [
    group(
      'cac:InvoicePeriod',
      leaf('cbc:StartDate', period.startsOn),
      leaf('cbc:EndDate', plusDays(period.endsOn, -1)),
    ),
    ...preceding.map(({ number, issuedOn }) =>
      group(
        'cac:BillingReference',
        group('cac:InvoiceDocumentReference', leaf('cbc:ID', number), leaf('cbc:IssueDate', issuedOn)),
      ),
    ),
    group('cac:ContractDocumentReference', leaf('cbc:ID', agreementReference)),
  ];
}

function supplier({ identifier, centreName, name, contact, ...seller }: Seller): XmlElement {
  return group(
    'cac:AccountingSupplierParty',
    group(
      'cac:Party',
      endpoint(seller.electronicAddress),
      group('cac:PartyIdentification', leaf('cbc:ID', identifier)),
      group('cac:PartyName', leaf('cbc:Name', centreName)),
      address(seller.address),
      seller.vatId !== undefined && taxScheme('cac:PartyTaxScheme', 'VAT', seller.vatId),
      seller.taxNumber !== undefined && taxScheme('cac:PartyTaxScheme', 'FC', seller.taxNumber),
      group('cac:PartyLegalEntity', leaf('cbc:RegistrationName', name)),
      group(
        'cac:Contact',
        leaf('cbc:Name', contact.name),
        leaf('cbc:Telephone', contact.phone),
        leaf('cbc:ElectronicMail', contact.email),
      ),
    ),
  );
}

function customer(buyer: Buyer): XmlElement {
  return group(
    'cac:AccountingCustomerParty',
    group(
      'cac:Party',
      endpoint(buyer.electronicAddress),
      address(buyer.address, buyer.department),
      group('cac:PartyLegalEntity', leaf('cbc:RegistrationName', buyer.name)),
    ),
  );
}

function endpoint({ scheme, value }: ElectronicAddress): XmlElement {
  return leaf('cbc:EndpointID', value, { schemeID: scheme });
}

function address({ street, city, postCode, country }: PostalAddress, department?: string): XmlElement {
  return group(
    'cac:PostalAddress',
    leaf('cbc:StreetName', street),
    department !== undefined && leaf('cbc:AdditionalStreetName', department),
    leaf('cbc:CityName', city),
    leaf('cbc:PostalZone', postCode),
    group('cac:Country', leaf('cbc:IdentificationCode', country)),
  );
}

function taxScheme(name: string, scheme: string, id: string): XmlElement {
  return group(name, leaf('cbc:CompanyID', id), group('cac:TaxScheme', leaf('cbc:ID', scheme)));
}

function paymentMeans({ kind, dueOn, number, seller: { bank } }: StatementDocument): XmlElement {
  return group(
    'cac:PaymentMeans',
    leaf('cbc:PaymentMeansCode', '58'),
    kind === 381 && leaf('cbc:PaymentDueDate', dueOn),
    leaf('cbc:PaymentID', number),
    group(
      'cac:PayeeFinancialAccount',
      leaf('cbc:ID', bank.iban),
      leaf('cbc:Name', bank.holder),
      bank.bic !== undefined && group('cac:FinancialInstitutionBranch', leaf('cbc:ID', bank.bic)),
    ),
  );
}

function money(name: string, cents: number): XmlElement {
  return leaf(name, amount(cents), { currencyID: 'EUR' });
}

function taxTotal({ totals, vat }: StatementDocument): XmlElement {
  return group('cac:TaxTotal', money('cbc:TaxAmount', totals.vatCents), vat.map(taxSubtotal));
}

function taxSubtotal({ category, ratePercent, vatexCode, reason, ...sums }: VatBreakdown): XmlElement {
  return group(
    'cac:TaxSubtotal',
    money('cbc:TaxableAmount', sums.netCents),
    money('cbc:TaxAmount', sums.vatCents),
    group(
      'cac:TaxCategory',
      leaf('cbc:ID', category),
      leaf('cbc:Percent', ratePercent),
      vatexCode !== undefined && leaf('cbc:TaxExemptionReasonCode', vatexCode),
      reason !== undefined && leaf('cbc:TaxExemptionReason', reason),
      group('cac:TaxScheme', leaf('cbc:ID', 'VAT')),
    ),
  );
}

function monetaryTotal({ totals }: StatementDocument): XmlElement {
  return group(
    'cac:LegalMonetaryTotal',
    money('cbc:LineExtensionAmount', totals.netCents),
    money('cbc:TaxExclusiveAmount', totals.netCents),
    money('cbc:TaxInclusiveAmount', totals.grossCents),
    money('cbc:PrepaidAmount', totals.prepaidCents),
    money('cbc:PayableAmount', totals.payableCents),
  );
}

function lineElement(line: DocumentLine, at: number, isCredit: boolean): XmlElement {
  const { service, text, quantity, unit, netCents, vat } = line;
  const note = derivationNote(line);
  const unitCode = { unitCode: unit };
  return group(
    isCredit ? 'cac:CreditNoteLine' : 'cac:InvoiceLine',
    leaf('cbc:ID', String(at + 1)),
    note !== undefined && leaf('cbc:Note', note),
    leaf(isCredit ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity', signedQuantity(line), unitCode),
    money('cbc:LineExtensionAmount', netCents),
    group(
      'cac:Item',
      text !== '' && leaf('cbc:Description', text),
      leaf('cbc:Name', service.title),
      group('cac:SellersItemIdentification', leaf('cbc:ID', service.code)),
      group(
        'cac:ClassifiedTaxCategory',
        leaf('cbc:ID', vat.category),
        // BR-O-05: what is outside the scope has no rate in its line, though it has one in the breakdown (BR-DE-14).
        vat.category !== 'O' && leaf('cbc:Percent', vat.ratePercent),
        group('cac:TaxScheme', leaf('cbc:ID', 'VAT')),
      ),
    ),
    // The price is that of the whole quantity: a unit price would be rounded, and not lead back to the amount.
    group(
      'cac:Price',
      money('cbc:PriceAmount', Math.abs(netCents)),
      leaf('cbc:BaseQuantity', quantity, unitCode),
    ),
  );
}
