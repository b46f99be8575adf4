import { newId } from '../src/platform/ids.ts';
import type { World } from './world.ts';

/** What callers were told. Whatever is counted here must be in the database in the end. */
export interface Acknowledged {
  readonly filed: Set<string>;
  readonly closed: Set<string>;
  /** Answers that did not come, or said that the server is busy; each was tried again. */
  retries: number;
}

interface Answer {
  status: number;
  etag: string;
  body: { id: string; status: string; version: number };
}

type Call = [method: string, path: string, token: string, body?: object, headers?: Record<string, string>];

export interface Load {
  readonly done: Acknowledged;
  stop(): Promise<void>;
}

/** Callers that file requests and work them off, and do not give up: each step is tried until it is acknowledged. */
export function startLoad(address: string, world: World, callers: number): Load {
  const done: Acknowledged = { filed: new Set(), closed: new Set(), retries: 0 };
  const caller = new Caller(address, world, done);
  const repeat = async (step: () => Promise<boolean>): Promise<void> => {
    while (!caller.isOver) {
      if (!(await step().catch(() => false))) await pause(50);
    }
  };
  const running = Array.from({ length: callers }, () => [
    repeat(() => caller.fileOne()),
    repeat(() => caller.workOne()),
  ]).flat();
  return {
    done,
    async stop() {
      caller.isOver = true;
      await Promise.all(running);
    },
  };
}

class Caller {
  isOver = false;
  readonly #address: string;
  readonly #world: World;
  readonly #done: Acknowledged;

  constructor(address: string, world: World, done: Acknowledged) {
    this.#address = address;
    this.#world = world;
    this.#done = done;
  }

  /** The same key until an answer comes: whether the lost one had done its work does not matter. */
  async fileOne(): Promise<boolean> {
    const { serviceId, requester } = this.#world;
    const key = newId();
    const body = { serviceId, subject: key, formData: { registerNumber: key, copies: 1 }, submit: true };
    while (!this.isOver) {
      const answer = await this.#try('POST', '/service-requests', requester, body, {
        'idempotency-key': key,
      });
      if (answer?.status === 201) this.#done.filed.add(answer.body.id);
      if (answer !== undefined) return answer.status === 201;
      await pause(100);
    }
    return false;
  }

  async workOne(): Promise<boolean> {
    const { caseworker, requester } = this.#world;
    const claimed = await this.#try('POST', '/service-requests/claim', caseworker);
    if (claimed?.status !== 200) return false;
    const { id } = claimed.body;
    await this.#until(id, caseworker, 'in_progress', 'start');
    await this.#until(id, caseworker, 'resolved', 'resolve', { resultCode: 'done', resultText: 'Erledigt' });
    if (await this.#until(id, requester, 'closed', 'accept-result')) this.#done.closed.add(id);
    return true;
  }

  /** Acts until the request is seen in the wanted status: an answer lost on the way is made good by reading. */
  async #until(id: string, token: string, wanted: string, action: string, body?: object): Promise<boolean> {
    while (!this.isOver) {
      const seen = await this.#try('GET', `/service-requests/${id}`, token);
      if (seen?.body.status === wanted) return true;
      if (seen === undefined) await pause(100);
      else
        await this.#try('POST', `/service-requests/${id}/actions/${action}`, token, body, {
          'if-match': seen.etag,
        });
    }
    return false;
  }

  /** One call; undefined when no answer came, or one that asks to try again. */
  async #try(...[method, path, token, body, headers = {}]: Call): Promise<Answer | undefined> {
    try {
      const answer = await fetch(`${this.#address}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(5000),
      });
      const text = await answer.text();
      if (answer.status >= 500) throw new Error(text);
      const content = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
      return { status: answer.status, etag: answer.headers.get('etag') ?? '', body: content };
    } catch {
      this.#done.retries += 1;
      return undefined;
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
