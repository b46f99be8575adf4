import { Presets, SingleBar } from 'cli-progress';

/** Says how far the play has come: a bar for people, lines for logs. */
export interface ProgressReport {
  step(text: string): void;
  end(): void;
}

export function progressOn(stream: NodeJS.WriteStream, steps: number): ProgressReport {
  if (!stream.isTTY) return { step: (text) => void stream.write(`${text}\n`), end: () => undefined };
  const format = ' {bar} {percentage} %  {text}';
  const bar = new SingleBar(
    { format, stream, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(steps, 0, { text: '' });
  return { step: (text) => bar.increment(1, { text }), end: () => bar.stop() };
}
