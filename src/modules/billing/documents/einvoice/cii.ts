import { plusDays } from '../../../../platform/clock.ts';
import { group, leaf, writeXml, type XmlElement } from '../../../../platform/xml.ts';
import type {
  Buyer,
  DocumentLine,
  ElectronicAddress,
  PostalAddress,
  PrecedingDocument,
  Seller,
  StatementDocument,
  VatBreakdown,
} from '../document.types.ts';
import {
  amount,
  derivationNote,
  EN_16931,
  notesOf,
  PROCESS,
  paymentTerms,
  signedQuantity,
  XRECHNUNG,
} from './content.ts';

const CEFACT = 'urn:un:unece:uncefact:data';

/** XRechnung 3.0 in CII D16B. */
export function renderCii(document: StatementDocument): string {
  return render(document, XRECHNUNG, referableInD16b(document));
}

/** The XML inside a ZUGFeRD file (profile EN 16931, CII D22B). */
export function renderFacturX(document: StatementDocument): string {
  return render(document, EN_16931, document.preceding);
}

/**
 * D16B has room for one preceding document. A correction names what it corrects, which comes first; of several
 * instalments one would mislead, so that they stand in the notes only.
 */
function referableInD16b({ kind, preceding }: StatementDocument): readonly PrecedingDocument[] {
  return kind === 380 && preceding.length > 1 ? [] : preceding.slice(0, 1);
}

function render(
  document: StatementDocument,
  guideline: string,
  references: readonly PrecedingDocument[],
): string {
  const { kind, number, issuedOn } = document;
  const parameter = (name: string, id: string) => group(`ram:${name}`, leaf('ram:ID', id));
  const root = group(
    'rsm:CrossIndustryInvoice',
    group(
      'rsm:ExchangedDocumentContext',
      parameter('BusinessProcessSpecifiedDocumentContextParameter', PROCESS),
      parameter('GuidelineSpecifiedDocumentContextParameter', guideline),
    ),
    group(
      'rsm:ExchangedDocument',
      leaf('ram:ID', number),
      leaf('ram:TypeCode', String(kind)),
      group('ram:IssueDateTime', day('udt:DateTimeString', issuedOn)),
      notesOf(document).map((note) => group('ram:IncludedNote', leaf('ram:Content', note))),
    ),
    group(
      'rsm:SupplyChainTradeTransaction',
      document.lines.map(lineItem),
      agreement(document),
      group('ram:ApplicableHeaderTradeDelivery'),
      settlement(document, references),
    ),
  );
  return writeXml({
    ...root,
    attributes: {
      'xmlns:rsm': `${CEFACT}:standard:CrossIndustryInvoice:100`,
      'xmlns:ram': `${CEFACT}:standard:ReusableAggregateBusinessInformationEntity:100`,
      'xmlns:udt': `${CEFACT}:standard:UnqualifiedDataType:100`,
      'xmlns:qdt': `${CEFACT}:standard:QualifiedDataType:100`,
    },
  });
}

function day(name: string, text: string): XmlElement {
  return leaf(name, text.replaceAll('-', ''), { format: '102' });
}

function agreement({ seller, buyer, agreementReference }: StatementDocument): XmlElement {
  return group(
    'ram:ApplicableHeaderTradeAgreement',
    leaf('ram:BuyerReference', buyer.leitwegId),
    sellerParty(seller),
    buyerParty(buyer),
    group('ram:ContractReferencedDocument', leaf('ram:IssuerAssignedID', agreementReference)),
  );
}

function sellerParty({ identifier, name, centreName, contact, ...seller }: Seller): XmlElement {
  return group(
    'ram:SellerTradeParty',
    leaf('ram:ID', identifier),
    leaf('ram:Name', name),
    group('ram:SpecifiedLegalOrganization', leaf('ram:TradingBusinessName', centreName)),
    group(
      'ram:DefinedTradeContact',
      leaf('ram:PersonName', contact.name),
      group('ram:TelephoneUniversalCommunication', leaf('ram:CompleteNumber', contact.phone)),
      group('ram:EmailURIUniversalCommunication', leaf('ram:URIID', contact.email)),
    ),
    address(seller.address),
    endpoint(seller.electronicAddress),
    seller.vatId !== undefined && registration('VA', seller.vatId),
    seller.taxNumber !== undefined && registration('FC', seller.taxNumber),
  );
}

function buyerParty(buyer: Buyer): XmlElement {
  return group(
    'ram:BuyerTradeParty',
    leaf('ram:Name', buyer.name),
    address(buyer.address, buyer.department),
    endpoint(buyer.electronicAddress),
  );
}

function address({ street, city, postCode, country }: PostalAddress, department?: string): XmlElement {
  return group(
    'ram:PostalTradeAddress',
    leaf('ram:PostcodeCode', postCode),
    leaf('ram:LineOne', street),
    department !== undefined && leaf('ram:LineTwo', department),
    leaf('ram:CityName', city),
    leaf('ram:CountryID', country),
  );
}

function endpoint({ scheme, value }: ElectronicAddress): XmlElement {
  return group('ram:URIUniversalCommunication', leaf('ram:URIID', value, { schemeID: scheme }));
}

