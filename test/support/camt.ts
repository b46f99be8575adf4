export interface CamtEntry {
  /** Euros with two decimals, or anything else a broken file has. */
  readonly amount: string;
  readonly debit?: boolean;
  readonly text?: readonly string[];
  readonly iban?: string;
  readonly name?: string;
  readonly reference?: string;
  readonly status?: string;
  readonly reversal?: boolean;
  readonly currency?: string;
  readonly bookedOn?: string;
  /** Transfers that were booked together; their amounts make up the entry. */
  readonly parts?: readonly Pick<CamtEntry, 'amount' | 'text' | 'iban' | 'name'>[];
}

export interface CamtFile {
  readonly version?: '02' | '08';
  readonly iban?: string;
  readonly currency?: string;
  readonly statementId?: string;
  readonly opening?: string;
  /** Day of both balances. */
  readonly day?: string;
  /** Worked out from the entries if left out. */
  readonly closing?: string;
  readonly entries?: readonly CamtEntry[];
}

const cents = (amount: string) => Math.round(Number(amount) * 100);

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

let count = 0;

/** A bank statement as banks write it, in one of the two versions. */
export function camt({
  version = '08',
  iban = 'DE02120300000000202051',
  currency = 'EUR',
  statementId = `AUSZUG-${++count}`,
  opening = '100.00',
  day = '2026-10-05',
  closing,
  entries = [],
}: CamtFile): string {
  const booked = entries.filter(({ status = 'BOOK' }) => status === 'BOOK');
  const sum = booked.reduce(
    (total, { amount, debit }) => total + (debit ? -1 : 1) * cents(amount),
    cents(opening),
  );
  const end = closing ?? (Math.abs(sum) / 100).toFixed(2);
  const mark = closing === undefined && sum < 0 ? 'DBIT' : 'CRDT';
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}">
 <BkToCstmrStmt>
  <GrpHdr><MsgId>MSG-${statementId}</MsgId><CreDtTm>2026-10-05T06:00:00+02:00</CreDtTm></GrpHdr>
  <Stmt>
   <Id>${statementId}</Id><CreDtTm>2026-10-05T06:00:00+02:00</CreDtTm>
   <Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>${currency}</Ccy></Acct>
   ${balance('OPBD', opening, 'CRDT', currency, day)}
   ${balance('CLBD', end, mark, currency, day)}
   ${entries.map((entry, at) => entryXml(entry, `${statementId}-${at}`, version, currency)).join('\n   ')}
  </Stmt>
 </BkToCstmrStmt>
</Document>
`;
}

function balance(code: string, amount: string, mark: string, currency: string, day: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
}

function entryXml(entry: CamtEntry, fallback: string, version: string, accountCurrency: string): string {
  const {
    amount,
    debit,
    reference = fallback,
    status = 'BOOK',
    reversal,
    currency = accountCurrency,
  } = entry;
  const { bookedOn = '2026-10-05', parts } = entry;
  const mark = debit ? 'DBIT' : 'CRDT';
  const details = (parts ?? [entry]).map((part) =>
    detailXml(part, parts !== undefined, mark, version, currency),
  );
  return `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd>${
    reversal ? '<RvslInd>true</RvslInd>' : ''
  }<Sts>${version === '08' ? `<Cd>${status}</Cd>` : status}</Sts><BookgDt><Dt>${bookedOn}</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef><NtryDtls>${details.join('')}</NtryDtls></Ntry>`;
}

function detailXml(
  { amount, text = [], iban, name }: Pick<CamtEntry, 'amount' | 'text' | 'iban' | 'name'>,
  isPart: boolean,
  mark: string,
  version: string,
  currency: string,
): string {
  const role = mark === 'CRDT' ? 'Dbtr' : 'Cdtr';
  const named = name === undefined ? '' : `<Nm>${escaped(name)}</Nm>`;
  const party = version === '08' ? `<Pty>${named}</Pty>` : named;
  const account = iban === undefined ? '' : `<${role}Acct><Id><IBAN>${iban}</IBAN></Id></${role}Acct>`;
  const own = isPart
    ? version === '08'
      ? `<Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd>`
      : `<AmtDtls><TxAmt><Amt Ccy="${currency}">${amount}</Amt></TxAmt></AmtDtls>`
    : '';
  const lines = text.map((line) => `<Ustrd>${escaped(line)}</Ustrd>`).join('');
  return `<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>${own}<RltdPties><${role}>${party}</${role}>${account}</RltdPties><RmtInf>${lines}</RmtInf></TxDtls>`;
}
