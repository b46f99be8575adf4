/** What happens to a request after it was processed, step by step. */
export type Step =
  | 'accept'
  | 'assign'
  | 'start'
  | 'ask'
  | 'hold-requester'
  | 'hold-third-party'
  | 'reply'
  | 'resume'
  | 'resolve'
  | 'object'
  | 'accept-result'
  | 'close'
  | 'reject'
  | 'cancel';

export interface Scenario {
  readonly name: string;
  /** Days ago on which it was filed; `quarter`: somewhere in the quarter that is over. */
  readonly filed: number | 'quarter';
  /** A draft is not even submitted. */
  readonly isDraft?: boolean;
  readonly priority?: 'urgent' | 'high' | 'low';
  readonly steps: readonly Step[];
}

const worked: readonly Step[] = ['assign', 'start'];
const done: readonly Step[] = [...worked, 'resolve', 'accept-result'];

/** So that each role finds work, and each state can be seen. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'closed-1', filed: 'quarter', steps: done },
  {
    name: 'closed-2',
    filed: 'quarter',
    steps: [...worked, 'ask', 'hold-requester', 'reply', 'resolve', 'accept-result'],
  },
  { name: 'closed-3', filed: 'quarter', steps: [...worked, 'resolve', 'object', 'resolve', 'accept-result'] },
  { name: 'closed-4', filed: 'quarter', steps: done },
  { name: 'closed-5', filed: 18, steps: done },
  { name: 'closed-6', filed: 16, steps: done },
  { name: 'rejected', filed: 15, steps: ['reject'] },
  { name: 'cancelled', filed: 13, steps: ['cancel'] },
  { name: 'resolved-1', filed: 8, steps: [...worked, 'resolve'] },
  { name: 'resolved-2', filed: 5, steps: [...worked, 'resolve'] },
  { name: 'objected', filed: 9, steps: [...worked, 'resolve', 'object'] },
  { name: 'on-hold-requester', filed: 7, steps: [...worked, 'ask', 'hold-requester'] },
  { name: 'on-hold-third-party', filed: 6, steps: [...worked, 'hold-third-party'] },
  { name: 'in-progress-1', filed: 4, steps: worked },
  { name: 'in-progress-2', filed: 3, steps: worked, priority: 'high' },
  { name: 'waiting-1', filed: 3, steps: [], priority: 'urgent' },
  { name: 'waiting-2', filed: 2, steps: [] },
  { name: 'waiting-3', filed: 2, steps: [], priority: 'low' },
  { name: 'waiting-4', filed: 1, steps: [] },
  { name: 'waiting-5', filed: 1, steps: [], priority: 'high' },
  { name: 'draft', filed: 1, steps: [], isDraft: true },
  { name: 'draft-2', filed: 2, steps: [], isDraft: true },
];

export const QUESTION = 'Bitte reichen Sie die fehlende Unterlage nach. Bis dahin ruht der Vorgang.';
export const REPLY = 'Die Unterlage liegt nun vor; sie ist in der Akte abgelegt.';
export const OBJECTION = 'Im Ergebnis fehlt eine Angabe. Bitte ergänzen Sie den Bescheid.';

/** Event by which the history shows that a step was taken; writing a message leaves none of its own. */
export const EVENT_OF: Readonly<Record<Step, string | undefined>> = {
  accept: 'accepted',
  assign: 'assigned',
  start: 'started',
  ask: undefined,
  'hold-requester': 'held',
  'hold-third-party': 'held',
  reply: 'resumed',
  resume: 'resumed',
  resolve: 'resolved',
  object: 'objected',
  'accept-result': 'result-accepted',
  close: 'closed',
  reject: 'rejected',
  cancel: 'cancelled',
};

/** Steps that a history does not show yet. */
export function remaining(steps: readonly Step[], events: readonly string[]): readonly Step[] {
  let place = 0;
  let taken = 0;
  for (const [index, step] of steps.entries()) {
    const event = EVENT_OF[step];
    if (event === undefined) continue;
    const found = events.indexOf(event, place);
    if (found < 0) break;
    place = found + 1;
    taken = index + 1;
  }
  return steps.slice(taken);
}
