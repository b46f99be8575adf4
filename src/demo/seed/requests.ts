import type { RequestView } from '../../modules/requests/index.ts';
import type { Modules } from '../../modules.ts';
import { dayOf, type Moment, plusSeconds } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import { type Random, randomFor } from '../random.ts';
import type { HatName, ServiceSpec } from '../world/index.ts';
import { whoIs } from './accounts.ts';
import { known, type SeededCentre } from './centres.ts';
import { asPerson, asSystem, once, type SeededPerson } from './contexts.ts';
import { at, daysBefore, quarterBefore, weekdays } from './days.ts';
import { type Hats, hatOf } from './organisations.ts';
import { OBJECTION, QUESTION, REPLY, remaining, SCENARIOS, type Scenario, type Step } from './scenarios.ts';

const MINUTE = 60;
const HOUR = 3600;
const OPENING = 8 * MINUTE;
const CLOSING = 16 * MINUTE;

/** A request on its way, with those who move it. */
interface Journey {
  readonly modules: Modules;
  readonly centre: SeededCentre;
  readonly scenario: Scenario;
  readonly service: ServiceSpec;
  readonly requester: (now: Moment) => HatContext;
  readonly caseworker: (now: Moment) => HatContext;
  readonly system: (now: Moment) => HatContext;
  readonly random: Random;
}

/** Requests in every state, filed and worked in the past as the clock of the seed tells it. */
export async function seedRequests(
  modules: Modules,
  centre: SeededCentre,
  crew: readonly SeededPerson[],
  hats: Hats,
  now: Moment,
): Promise<void> {
  const { spec, hat, hatName } = centre;
  const random = randomFor(`requests ${spec.code}`);
  for (const [index, scenario] of SCENARIOS.entries()) {
    const service = spec.services[index % spec.services.length] as ServiceSpec;
    const member: HatName = `organisation:${spec.members[index % spec.members.length]}`;
    const requester = whoIs(crew, member, 'requester');
    const caseworker = whoIs(crew, hatName, 'caseworker');
    const journey: Journey = {
      modules,
      centre,
      scenario,
      service,
      requester: (moment) => asPerson(requester, member, hatOf(hats, member), moment),
      caseworker: (moment) => asPerson(caseworker, hatName, hat, moment),
      system: (moment) => asSystem(hat, moment),
      random,
    };
    await travel(journey, timesOf(scenario, random, now));
  }
}

/** When it was filed, and when each step came: in order, and never later than now. */
function timesOf({ filed, steps, isDraft }: Scenario, random: Random, now: Moment): Moment[] {
  const start = random.between(OPENING, CLOSING);
  const quarter = quarterBefore(dayOf(now));
  const [day = quarter.firstDay] =
    filed === 'quarter'
      ? [random.pick(weekdays(quarter.firstDay, quarter.endDay).slice(0, -12))]
      : weekdays(daysBefore(now, filed + 2), daysBefore(now, filed - 1)).slice(-1);
  const count = steps.length + (isDraft === true ? 1 : 2);
  let moment = at(day, start);
  return Array.from({ length: count }, (_, index) => {
    if (index > 0) moment = plusSeconds(moment, index === 1 ? 5 : random.between(2 * HOUR, 26 * HOUR));
    const latest = plusSeconds(now, (index - count) * MINUTE);
    return moment < latest ? moment : latest;
  });
}

async function travel(journey: Journey, [filedAt = '', processedAt = '', ...times]: Moment[]): Promise<void> {
  const { modules, centre, scenario, service, random } = journey;
  const { subject, formData } = service.sample(random);
  const request = await modules.requests.create(
    once(journey.requester(filedAt), `request:${centre.spec.code}:${scenario.name}`),
    {
      serviceId: known(centre.serviceIds, service.code),
      subject,
      formData: { ...formData },
      priority: scenario.priority ?? 'normal',
      externalReference: `Beispiel ${scenario.name}`,
      submit: scenario.isDraft !== true,
    },
  );
  if (scenario.isDraft === true) return;
  await modules.processing.process(journey.system(processedAt), request.id);
  const steps: Step[] = [
    ...(service.autoAccept === false && scenario.steps.length > 0 ? (['accept'] as const) : []),
    ...scenario.steps,
  ];
  const events = await modules.conversation.listEvents(journey.system(processedAt), request.id, {
    limit: 200,
  });
  const open = remaining(
    steps,
    events.items.map(({ type }) => type),
  );
  for (const [index, step] of open.entries()) {
    const moment = times.at(index - open.length) ?? processedAt;
    await take(journey, request.id, step, moment);
  }
  await countWhenClosed(journey, request.id, times.at(-1) ?? processedAt);
}

/** What the worker would do after closing; it finds later that nothing is left. */
async function countWhenClosed({ modules, system }: Journey, id: string, now: Moment): Promise<void> {
  const { status } = await modules.requests.get(system(now), id);
  if (status === 'closed') await modules.closedRequests.record(system(now), id);
}

async function take(journey: Journey, id: string, step: Step, now: Moment): Promise<void> {
  const { modules, requester, caseworker, service, random } = journey;
  const { requests, actions, conversation } = modules;
  if (step === 'ask') {
    await conversation.writeMessage(once(caseworker(now), `ask:${id}`), id, QUESTION);
    return;
  }
  if (step === 'reply') {
    await conversation.writeMessage(once(requester(now), `reply:${id}`), id, REPLY);
    return;
  }
  const isRequester = ['object', 'accept-result', 'cancel'].includes(step);
  const ctx = (isRequester ? requester : caseworker)(now);
  const { version }: RequestView = await requests.get(ctx, id);
  const [action, input] = callOf(step, ctx, service, random);
  await actions.act(ctx, id, action, version, input);
}

type Call = [Parameters<Modules['actions']['act']>[2], Parameters<Modules['actions']['act']>[4]];

function callOf(
  step: Exclude<Step, 'ask' | 'reply'>,
  ctx: HatContext,
  service: ServiceSpec,
  random: Random,
): Call {
  switch (step) {
    case 'assign':
      return ['assign', { assigneeId: ctx.actor.id }];
    case 'hold-requester':
      return ['hold', { holdReason: 'awaiting_requester', reason: QUESTION }];
    case 'hold-third-party':
      return [
        'hold',
        { holdReason: 'awaiting_third_party', reason: 'Die Auskunft einer anderen Stelle steht aus.' },
      ];
    case 'resolve':
      return ['resolve', { resultCode: 'done', resultText: random.pick(service.results) }];
    case 'object':
      return ['object', { reason: OBJECTION }];
    case 'reject':
      return [
        'reject',
        { code: 'incomplete', reason: 'Wesentliche Angaben fehlen. Bitte reichen Sie den Vorgang neu ein.' },
      ];
    case 'cancel':
      return ['cancel', { reason: 'Der Vorgang hat sich erledigt.' }];
    case 'accept':
    case 'start':
    case 'resume':
    case 'accept-result':
    case 'close':
      return [step, {}];
  }
}
