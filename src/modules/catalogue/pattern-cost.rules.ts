/**
 * Regular expressions of forms are matched by a backtracking engine, so a careless or hostile one could keep it busy for years.
 * The cost of a pattern is an upper bound on the ways in which it can try to match a text of `PATTERN_TEXT_MAX` characters.
 */
export const PATTERN_TEXT_MAX = 200;
export const PATTERN_MAX = 300;
/** Anchored, three free repetitions side by side stay below this; four, or one inside another, do not. */
export const PATTERN_COST_MAX = 10_000_000;

export type PatternVerdict = 'ok' | 'too_long' | 'does_not_compile' | 'not_supported' | 'too_costly';

export function judgePattern(pattern: string): PatternVerdict {
  if (pattern.length > PATTERN_MAX) return 'too_long';
  try {
    new RegExp(pattern, 'u');
  } catch {
    return 'does_not_compile';
  }
  const reader = new PatternReader(pattern);
  const cost = reader.cost();
  if (cost === undefined) return 'not_supported';
  return cost > PATTERN_COST_MAX ? 'too_costly' : 'ok';
}

/** Reads a pattern that is known to compile. */
class PatternReader {
  private at = 0;
  /** Look-around and back-references: their cost is not a matter of counting. */
  private isUnsupported = false;
  private readonly pattern: string;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  cost(): number | undefined {
    const branches = this.alternatives();
    const ways = branches.reduce((sum, one) => sum + one, 0);
    if (this.isUnsupported) return undefined;
    const isAnchored = branches.length === 1 && this.pattern.startsWith('^');
    return isAnchored ? ways : ways * PATTERN_TEXT_MAX;
  }

  private alternatives(): number[] {
    const branches = [this.sequence()];
    while (this.pattern[this.at] === '|') {
      this.at += 1;
      branches.push(this.sequence());
    }
    return branches;
  }

  private sequence(): number {
    let ways = 1;
    while (this.at < this.pattern.length && !'|)'.includes(this.pattern[this.at] ?? '')) {
      ways *= this.repeated(this.atom());
    }
    return ways;
  }

  private atom(): number {
    const char = this.pattern[this.at];
    if (char === '(') return this.group();
    if (char === '[') this.skipClass();
    else if (char === '\\') this.skipEscape();
    else this.at += 1;
    return 1;
  }

  private group(): number {
    const opening = /^\((\?:|\?<(?![=!])[^>]*>|\?)?/u.exec(this.pattern.slice(this.at))?.[0] ?? '(';
    if (opening === '(?') this.isUnsupported = true;
    this.at += opening.length;
    const ways = this.alternatives().reduce((sum, one) => sum + one, 0);
    this.at += 1;
    return ways;
  }

  private skipClass(): void {
    while (this.pattern[this.at] !== ']') this.at += this.pattern[this.at] === '\\' ? 2 : 1;
    this.at += 1;
  }

  private skipEscape(): void {
    const [whole = '\\', kind = ''] = /^\\(?:([pPu])\{[^}]*\}|(.))/su.exec(this.pattern.slice(this.at)) ?? [];
    if (kind === '' && /^\\[1-9k]/.test(whole)) this.isUnsupported = true;
    this.at += whole.length;
  }

  /** Ways of an atom with `ways` of its own under the quantifier that follows, if one does. */
  private repeated(ways: number): number {
    const found = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(this.pattern.slice(this.at));
    if (found === null) return ways;
    this.at += found[0].length;
    const [from, to] = bounds(found);
    let sum = 0;
    for (let times = from; times <= to; times += 1) sum += ways ** times;
    return Math.max(sum, 1);
  }
}

/** Least and most times that a quantifier allows within a text of `PATTERN_TEXT_MAX` characters. */
function bounds([, sign, least, comma, most]: RegExpExecArray): [number, number] {
  if (sign === '?') return [0, 1];
  if (sign !== undefined) return [sign === '+' ? 1 : 0, PATTERN_TEXT_MAX];
  if (comma === undefined) return [Number(least), Math.min(Number(least), PATTERN_TEXT_MAX)];
  return [Number(least), most === '' ? PATTERN_TEXT_MAX : Math.min(Number(most), PATTERN_TEXT_MAX)];
}
