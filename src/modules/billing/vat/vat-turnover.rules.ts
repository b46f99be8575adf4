/** Turnover of a group of like activities in a calendar year, and what hangs on it. */
export interface GroupTurnover {
  readonly bookedCents: number;
  /** Determinations of the year that rest on the group staying below the limit (§ 2b Abs. 2 Nr. 1 UStG). */
  readonly restingDeterminations: number;
}

/** True when what was booked takes away the ground from determinations. The limit is data of the rule set. */
export function passesLimit(
  { bookedCents, restingDeterminations }: GroupTurnover,
  limitCents: number,
): boolean {
  return restingDeterminations > 0 && bookedCents > limitCents;
}

/** Half-open days of a calendar year. */
export function daysOfYear(year: number): { from: string; to: string } {
  const first = (of: number) => `${String(of).padStart(4, '0')}-01-01`;
  return { from: first(year), to: first(year + 1) };
}
