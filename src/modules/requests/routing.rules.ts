/** The processing rule of a service version, as the catalogue defines it. */
export interface ProcessingRule {
  readonly teamId: string;
  readonly autoAccept: boolean;
  readonly objectionDays: number;
  readonly routes: readonly {
    readonly when: { readonly formField: string; readonly equals: unknown };
    readonly teamId: string;
  }[];
}

/** The team a request goes to: the first route whose field has its value, else the rule's own team. */
export function teamFor(rule: ProcessingRule, formData: unknown): string {
  const route = rule.routes.find(({ when }) => atPointer(formData, when.formField) === when.equals);
  return route?.teamId ?? rule.teamId;
}

/** The value at a JSON pointer, or undefined. */
export function atPointer(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
      value,
    );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** 1 is most urgent, so that ascending order is the order of work. */
export function priorityNumber(priority: Priority): number {
  return PRIORITIES.indexOf(priority) + 1;
}

export function priorityName(number: number): Priority {
  const name = PRIORITIES[number - 1];
  if (name === undefined) throw new Error(`no priority has the number ${number}`);
  return name;
}
