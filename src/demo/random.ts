/** Numbers that look like chance and are the same in every run. */
export interface Random {
  /** At least `from`, below `to`. */
  between(from: number, to: number): number;
  pick<T>(values: readonly T[]): T;
  /** True in about `percent` of a hundred. */
  chance(percent: number): boolean;
}

/** A generator of its own for each name, so that one more draw here changes nothing elsewhere. */
export function randomFor(name: string): Random {
  let state = Buffer.from(name).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from));
  return {
    between,
    pick: (values) => {
      const value = values[between(0, values.length)];
      if (value === undefined) throw new Error('there is nothing to pick from');
      return value;
    },
    chance: (percent) => next() * 100 < percent,
  };
}
