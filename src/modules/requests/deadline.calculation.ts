import { validatorOf } from '../../platform/calculations/file-checks.ts';
import { closed, Day, list, Moment, only } from '../../platform/calculations/schema-parts.ts';
import { WEEKDAYS } from './business-calendar.rules.ts';
import { computeDeadline, type Deadline, type DeadlineInput } from './deadline.rules.ts';
import { STATES } from './holidays.rules.ts';

const Time = { type: 'string', pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', examples: ['08:30'] };
const Slot = { type: 'array', items: [Time, Time], minItems: 2, maxItems: 2 };
const Count = { type: 'integer', minimum: 0, maximum: 10_000_000 };

const Target = {
  type: 'object',
  additionalProperties: false,
  properties: { businessMinutes: Count, businessDays: { ...Count, minimum: 1 } },
  minProperties: 1,
  maxProperties: 1,
};

const readDeadlineFile = validatorOf<DeadlineInput>(
  closed(
    {
      kind: only('deadline'),
      calendar: closed({
        timeZone: { type: 'string', maxLength: 100 },
        state: { enum: STATES },
        slots: closed({}, Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, list(Slot)]))),
        closedOn: list(Day),
      }),
      startAt: Moment,
      target: Target,
      pauses: list(closed({ from: Moment, to: Moment })),
    },
    { asOf: Moment },
  ),
);

export function compute(file: unknown): Deadline {
  return computeDeadline(readDeadlineFile(file));
}
