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

/** Callers that file requests and work them off, and do not give up: each step is tried until it is acknowledged. */
export function startLoad(
  address: string,
  world: World,
  callers: number,
): { done: Acknowledged; stop(): Promise<void> } {
  const done: Acknowledged = { filed: new Set(), closed: new Set(), retries: 0 };
  let isOver = false;
  const requesters = Array.from({ length: callers }, () => loop(fileOne));
  const workers = Array.from({ length: callers }, () => loop(workOne));

  async function loop(step: () => Promise<boolean>): Promise<void> {
    while (!isOver) {
      if (!(await step().catch(() => false))) await pause(50);
    }
  }

  async function call(
    method: string,
    path: string,
    token: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    }).catch((error: unknown) => {
      done.retries += 1;
      throw error;
    });
    const text = await answer.text();
    if (answer.status >= 500) {
      done.retries += 1;
      throw new Error(`${answer.status} ${text}`);
    }
    return {
      status: answer.status,
      etag: answer.headers.get('etag') ?? '',
      body: text === '' ? {} : JSON.parse(text),
    } as Answer;
  }

  /** The same key until an answer comes: whether the lost one had done its work does not matter. */
  async function fileOne(): Promise<boolean> {
    const key = newId();
    while (!isOver) {
      const body = {
        serviceId: world.serviceId,
        subject: key,
        formData: { registerNumber: key, copies: 1 },
        submit: true,
      };
      const answer = await call('POST', '/service-requests', world.requester, body, {
        'idempotency-key': key,
      }).catch(() => undefined);
      if (answer?.status === 201) done.filed.add(answer.body.id);
      if (answer !== undefined) return answer.status === 201;
      await pause(100);
    }
    return false;
  }

  async function workOne(): Promise<boolean> {
    const claimed = await call('POST', '/service-requests/claim', world.caseworker);
    if (claimed.status !== 200) return false;
    const { id } = claimed.body;
    await untilDone(id, world.caseworker, 'in_progress', 'start');
    await untilDone(id, world.caseworker, 'resolved', 'resolve', {
      resultCode: 'done',
      resultText: 'Erledigt',
    });
    if (await untilDone(id, world.requester, 'closed', 'accept-result')) done.closed.add(id);
    return true;
  }

  /** Acts until the request is seen in the wanted status: an answer lost on the way is made good by reading. */
  async function untilDone(
    id: string,
    token: string,
    wanted: string,
    action: string,
    body?: object,
  ): Promise<boolean> {
    while (!isOver) {
      const seen = await call('GET', `/service-requests/${id}`, token).catch(() => undefined);
      if (seen?.body.status === wanted) return true;
      if (seen !== undefined)
        await call('POST', `/service-requests/${id}/actions/${action}`, token, body, {
          'if-match': seen.etag,
        }).catch(() => undefined);
      else await pause(100);
    }
    return false;
  }

  return {
    done,
    async stop() {
      isOver = true;
      await Promise.all([...requesters, ...workers]);
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
