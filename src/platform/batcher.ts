interface Waiting<T> {
  readonly id: string;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Answers single questions with few statements: what is asked while one is on its way goes together in the next. A lone question
 * never waits for company. `run` gets each id of a batch once and answers what it knows.
 */
export function createBatcher<T>(
  run: (ids: string[]) => Promise<ReadonlyMap<string, T>>,
): (id: string) => Promise<T | undefined> {
  let waiting: Waiting<T | undefined>[] = [];
  let isRunning = false;

  async function flush(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const answers = await run([...new Set(batch.map(({ id }) => id))]);
        for (const { id, resolve } of batch) resolve(answers.get(id));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isRunning = false;
  }

  return (id) =>
    new Promise((resolve, reject) => {
      waiting.push({ id, resolve, reject });
      if (!isRunning) flush().catch(reject);
    });
}
