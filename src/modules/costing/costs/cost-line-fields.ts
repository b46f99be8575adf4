import {
  AMOUNT_PARSERS,
  type CellParser,
  type CellResult,
  type CsvColumnSpec,
  type CsvColumns,
  DAY_PARSERS,
  parseAmountCents,
  parseChoice,
  parseDay,
  parseTextUpTo,
  refuse,
  show,
} from '../../../platform/csv.ts';
import type { FieldError } from '../../../platform/errors.ts';
import {
  type CostCategory,
  type CostKind,
  GRANT_TAG,
  type LineField,
  MAX_GRANT_TAGS,
  type MappingRules,
} from './cost-line.types.ts';

/** A row of a file as it was read; what the file does not say has its fallback. */
export interface LineValues {
  readonly bookedOn: string;
  readonly service: string;
  readonly costCentre: string;
  readonly costType: string;
  readonly amountCents: number;
  readonly text: string;
  readonly voucherNumber: string;
  readonly grantTags: readonly string[];
  readonly kind: CostKind | '';
  readonly category: CostCategory | '';
  readonly debitCredit: 'debit' | 'credit' | '';
}

type Specs = { readonly [Field in LineField]: CsvColumnSpec<LineValues[Field]> };

const KINDS = { Ist: 'actual', Plan: 'budget', actual: 'actual', budget: 'budget' } as const;
const CATEGORIES = {
  Kosten: 'cost',
  Förderung: 'grant',
  Ertrag: 'other_income',
  cost: 'cost',
  grant: 'grant',
  other_income: 'other_income',
} as const;
const DEBIT_CREDIT = { S: 'debit', H: 'credit', Soll: 'debit', Haben: 'credit' } as const;

const SPECS: Specs = {
  bookedOn: {
    headers: ['Datum', 'Tag', 'Buchungstag', 'Buchungsdatum', 'day', 'date', 'booked on', 'bookedOn'],
    parse: parseDay,
    parseTyped: parseTypedDay,
  },
  service: {
    headers: ['Leistung', 'Leistungscode', 'Leistungskürzel', 'service', 'service code', 'serviceCode'],
    parse: parseTextUpTo(60),
    fallback: '',
  },
  costCentre: {
    headers: ['Kostenstelle', 'cost centre', 'costCentre'],
    parse: parseTextUpTo(40),
    fallback: '',
  },
  costType: { headers: ['Kostenart', 'cost type', 'costType'], parse: parseTextUpTo(60) },
  amountCents: { headers: ['Betrag', 'amount'], parse: parseAmountCents, parseTyped: parseTypedAmount },
  text: { headers: ['Text', 'Buchungstext', 'description'], parse: parseTextUpTo(200), fallback: '' },
  voucherNumber: {
    headers: ['Beleg', 'Belegnummer', 'voucher', 'voucher number', 'voucherNumber'],
    parse: parseTextUpTo(60),
    fallback: '',
  },
  grantTags: { headers: ['Förderung', 'grant tags', 'grantTags'], parse: parseGrantTags, fallback: [] },
  kind: { headers: ['Wertart', 'kind'], parse: parseChoice(KINDS), fallback: '' },
  category: { headers: ['Buchungsart', 'category'], parse: parseChoice(CATEGORIES), fallback: '' },
  debitCredit: { headers: ['Soll/Haben', 'S/H', 'debit/credit'], parse: parseChoice(DEBIT_CREDIT) },
};

const FIELDS = Object.keys(SPECS) as LineField[];

/** The columns of a file: those of the mapping, or those everybody may use. */
export function columnsOf(mapping: MappingRules | undefined): CsvColumns {
  if (mapping === undefined) {
    const { debitCredit: _ledgersOnly, ...columns } = SPECS;
    return columns;
  }
  const { columns, dayFormat, numberFormat } = mapping;
  const parsers: Partial<Record<LineField, CellParser<unknown>>> = {
    bookedOn: DAY_PARSERS[dayFormat],
    amountCents: AMOUNT_PARSERS[numberFormat],
  };
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const header = columns[field];
      if (header === undefined) return [];
      const spec = SPECS[field];
      const parse = parsers[field] ?? spec.parse;
      return [[field, { ...spec, headers: [header], parse, isNamed: true }]];
    }),
  );
}

