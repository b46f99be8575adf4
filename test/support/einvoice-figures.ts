/** The figures of an e-invoice, read and added up again without any code of the product. */
export interface Figures {
  readonly lines: readonly { net: bigint; category: string; rate: string; quantity: string; price: bigint }[];
  readonly vat: readonly { net: bigint; vat: bigint; category: string; rate: string }[];
  readonly net: bigint;
  readonly vatSum: bigint;
  readonly gross: bigint;
  readonly prepaid: bigint;
  readonly payable: bigint;
}

/** All contents of an element, wherever it stands. */
function all(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, text = '']) => text,
  );
}

function one(xml: string, name: string): string {
  const [text, ...more] = all(xml, name);
  if (text === undefined || more.length > 0)
    throw new Error(`${name} is there ${more.length + 1} times, or never`);
  return text;
}

/** Euros with two decimals, as cents. */
function cents(text: string): bigint {
  if (!/^-?\d+\.\d\d$/.test(text)) throw new Error(`${text} is no amount`);
  return BigInt(text.replace('.', ''));
}

export function figuresOfUbl(xml: string): Figures {
  const rows = [...all(xml, 'cac:InvoiceLine'), ...all(xml, 'cac:CreditNoteLine')];
  const tax = one(xml, 'cac:TaxTotal');
  const totals = one(xml, 'cac:LegalMonetaryTotal');
  return {
    lines: rows.map((row) => {
      const category = one(row, 'cac:ClassifiedTaxCategory');
      return {
        net: cents(one(row, 'cbc:LineExtensionAmount')),
        category: category.match(/<cbc:ID>(.)</)?.[1] ?? '',
        rate: all(category, 'cbc:Percent')[0] ?? '0',
        quantity: [...all(row, 'cbc:InvoicedQuantity'), ...all(row, 'cbc:CreditedQuantity')].join(),
        price: cents(one(row, 'cbc:PriceAmount')),
      };
    }),
    vat: all(tax, 'cac:TaxSubtotal').map((group) => ({
      net: cents(one(group, 'cbc:TaxableAmount')),
      vat: cents(one(group, 'cbc:TaxAmount')),
      category: group.match(/<cbc:ID>(.)</)?.[1] ?? '',
      rate: one(group, 'cbc:Percent'),
    })),
    net: cents(one(totals, 'cbc:LineExtensionAmount')),
    vatSum: cents(all(tax, 'cbc:TaxAmount')[0] ?? ''),
    gross: cents(one(totals, 'cbc:TaxInclusiveAmount')),
    prepaid: cents(one(totals, 'cbc:PrepaidAmount')),
    payable: cents(one(totals, 'cbc:PayableAmount')),
  };
}

export function figuresOfCii(xml: string): Figures {
  const settlement = one(xml, 'ram:ApplicableHeaderTradeSettlement');
  const totals = one(xml, 'ram:SpecifiedTradeSettlementHeaderMonetarySummation');
  return {
    lines: all(xml, 'ram:IncludedSupplyChainTradeLineItem').map((row) => ({
      net: cents(one(row, 'ram:LineTotalAmount')),
      category: one(row, 'ram:CategoryCode'),
      rate: all(row, 'ram:RateApplicablePercent')[0] ?? '0',
      quantity: one(row, 'ram:BilledQuantity'),
      price: cents(one(row, 'ram:ChargeAmount')),
    })),
    vat: all(settlement, 'ram:ApplicableTradeTax').map((group) => ({
      net: cents(one(group, 'ram:BasisAmount')),
      vat: cents(one(group, 'ram:CalculatedAmount')),
      category: one(group, 'ram:CategoryCode'),
      rate: one(group, 'ram:RateApplicablePercent'),
    })),
    net: cents(one(totals, 'ram:TaxBasisTotalAmount')),
    vatSum: cents(one(totals, 'ram:TaxTotalAmount')),
    gross: cents(one(totals, 'ram:GrandTotalAmount')),
    prepaid: cents(one(totals, 'ram:TotalPrepaidAmount')),
    payable: cents(one(totals, 'ram:DuePayableAmount')),
  };
}

/** What does not add up; empty when all does. Rates are whole percentages here. */
export function addUp({ lines, vat, net, vatSum, gross, prepaid, payable }: Figures): string[] {
  const sum = (amounts: bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  const size = (amount: bigint) => (amount < 0n ? -amount : amount);
  const expected: [string, bigint, bigint][] = [
    ['net', net, sum(lines.map((line) => line.net))],
    ['vat', vatSum, sum(vat.map((group) => group.vat))],
    ['gross', gross, net + vatSum],
    ['payable', payable, gross - prepaid],
    ...vat.flatMap((group): [string, bigint, bigint][] => {
      const own = lines.filter((line) => line.category === group.category && line.rate === group.rate);
      const hundredths = size(group.net) * BigInt(group.rate);
      const tax = hundredths / 100n + (hundredths % 100n >= 50n ? 1n : 0n);
      return [
        [`net of ${group.category} ${group.rate}`, group.net, sum(own.map((line) => line.net))],
        [`vat of ${group.category} ${group.rate}`, group.vat, group.net < 0n ? -tax : tax],
      ];
    }),
    ...lines.map((line, at): [string, bigint, bigint] => [
      `line ${at + 1}`,
      line.net,
      line.quantity.startsWith('-') ? -line.price : line.price,
    ]),
    [
      'number of groups',
      BigInt(vat.length),
      BigInt(new Set(lines.map((l) => `${l.category} ${l.rate}`)).size),
    ],
  ];
  return expected
    .filter(([, is, should]) => is !== should)
    .map(([name, is, should]) => `${name}: ${is}, not ${should}`);
}
