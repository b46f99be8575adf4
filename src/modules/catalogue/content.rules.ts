import type { FieldError } from '../../platform/errors.ts';
import type {
  ChecklistItem,
  FormSchema,
  ProcessingRule,
  ServiceVersionContent,
  UsageRule,
} from './catalogue.types.ts';
import { type FormField, findField, typesOf } from './form-schema.rules.ts';

/** What is wrong with everything but the form itself. `teamIds` are the teams of the centre. */
export function checkRules(content: ServiceVersionContent, teamIds: ReadonlySet<string>): FieldError[] {
  const { processingRule, checklist } = content;
  return [...checkTeams(processingRule, teamIds), ...checkChecklist(checklist)];
}

/** What is wrong with rules that point into the form, which must be sound. */
export function checkFormReferences({
  formSchema,
  usageRule,
  processingRule,
}: ServiceVersionContent): FieldError[] {
  return [...checkUsageRule(usageRule, formSchema), ...checkRoutes(processingRule, formSchema)];
}

/** Teams that a rule names, each once. */
export function teamsOf({ teamId, routes }: ProcessingRule): string[] {
  return [...new Set([teamId, ...routes.map((route) => route.teamId)])];
}

function checkUsageRule({ quantity }: UsageRule, form: FormSchema): FieldError[] {
  if ('fixed' in quantity) {
    const isPositive = !quantity.fixed.startsWith('-') && /[1-9]/.test(quantity.fixed);
    return isPositive ? [] : [fault('/usageRule/quantity/fixed', 'NOT_POSITIVE', 'must be more than 0')];
  }
  const refusal = refuseQuantityField(findField(form, quantity.formField));
  return refusal === undefined ? [] : [fault('/usageRule/quantity/formField', ...refusal)];
}

/** A quantity is recorded when the work is done; a form that leaves it open would be found out only then. */
function refuseQuantityField(field: FormField | undefined): [string, string] | undefined {
  if (field === undefined) return ['UNKNOWN', 'is no field of the form'];
  const { schema, isRequired } = field;
  if (!isRequired) return ['NOT_REQUIRED', 'must be required by the form'];
  const types = typesOf(schema);
  if (types.length === 1 && types[0] === 'string')
    return schema.format === 'decimal' ? undefined : ['NOT_NUMERIC', 'must have the format "decimal"'];
  if (types.length === 0 || types.some((type) => type !== 'integer' && type !== 'number'))
    return ['NOT_NUMERIC', 'must be an integer, a number or a text of the format "decimal"'];
  const least = Math.max(
    ...[schema.minimum, schema.exclusiveMinimum].map((bound) => (bound as number) ?? -1),
  );
  return least >= 0 ? undefined : ['MAY_BE_NEGATIVE', 'must have a minimum of 0 or more'];
}

function checkRoutes({ routes }: ProcessingRule, form: FormSchema): FieldError[] {
  return routes.flatMap(({ when }, i) => {
    const place = `/processingRule/routes/${i}/when`;
    const field = findField(form, when.formField);
    if (field === undefined) return [fault(`${place}/formField`, 'UNKNOWN', 'is no field of the form')];
    const choices = field.schema.enum as unknown[] | undefined;
    return choices === undefined || choices.includes(when.equals)
      ? []
      : [fault(`${place}/equals`, 'NOT_A_CHOICE', 'is none of the choices of the field')];
  });
}

function checkTeams({ teamId, routes }: ProcessingRule, known: ReadonlySet<string>): FieldError[] {
  const named = [
    { id: teamId, pointer: '/processingRule/teamId' },
    ...routes.map((route, i) => ({ id: route.teamId, pointer: `/processingRule/routes/${i}/teamId` })),
  ];
  return named
    .filter(({ id }) => !known.has(id.toLowerCase()))
    .map(({ pointer }) => fault(pointer, 'UNKNOWN', 'is no team of this centre'));
}

function checkChecklist(items: readonly ChecklistItem[]): FieldError[] {
  return items.flatMap(({ id }, i) =>
    items.findIndex((other) => other.id === id) < i
      ? [fault(`/checklist/${i}/id`, 'REPEATED', 'stands for another step already')]
      : [],
  );
}

function fault(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}