/** Numbers and days of a spreadsheet are written plainly, whatever the ledger writes in texts; a booking has no time of day. */
function parseTypedDay(cell: string): CellResult<string> {
  return DAY_PARSERS.iso(cell.replace(/T.*$/, ''));
}

/** Sums in a spreadsheet are binary fractions: what is a cent but for a millionth is meant as one. */
function parseTypedAmount(cell: string): CellResult<number> {
  const cents = Number(cell) * 100;
  const isCents = Math.abs(cents) < 1e13 && Math.abs(cents - Math.round(cents)) < 1e-4;
  if (!isCents && /^-?\d+\.\d{3,}$/.test(cell))
    return refuse('AMOUNT_MALFORMED', `${show(cell)} has more than two decimals; round it to cents`);
  return AMOUNT_PARSERS.english(isCents ? (Math.round(cents) / 100).toFixed(2) : cell);
}

/** What the row says, with what the mapping knows of cost types and signs: income is positive, as cost is. */
export function readingOf(
  row: Readonly<Record<string, unknown>>,
  mapping: MappingRules | undefined,
): LineValues & { readonly category: CostCategory } {
  const values: LineValues = { ...EMPTY, ...(row as unknown as Needed) };
  const category = values.category || (mapping?.categories[values.costType] ?? 'cost');
  return { ...values, category, amountCents: amountOf(values, category, mapping) };
}

/** Without these no row comes through. */
type Needed = Pick<LineValues, 'bookedOn' | 'costType' | 'amountCents'>;
const EMPTY: Omit<LineValues, keyof Needed> = {
  service: '',
  costCentre: '',
  text: '',
  voucherNumber: '',
  grantTags: [],
  kind: '',
  category: '',
  debitCredit: '',
};

function amountOf(
  { amountCents, debitCredit }: LineValues,
  category: CostCategory,
  mapping: MappingRules | undefined,
): number {
  if (mapping === undefined || amountCents === 0) return amountCents;
  const isTurned =
    mapping.sign === 'cost_negative' || (mapping.sign === 'debit_credit' && debitCredit === 'credit');
  return isTurned === (category === 'cost') ? -amountCents : amountCents;
}

const TAG = new RegExp(GRANT_TAG);

function parseGrantTags(cell: string): CellResult<readonly string[]> {
  const tags = cell.split(/[,|]/).map((tag) => tag.trim());
  const strange = tags.find((tag) => !TAG.test(tag));
  if (strange !== undefined) {
    return { ok: false, code: 'GRANT_TAG_MALFORMED', reason: `${JSON.stringify(strange)} is no grant tag` };
  }
  const unique = [...new Set(tags)];
  return unique.length <= MAX_GRANT_TAGS
    ? { ok: true, value: unique }
    : { ok: false, code: 'GRANT_TAGS_MANY', reason: `has more than ${MAX_GRANT_TAGS} grant tags` };
}

/** What keeps a mapping from reading any file. Empty when it is sound. */
export function checkMapping({ columns, sign }: MappingRules): FieldError[] {
  const errors: FieldError[] = [];
  if (columns.costCentre === undefined && columns.service === undefined) {
    const detail = 'a column for the cost centre or for the service is missing';
    errors.push({ pointer: '/columns', code: 'REQUIRED', detail });
  }
  if ((sign === 'debit_credit') !== (columns.debitCredit !== undefined)) {
    const detail = 'goes with the sign debit_credit, and only with it';
    errors.push({ pointer: '/columns/debitCredit', code: 'SIGN', detail });
  }
  const seen = new Set<string>();
  for (const [field, header] of Object.entries(columns)) {
    const folded = header.normalize('NFC').trim().toLowerCase();
    if (seen.has(folded)) {
      const detail = `${JSON.stringify(header)} is the column of two fields`;
      errors.push({ pointer: `/columns/${field}`, code: 'REPEATED', detail });
    }
    seen.add(folded);
  }
  return errors;
}
