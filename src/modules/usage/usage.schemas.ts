import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../platform/http/own-centre.ts';
import {
  closed,
  Day,
  Decimal,
  Moment,
  named,
  nullable,
  PageQuery,
  ProblemSchema,
  pageOf,
  Uuid,
} from '../../platform/http/schemas.ts';
import { ATTRIBUTE_LIMITS, CODE_PATTERN } from './attributes.rules.ts';

export const BATCH_LIMIT = 1000;

/** A name that programs share: starts with a letter or digit, no control characters. */
const Mark = (description: string, examples: string[]) =>
  Type.String({ pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N} ._:/-]{0,59}$', description, examples });
/** Text in one line, not blank. */
const line = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\p{Cc}\\p{Cs}]*[^\\p{Cc}\\p{Cs}\\s][^\\p{Cc}\\p{Cs}]*$',
    description,
  });
/** A filter that takes one or several values: all that the tranches of a share may count. */
const several = (description: string) =>
  Type.Array(line(60, description), { minItems: 1, maxItems: 200, description });
const Key = line(200, 'Counts once for ever within the source; the same event sent again is the first event');
const Quantity = Type.String({
  pattern: '^\\d{1,18}(\\.\\d{1,6})?$',
  description: 'Exact decimal, zero or more',
  examples: ['12.5'],
});
const OccurredAt = Type.String({
  format: 'date-time',
  description: 'RFC 3339; its day in Germany decides agreement and period',
});
const Reference = Type.String({
  minLength: 1,
  maxLength: 120,
  pattern: CODE_PATTERN,
  description: 'Number of a request or file, or a keyed hash; never a name, and without blanks',
  examples: ['SOE-2026-000123'],
});
const Attributes = Type.Object(
  {},
  {
    additionalProperties: true,
    maxProperties: ATTRIBUTE_LIMITS.keys,
    description:
      'A few values that describe the event: numbers and short codes without blanks; no personal data',
    examples: [{ line: 'hotline-1' }],
  },
);

export const UsageEventInput = named('RecordUsageEvent', {
  centreId: OwnCentreId,
  organisationId: Uuid,
  serviceId: Uuid,
  source: Mark('System that counted; `request` is reserved', ['telephone-system']),
  idempotencyKey: Key,
  meter: Type.Optional(Mark('What is counted; `cases` when left out', ['minutes'])),
  unit: Type.Optional(
    line(
      60,
      'Unit of the quantity; left out: that of the usage rule, that of a well-known meter, the single one in which the meter was recorded this year, or `piece`',
    ),
  ),
  quantity: Quantity,
  occurredAt: OccurredAt,
  reference: Type.Optional(Reference),
  attributes: Type.Optional(Attributes),
});
export type UsageEventInput = Static<typeof UsageEventInput>;

/** Everything else of the event follows from the request. */
export const BookUsage = named('BookUsageOnRequest', {
  idempotencyKey: Key,
  meter: Mark('What is counted: the meter of the usage rule, one of the cost clause, or a well-known one', [
    'minutes',
  ]),
  unit: Type.Optional(line(60, 'Unit of the quantity; follows from the meter when left out')),
  quantity: Quantity,
  occurredAt: OccurredAt,
});
export type BookUsage = Static<typeof BookUsage>;

export const UsageEventBatch = Type.Array(UsageEventInput, {
  minItems: 1,
  maxItems: BATCH_LIMIT,
  description: 'All or nothing',
});
/** How the API document shows the JSON body; `usage.validation.ts` checks it by the shape it has. */
export const RecordUsageBody = Type.Union([UsageEventInput, UsageEventBatch]);

const Warnings = Type.Array(
  named('UsageWarning', { pointer: Type.String(), code: Type.String(), detail: Type.String() }),
  { description: 'Recorded as it stands, and likely in the way later on; only where this call recorded it' },
);

export const UsageEventView = named('UsageEvent', {
  id: Uuid,
  kind: Type.Enum(['usage', 'reversal', 'adjustment']),
  centreId: Uuid,
  organisationId: Uuid,
  serviceId: Uuid,
  agreementVersionId: Uuid,
  source: Type.String(),
  idempotencyKey: Type.String(),
  meter: Type.String(),
  unit: Type.String(),
  quantity: Decimal,
  occurredAt: Moment,
  occurredOn: Day,
  requestId: nullable(Uuid),
  reference: nullable(Type.String()),
  attributes: Type.Object({}, { additionalProperties: true }),
  correctsEventId: nullable(Uuid),
  reason: nullable(Type.String()),
  recordedAt: Moment,
  warnings: Type.Optional(Warnings),
});
export type UsageEventView = Static<typeof UsageEventView>;
export const UsageEventPage = pageOf(UsageEventView);

