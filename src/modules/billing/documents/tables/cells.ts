import type { SheetCell } from '../../../../platform/xlsx-writer.ts';
import type { Writer } from '../format.ts';

export const text = (value: string | undefined): SheetCell =>
  value === undefined ? undefined : { type: 'text', text: value };
export const strong = (value: string): SheetCell => ({ type: 'text', text: value, isStrong: true });
export const number = (value: string | number): SheetCell => ({ type: 'number', text: String(value) });
export const cents = (value: number | null | undefined, formula?: string): SheetCell =>
  value === null || value === undefined
    ? undefined
    : { type: 'cents', cents: value, ...(formula !== undefined && { formula }) };
export const headers = (writer: Writer, keys: readonly string[]): SheetCell[] =>
  keys.map((key) => strong(writer.say(`table.${key}`)));
