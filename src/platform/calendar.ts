const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME_OF_MOMENT = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Whether `text` is a day `YYYY-MM-DD` that is in the (Gregorian) calendar. */
export function isDay(text: string): boolean {
  const match = ISO_DAY.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year >= 1 && day >= 1 && day <= daysInMonth(year, month);
}

/** Whether `text` is a moment of RFC 3339, to the millisecond at most; leap seconds are none. */
export function isMoment(text: string): boolean {
  return text[10] === 'T' && isDay(text.slice(0, 10)) && TIME_OF_MOMENT.test(text.slice(11));
}

/** Zero for a month that does not exist. */
function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}
