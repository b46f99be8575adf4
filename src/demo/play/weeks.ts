import { setTimeout as pause } from 'node:timers/promises';
import type { RequestView } from '../../modules/requests/index.ts';
import { type Random, randomFor } from '../random.ts';
import { known } from '../seed/centres.ts';
import { OBJECTION, QUESTION, REPLY } from '../seed/scenarios.ts';
import type { ServiceSpec } from '../world/index.ts';
import type { Client } from './client.ts';
import type { Stage } from './stage.ts';

const POLL_MS = 25;
/** However slow the machine is, workers that take longer than this are stuck. */
const PATIENCE_MS = 60_000;
const AT_ONCE = 4;

/** Share of requests in a hundred that take this turn. */
const QUESTIONS = 15;
const ACCEPTED = 60;
const OBJECTIONS = 8;

interface Order {
  readonly service: ServiceSpec;
  readonly requester: Client;
}

interface Case extends Order {
  readonly id: string;
  readonly caseworker: Client;
  readonly isAsked: boolean;
  version: number;
}

/** One centre through the weeks of the quarter. */
export interface CentrePlay {
  readonly stage: Stage;
  /** Monday: members file. */
  file(week: number): Promise<void>;
  /** Tuesday: caseworkers take what is there and begin. */
  begin(): Promise<void>;
  /** Wednesday: some questions; the rest is done. */
  work(): Promise<void>;
  /** Thursday: answers come in, and what waited is done. */
  finish(): Promise<void>;
  /** Friday: members accept, some object, others let the time for objections pass. */
  judge(): Promise<void>;
  readonly filed: number;
}

export function playCentre(stage: Stage, weeks: number, share: number): CentrePlay {
  const random = randomFor(`play ${stage.centre.spec.code}`);
  const agenda = agendaOf(stage, weeks, share, random);
  const orders = new Map<string, Order>();
  let atWork: Case[] = [];
  let resolved: Case[] = [];
  return {
    stage,
    get filed() {
      return orders.size;
    },
    async file(week) {
      await inTurn(agenda[week] ?? [], async (order) => {
        const { id } = await fileOne(stage, order, random);
        orders.set(id, order);
      });
    },
    async begin() {
      await processed(stage);
      atWork.push(...(await claimAll(stage, orders, random)));
    },
    async work() {
      await inTurn(atWork, (one) => (one.isAsked ? ask(one) : resolve(one, random)));
      resolved = atWork.filter(({ isAsked }) => !isAsked);
      atWork = atWork.filter(({ isAsked }) => isAsked);
    },
    async finish() {
      await inTurn(atWork, async (one) => {
        await one.requester.call('POST', `/service-requests/${one.id}/messages`, { body: { body: REPLY } });
        await refresh(one);
        await resolve(one, random);
      });
      resolved.push(...atWork);
      atWork = [];
    },
    async judge() {
      await inTurn(resolved, async (one) => {
        const chance = random.between(0, 100);
        if (chance < ACCEPTED) await act(one, one.requester, 'accept-result', {});
        else if (chance < ACCEPTED + OBJECTIONS) {
          await act(one, one.requester, 'object', { reason: OBJECTION });
          await resolve(one, random);
          await act(one, one.requester, 'accept-result', {});
        }
      });
      resolved = [];
    },
  };
}

/** Who files what in which week. Every service is used at least once by somebody, or a key by cases would be empty. */
function agendaOf({ centre, requesters }: Stage, weeks: number, share: number, random: Random): Order[][] {
  const agenda: Order[][] = Array.from({ length: weeks }, () => []);
  for (const service of centre.spec.services) {
    for (const [ags, count] of Object.entries(service.perQuarter)) {
      const requester = requesters.get(ags);
      if (requester === undefined) throw new Error(`nobody files for ${ags}`);
      for (let left = Math.max(1, Math.round(count * share)); left > 0; left -= 1)
        agenda[random.between(0, weeks)]?.push({ service, requester });
    }
  }
  return agenda;
}

function fileOne({ centre }: Stage, { service, requester }: Order, random: Random): Promise<RequestView> {
  const { subject, formData } = service.sample(random);
  const serviceId = known(centre.serviceIds, service.code);
  return requester.call('POST', '/service-requests', {
    body: { serviceId, subject, formData, submit: true },
  });
}

/** Waits until the workers have routed everything; what a service wants accepted by a person is accepted. */
async function processed({ caseworkers: [lead] }: Stage): Promise<void> {
  if (lead === undefined) throw new Error('a centre has caseworkers');
  const waiting = await until('requests are routed', async () => {
    const { items } = await lead.call<{ items: RequestView[] }>(
      'GET',
      '/service-requests?status=submitted&limit=200',
    );
    return items.every(({ teamId }) => teamId !== null) ? items : undefined;
  });
  for (const { id, version } of waiting)
    await lead.call('POST', `/service-requests/${id}/actions/accept`, { body: {}, version });
}

async function claimAll(stage: Stage, orders: ReadonlyMap<string, Order>, random: Random): Promise<Case[]> {
  const cases: Case[] = [];
  const claimOn = async (caseworker: Client): Promise<void> => {
    for (;;) {
      const claimed = await caseworker.call<RequestView | undefined>('POST', '/service-requests/claim');
      if (claimed === undefined) return;
      const order = orders.get(claimed.id);
      if (order === undefined) throw new Error(`nobody filed ${claimed.number}`);
      const one: Case = {
        ...order,
        id: claimed.id,
        version: claimed.version,
        caseworker,
        isAsked: random.chance(QUESTIONS),
      };
      await act(one, caseworker, 'start', {});
      cases.push(one);
    }
  };
  await Promise.all(stage.caseworkers.map(claimOn));
  return cases;
}

async function ask(one: Case): Promise<void> {
  await one.caseworker.call('POST', `/service-requests/${one.id}/messages`, { body: { body: QUESTION } });
  await refresh(one);
  await act(one, one.caseworker, 'hold', { holdReason: 'awaiting_requester', reason: QUESTION });
}

function resolve(one: Case, random: Random): Promise<void> {
  const resultText = random.pick(one.service.results);
  return act(one, one.caseworker, 'resolve', { resultCode: 'done', resultText });
}

async function act(one: Case, by: Client, action: string, body: object): Promise<void> {
  const { version } = one;
  const next = await by.call<RequestView>('POST', `/service-requests/${one.id}/actions/${action}`, {
    body,
    version,
  });
  one.version = next.version;
}

async function refresh(one: Case): Promise<void> {
  one.version = (await one.caseworker.call<RequestView>('GET', `/service-requests/${one.id}`)).version;
}

/** A few at a time, as people work. */
async function inTurn<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...list];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Asks until there is an answer; workers tell nobody when they are done. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`);
    await pause(POLL_MS);
  }
}
