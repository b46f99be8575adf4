/** Every figure against a floor measured in the same run on the same server: ratios travel between machines, seconds do not. */
export interface Figure {
  readonly what: string;
  readonly perSecond: number;
  readonly floor: string;
  readonly floorPerSecond: number;
  readonly aim: number;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function lineOf({ what, perSecond, floor, floorPerSecond, aim }: Figure): string {
  const ratio = perSecond / floorPerSecond;
  const verdict = ratio >= aim ? 'reached' : 'BELOW  ';
  return `${what.padEnd(50)} ${shown(perSecond).padStart(7)}/s  ${ratio.toFixed(3)} of ${floor} (${shown(floorPerSecond)}/s), aim ${aim.toFixed(3)}: ${verdict}`;
}

/** What happens less than ten times a second has decimals. */
function shown(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(2) : perSecond.toFixed(0);
}

/** The exit code says whether all aims were reached. */
export function report(figures: readonly Figure[]): void {
  const missed = figures.filter(({ perSecond, floorPerSecond, aim }) => perSecond / floorPerSecond < aim);
  say(`\n${figures.length - missed.length} of ${figures.length} aims reached`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}
