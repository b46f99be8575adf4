import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../platform/http/own-centre.ts';
import {
  closed,
  Decimal,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../platform/http/schemas.ts';
import { NOT_ORDERABLE_REASONS } from '../agreements/index.ts';
import type { FormSchema } from './catalogue.types.ts';

const FieldPointer = Type.String({
  pattern: '^(/[^/]{1,60}){1,6}$',
  description: 'JSON pointer to a field of the form',
  examples: ['/copies'],
});

const UsageRule = named(
  'UsageRule',
  {
    meter: Type.String({ pattern: '^[a-z][a-z0-9-]{0,59}$', examples: ['certificates'] }),
    unit: text(40, { examples: ['Stück'] }),
    quantity: Type.Union([closed({ fixed: Decimal }), closed({ formField: FieldPointer })]),
  },
  { description: 'What closing a request records as usage' },
);

const Route = closed({
  when: closed({
    formField: FieldPointer,
    equals: Type.Union([Type.String({ maxLength: 200 }), Type.Number(), Type.Boolean()]),
  }),
  teamId: Uuid,
});

// Two names for the same fields: what may be left out of a request is always there in an answer.
const processingRule = {
  teamId: Uuid,
  autoAccept: Type.Boolean({ default: true, description: 'Submitted requests are accepted by themselves' }),
  objectionDays: Type.Integer({
    minimum: 0,
    maximum: 365,
    default: 14,
    description: 'Days after the result in which the requester may object',
  }),
  routes: Type.Array(Route, {
    maxItems: 50,
    default: [],
    description: 'Other teams by form content; the first that fits wins',
  }),
};
const WHO_AND_HOW = { description: 'Who works on it, and how' };
const ProcessingRuleInput = named('ProcessingRuleInput', processingRule, WHO_AND_HOW);
const ProcessingRule = named('ProcessingRule', processingRule, WHO_AND_HOW);

const checklistItem = {
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' }),
  label: text(200),
  isRequired: Type.Boolean({ default: false }),
};
const ChecklistItem = named('ChecklistItem', checklistItem);
const ChecklistInput = Type.Array(named('ChecklistItemInput', checklistItem), {
  maxItems: 50,
  default: [],
  description: 'Steps shown to the caseworker; nothing is ticked off yet',
});

const ApprovalRule = named(
  'ApprovalRule',
  { isRequired: Type.Boolean() },
  {
    description:
      'Whether an approver of the member releases each request first; true is refused until releases exist',
  },
);

const FormSchemaField = Type.Unsafe<FormSchema>({
  title: 'FormSchema',
  type: 'object',
  additionalProperties: true,
  description: 'JSON Schema 2020-12 of the form, with German titles and help texts (`description`)',
});

const contentInput = {
  title: text(200),
  description: text(4000),
  formSchema: FormSchemaField,
  usageRule: UsageRule,
  processingRule: ProcessingRuleInput,
  checklist: ChecklistInput,
  approvalRule: Type.Optional(nullable(ApprovalRule)),
};

export const ServiceVersionBody = named('WriteServiceVersion', contentInput);

const Code = Type.String({ pattern: '^[a-z0-9-]{2,60}$', examples: ['marriage-certificate'] });
const ServiceKey = Type.String({
  pattern: '^99\\d{12}$',
  description: 'LeiKa-Schlüssel; services inside the administration have none',
});

export const CreateService = named('CreateService', {
  centreId: OwnCentreId,
  code: Code,
  category: text(60),
  serviceKey: Type.Optional(nullable(ServiceKey)),
  ...contentInput,
});
export type CreateService = Static<typeof CreateService>;

export const VersionStatus = Type.Enum(['draft', 'published', 'retired'], { title: 'ServiceVersionStatus' });
const Reason = Type.Enum([...NOT_ORDERABLE_REASONS], { title: 'NotOrderableReason' });

const identityView = {
  id: Uuid,
  centreId: Uuid,
  code: Type.String(),
  category: Type.String(),
  serviceKey: nullable(Type.String()),
};
const orderableView = {
  orderable: Type.Optional(
    Type.Boolean({ description: 'Under the hat of an organisation: whether it can be ordered today' }),
  ),
  reason: Type.Optional(Reason),
};

export const ServiceItem = named('ServiceSummary', {
  ...identityView,
  title: Type.String(),
  publishedVersion: nullable(Type.Integer()),
  ...orderableView,
  version: Type.Integer(),
});
export type ServiceItem = Static<typeof ServiceItem>;
export const ServicePage = pageOf(ServiceItem);

const contentView = {
  title: Type.String(),
  description: Type.String(),
  formSchema: FormSchemaField,
  usageRule: UsageRule,
  processingRule: Type.Optional(ProcessingRule),
  checklist: Type.Array(ChecklistItem),
  approvalRule: nullable(ApprovalRule),
  slaPolicyId: nullable(Uuid),
};

export const ServiceView = named('Service', {
  ...identityView,
  status: VersionStatus,
  versionId: Uuid,
  versionNumber: Type.Integer({
    description: 'The version shown: the published one, else the newest',
  }),
  publishedVersion: nullable(Type.Integer({ description: 'Number of the version that is ordered' })),
  draftVersion: nullable(
    Type.Integer({ description: 'Number of an unfinished draft; members never see one' }),
  ),
  ...contentView,
  ...orderableView,
  version: Type.Integer(),
});
export type ServiceView = Static<typeof ServiceView>;

export const ServiceVersionView = named('ServiceVersion', {
  id: Uuid,
  serviceId: Uuid,
  centreId: Uuid,
  number: Type.Integer({ minimum: 1 }),
  status: VersionStatus,
  ...contentView,
  createdAt: Moment,
  publishedAt: nullable(Moment),
  retiredAt: nullable(Moment),
  version: Type.Integer(),
});
export type ServiceVersionView = Static<typeof ServiceVersionView>;
export const ServiceVersionPage = pageOf(ServiceVersionView);

export const ServiceQuery = closed({
  ...PageQuery,
  centreId: Type.Optional(Uuid),
  q: Type.Optional(text(100, { description: 'Part of the title or the code' })),
  category: Type.Optional(text(60)),
});
export type ServiceQuery = Static<typeof ServiceQuery>;

export const ServiceVersionQuery = closed(PageQuery);
export type ServiceVersionQuery = Static<typeof ServiceVersionQuery>;

export const ServiceVersionParams = closed({
  id: Uuid,
  number: Type.Integer({ minimum: 1, maximum: 100_000 }),
});

export const NoFields = closed({});
