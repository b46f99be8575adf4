import {
  type CellParser,
  type CsvIssue,
  parseTextUpTo,
  readCsv,
  refuse,
  show,
} from '../../../platform/csv.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { ALLOCATION_KEY_EMPTY, NEGATIVE_WEIGHT } from '../../../platform/money/index.ts';
import { agsSpellings } from '../../organisations/index.ts';
import { listMemberNames } from './allocation-lists.repo.ts';
import { isPositive, WEIGHT_DECIMALS } from './allocation-lists.rules.ts';

export interface ListReading {
  readonly values: Readonly<Record<string, string>>;
  readonly issues: readonly CsvIssue[];
}

const FORMATS = {
  german: { pattern: /^(\d{1,3}(?:\.\d{3})+|\d{1,18})(?:,(\d+))?$/, thousands: '.', example: '1.234,5' },
  english: { pattern: /^(\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.(\d+))?$/, thousands: ',', example: '1,234.5' },
} as const;
/** One group of three after one separator: a thousand or little more than one, by who writes it. */
const AMBIGUOUS = /^[1-9]\d{0,2}[.,]\d{3}$/;

/** Values of a list from a file with the columns Mitglied (AGS or id) and Wert; each member once. */
export async function readListFile(
  tx: HatTx,
  centreId: string,
  file: Uint8Array,
  numberFormat: keyof typeof FORMATS | undefined,
): Promise<ListReading> {
  const reading = readCsv(file, {
    member: { headers: ['Mitglied', 'AGS', 'member'], parse: parseTextUpTo(40) },
    value: { headers: ['Wert', 'value'], parse: weightParser(numberFormat) },
  });
  const issues: CsvIssue[] = [...reading.issues];
  if (reading.rows.length === 0 && issues.length === 0) {
    issues.push({ code: 'FILE_EMPTY', reason: 'has no rows below the header' });
  }
  const members = await listMemberNames(tx, centreId);
  const idByName = new Map(
    members.flatMap(({ id, ags }) =>
      [id, ags].flatMap((name) => (name === null ? [] : [[name, id] as const])),
    ),
  );
  const values: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { row, values: cells } of reading.rows) {
    const name = agsSpellings(cells.member).find((spelling) => idByName.has(spelling)) ?? cells.member;
    const id = idByName.get(name);
    const place = { row, column: 'Mitglied' };
    if (id === undefined) {
      const reason = `${show(cells.member)} is no member of the centre`;
      issues.push({ ...place, code: 'MEMBER_UNKNOWN', reason });
    } else if (seen.has(id)) {
      issues.push({ ...place, code: 'MEMBER_REPEATED', reason: `${show(cells.member)} is named twice` });
    } else {
      seen.add(id);
      values[name] = cells.value;
    }
  }
  const weights = Object.values(values);
  if (issues.length === 0 && !weights.some(isPositive)) {
    issues.push({
      code: ALLOCATION_KEY_EMPTY.code,
      reason: 'has only zeros: nothing can be shared out by them',
    });
  }
  return { values, issues: issues.sort((a, b) => (a.row ?? 0) - (b.row ?? 0)) };
}

function weightParser(format: keyof typeof FORMATS | undefined): CellParser<string> {
  const { pattern, thousands, example } = FORMATS[format ?? 'german'];
  return (cell) => {
    if (format === undefined && AMBIGUOUS.test(cell)) {
      const reason = `${show(cell)} may mean thousands or decimals; say the numberFormat of the file, german or english`;
      return refuse('VALUE_AMBIGUOUS', reason);
    }
    const isNegative = cell.startsWith('-');
    const [, whole, decimals = ''] = pattern.exec(isNegative ? cell.slice(1) : cell) ?? [];
    if (whole === undefined) {
      return refuse('VALUE_MALFORMED', `${show(cell)} is no value like ${example}, not negative`);
    }
    if (isNegative)
      return refuse(NEGATIVE_WEIGHT.code, `${show(cell)} is negative; a weight is zero or more`);
    if (decimals.length > WEIGHT_DECIMALS) {
      const reason = `${show(cell)} has ${decimals.length} decimals, up to ${WEIGHT_DECIMALS} are allowed`;
      return refuse('VALUE_DECIMALS', reason);
    }
    const plain = whole.replaceAll(thousands, '').replace(/^0+(?=\d)/, '');
    return { ok: true, value: decimals === '' ? plain : `${plain}.${decimals}` };
  };
}