const RecordedStatus = Type.Enum(['created', 'existing'], {
  description: '`existing`: the first event with this key',
});
export const BatchResult = named('UsageBatchResult', {
  results: Type.Array(closed({ status: RecordedStatus, id: Uuid, warnings: Type.Optional(Warnings) }), {
    description: 'In the order of the body',
  }),
});
export type BatchResult = Static<typeof BatchResult>;

/** One line of the answer to a stream. */
export const LineResult = named('UsageLineResult', {
  line: Type.Integer({ minimum: 1, description: 'Line of the request, counted from 1' }),
  status: Type.Enum(['created', 'existing', 'refused']),
  id: Type.Optional(Uuid),
  warnings: Type.Optional(
    Type.Array(
      named('UsageLineWarning', {
        pointer: Type.Optional(Type.String()),
        code: Type.String(),
        detail: Type.Optional(Type.String()),
      }),
      {
        description:
          'As for a single event; `pointer` and `detail` only where the stream has not said this very warning before',
      },
    ),
  ),
  problem: Type.Optional(ProblemSchema),
});
export type LineResult = Static<typeof LineResult>;

export const UsageEventQuery = closed({
  ...PageQuery,
  centreId: Type.Optional(Uuid),
  organisationId: Type.Optional(Uuid),
  serviceId: Type.Optional(Uuid),
  requestId: Type.Optional(Uuid),
  correctsEventId: Type.Optional(Uuid),
  from: Type.Optional({ ...Day, description: 'First day of use' }),
  to: Type.Optional({ ...Day, description: 'Day after the last day of use' }),
  meter: Type.Optional(several('What was counted')),
  unit: Type.Optional(several('In what it was counted')),
  source: Type.Optional(line(60, 'System that counted')),
  recordedAfter: Type.Optional({
    ...Moment,
    description: 'Leaves out what was recorded until then, this moment included',
  }),
  recordedUntil: Type.Optional({ ...Moment, description: 'Leaves out what was recorded later' }),
});
export type UsageEventQuery = Static<typeof UsageEventQuery>;

export const UsagePagingQuery = closed(PageQuery);
export type UsagePagingQuery = Static<typeof UsagePagingQuery>;

const Reason = line(500, 'Why, for the auditor; no personal data');
export const ReverseUsage = named('ReverseUsageEvent', { reason: Reason });
export type ReverseUsage = Static<typeof ReverseUsage>;

export const AdjustUsage = named('AdjustUsageEvent', {
  quantity: Type.String({
    pattern: '^-?(?!0+(\\.0+)?$)\\d{1,18}(\\.\\d{1,6})?$',
    description: 'The difference, exact; negative takes away',
    examples: ['-2.5'],
  }),
  reason: Reason,
  idempotencyKey: Key,
});
export type AdjustUsage = Static<typeof AdjustUsage>;

export const GROUPS = ['service', 'organisation', 'meter', 'month', 'source'] as const;
export type Group = (typeof GROUPS)[number];
const group = `(${GROUPS.join('|')})`;

export const UsageSummaryQuery = closed({
  period: Type.Optional(
    Type.String({
      pattern: '^[12]\\d{3}(-(0[1-9]|1[0-2])|-Q[1-4])?$',
      description: 'Year, month or quarter; or give `from` and `to`',
      examples: ['2026-Q3'],
    }),
  ),
  from: Type.Optional({ ...Day, description: 'First day' }),
  to: Type.Optional({ ...Day, description: 'Day after the last day' }),
  groupBy: Type.String({
    default: 'service,organisation',
    pattern: `^${group}(,${group}){0,4}$`,
    description: `Comma-separated: ${GROUPS.join(', ')}. The unit always separates groups.`,
  }),
  centreId: Type.Optional(Uuid),
  organisationId: Type.Optional(Uuid),
  serviceId: Type.Optional(Uuid),
});
export type UsageSummaryQuery = Static<typeof UsageSummaryQuery>;

const SummaryItem = closed({
  serviceId: Type.Optional(Uuid),
  organisationId: Type.Optional(Uuid),
  meter: Type.Optional(Type.String()),
  month: Type.Optional(Type.String({ description: 'YYYY-MM' })),
  source: Type.Optional(Type.String()),
  unit: Type.String(),
  quantity: Decimal,
  eventCount: Type.Integer({ description: 'Events summed up, corrections included' }),
  events: Type.String({ description: 'Address of exactly these events' }),
});
export type SummaryItem = Static<typeof SummaryItem>;

export const UsageSummary = named('UsageSummary', {
  from: Day,
  to: Day,
  groupBy: Type.Array(Type.Enum([...GROUPS])),
  items: Type.Array(SummaryItem),
});
export type UsageSummary = Static<typeof UsageSummary>;