function registration(scheme: string, id: string): XmlElement {
  return group('ram:SpecifiedTaxRegistration', leaf('ram:ID', id, { schemeID: scheme }));
}

function settlement(document: StatementDocument, references: readonly PrecedingDocument[]): XmlElement {
  const { number, vat, period, dueOn } = document;
  return group(
    'ram:ApplicableHeaderTradeSettlement',
    leaf('ram:PaymentReference', number),
    leaf('ram:InvoiceCurrencyCode', 'EUR'),
    paymentMeans(document),
    vat.map(tradeTax),
    group(
      'ram:BillingSpecifiedPeriod',
      group('ram:StartDateTime', day('udt:DateTimeString', period.startsOn)),
      group('ram:EndDateTime', day('udt:DateTimeString', plusDays(period.endsOn, -1))),
    ),
    group(
      'ram:SpecifiedTradePaymentTerms',
      leaf('ram:Description', paymentTerms(document)),
      group('ram:DueDateDateTime', day('udt:DateTimeString', dueOn)),
    ),
    summation(document),
    references.map((before) =>
      group(
        'ram:InvoiceReferencedDocument',
        leaf('ram:IssuerAssignedID', before.number),
        group('ram:FormattedIssueDateTime', day('qdt:DateTimeString', before.issuedOn)),
      ),
    ),
  );
}

function paymentMeans({ seller: { bank } }: StatementDocument): XmlElement {
  return group(
    'ram:SpecifiedTradeSettlementPaymentMeans',
    leaf('ram:TypeCode', '58'),
    group(
      'ram:PayeePartyCreditorFinancialAccount',
      leaf('ram:IBANID', bank.iban),
      leaf('ram:AccountName', bank.holder),
    ),
    bank.bic !== undefined &&
      group('ram:PayeeSpecifiedCreditorFinancialInstitution', leaf('ram:BICID', bank.bic)),
  );
}

function tradeTax({ category, ratePercent, vatexCode, reason, ...sums }: VatBreakdown): XmlElement {
  return group(
    'ram:ApplicableTradeTax',
    leaf('ram:CalculatedAmount', amount(sums.vatCents)),
    leaf('ram:TypeCode', 'VAT'),
    reason !== undefined && leaf('ram:ExemptionReason', reason),
    leaf('ram:BasisAmount', amount(sums.netCents)),
    leaf('ram:CategoryCode', category),
    vatexCode !== undefined && leaf('ram:ExemptionReasonCode', vatexCode),
    leaf('ram:RateApplicablePercent', ratePercent),
  );
}

function summation({ totals }: StatementDocument): XmlElement {
  return group(
    'ram:SpecifiedTradeSettlementHeaderMonetarySummation',
    leaf('ram:LineTotalAmount', amount(totals.netCents)),
    leaf('ram:TaxBasisTotalAmount', amount(totals.netCents)),
    leaf('ram:TaxTotalAmount', amount(totals.vatCents), { currencyID: 'EUR' }),
    leaf('ram:GrandTotalAmount', amount(totals.grossCents)),
    leaf('ram:TotalPrepaidAmount', amount(totals.prepaidCents)),
    leaf('ram:DuePayableAmount', amount(totals.payableCents)),
  );
}

function lineItem(line: DocumentLine, at: number): XmlElement {
  const { service, text, quantity, unit, netCents, vat } = line;
  const note = derivationNote(line);
  const unitCode = { unitCode: unit };
  return group(
    'ram:IncludedSupplyChainTradeLineItem',
    group(
      'ram:AssociatedDocumentLineDocument',
      leaf('ram:LineID', String(at + 1)),
      note !== undefined && group('ram:IncludedNote', leaf('ram:Content', note)),
    ),
    group(
      'ram:SpecifiedTradeProduct',
      leaf('ram:SellerAssignedID', service.code),
      leaf('ram:Name', service.title),
      text !== '' && leaf('ram:Description', text),
    ),
    // The price is that of the whole quantity: a unit price would be rounded, and not lead back to the amount.
    group(
      'ram:SpecifiedLineTradeAgreement',
      group(
        'ram:NetPriceProductTradePrice',
        leaf('ram:ChargeAmount', amount(Math.abs(netCents))),
        leaf('ram:BasisQuantity', quantity, unitCode),
      ),
    ),
    group('ram:SpecifiedLineTradeDelivery', leaf('ram:BilledQuantity', signedQuantity(line), unitCode)),
    group(
      'ram:SpecifiedLineTradeSettlement',
      group(
        'ram:ApplicableTradeTax',
        leaf('ram:TypeCode', 'VAT'),
        leaf('ram:CategoryCode', vat.category),
        // BR-O-05: what is outside the scope has no rate in its line, though it has one in the breakdown (BR-DE-14).
        vat.category !== 'O' && leaf('ram:RateApplicablePercent', vat.ratePercent),
      ),
      group(
        'ram:SpecifiedTradeSettlementLineMonetarySummation',
        leaf('ram:LineTotalAmount', amount(netCents)),
      ),
    ),
  );
}
