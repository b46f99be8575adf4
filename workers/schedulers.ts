import type { Logger } from 'pino';
import { OFFICE_TIME_ZONE } from '../src/platform/clock.ts';
import type { QueueSystem, Worker } from '../src/platform/jobs/queues.ts';
import { within } from '../src/platform/within.ts';

/** Work that comes by the clock. It must be safe to run twice at once and to miss: each run does whatever is due. */
export interface ScheduledTask {
  readonly name: string;
  /** Cron pattern in German time, summer time included. */
  readonly pattern: string;
  run(): Promise<void>;
}

const QUEUE = 'maintenance';

/**
 * Registers the timetable with the queue backend, so that of several workers one runs each turn. A backend that is away when the
 * program starts holds nothing up: it gets the timetable when it comes back.
 */
export function startSchedulers(queues: QueueSystem, tasks: readonly ScheduledTask[], log: Logger): Worker {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const queue = queues.queue(QUEUE);
  const registered = Promise.all(
    tasks.map((task) => queue.schedule(task.name, task.pattern, OFFICE_TIME_ZONE, task.name)),
  ).catch((error: unknown) => log.error({ err: error }, 'the timetable could not be registered'));
  const worker = queues.worker(QUEUE, 1, async (job) => {
    const task = byName.get(job.name);
    if (task === undefined) return;
    await task
      .run()
      .catch((error: unknown) =>
        log.error({ err: error, task: job.name }, 'a scheduled task failed; its next turn tries again'),
      );
  });
  return {
    async close(force) {
      await worker.close(force);
      await within(1000, registered).catch(() => undefined);
      await queue.close();
    },
  };
}
