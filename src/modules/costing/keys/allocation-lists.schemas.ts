import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  closed,
  Day,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { ImportIssue } from '../costs/cost-lines.schemas.ts';

export const Weight = Type.String({
  pattern: '^(0|[1-9][0-9]{0,17})(\\.[0-9]{1,6})?$',
  description: 'Exact decimal, not negative',
  examples: ['12.5'],
});
/** What is negative or has too many decimals is refused by name, and not for its form. */
const SentWeight = Type.String({
  pattern: '^-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,60})?$',
  description: 'Exact decimal, not negative, up to six decimals',
  examples: ['12.5'],
});
const MEMBERS = {
  minProperties: 1,
  maxProperties: 500,
  description: 'Weight by AGS, or by id of the organisation; not all of them 0',
  examples: [{ '05974016': '12.5' }],
};
export const KeyValues = Type.Record(Type.String({ minLength: 1, maxLength: 40 }), Weight, MEMBERS);
export const ListType = Type.Enum(
  [
    'population',
    'area',
    'cases',
    'minutes',
    'head_count',
    'weighted_cases',
    'graded_population',
    'fixed',
    'other',
  ],
  { title: 'AllocationKeyType' },
);

export const CreateAllocationKey = named('CreateAllocationKey', {
  centreId: OwnCentreId,
  name: text(60, { description: 'As cost clauses name it', examples: ['Fläche'] }),
  type: ListType,
  asOf: {
    ...Day,
    description: 'Day the values hold for; a run takes the newest before the end of its period',
  },
  basis: Type.Optional(text(200)),
  source: text(200),
  values: Type.Record(Type.String({ minLength: 1, maxLength: 40 }), SentWeight, MEMBERS),
});
export type CreateAllocationKey = Static<typeof CreateAllocationKey>;

export const AllocationKeyView = named('AllocationKey', {
  id: Uuid,
  centreId: Uuid,
  name: Type.String(),
  number: Type.Integer({ minimum: 1, description: 'Version of the list' }),
  type: ListType,
  asOf: Day,
  basis: nullable(Type.String()),
  source: Type.String(),
  values: Type.Record(Type.String(), Type.String()),
  recordedBy: Uuid,
  recordedAt: Moment,
});
export type AllocationKeyView = Static<typeof AllocationKeyView>;
export const AllocationKeyPage = pageOf(AllocationKeyView);

export const AllocationKeyQuery = closed({ ...PageQuery, name: Type.Optional(text(60)) });
export type AllocationKeyQuery = Static<typeof AllocationKeyQuery>;

export const KeyImportQuery = closed({
  name: text(60),
  type: ListType,
  asOf: Day,
  basis: Type.Optional(text(200)),
  source: text(200),
  numberFormat: Type.Optional(
    Type.Enum(['german', 'english'], {
      description:
        '`german` (1.234,5) or `english` (1,234.5); left out: German, and 1.234 or 1,234 is refused because it may be either',
    }),
  ),
  dryRun: Type.Boolean({ default: false, description: 'Only say what would be recorded' }),
});
export type KeyImportQuery = Static<typeof KeyImportQuery>;

export const KeyImportPreview = named('AllocationKeyImportPreview', {
  dryRun: Type.Literal(true),
  rowCount: Type.Integer({ description: 'Rows that can be read' }),
  values: Type.Record(Type.String(), Type.String()),
  issues: Type.Array(ImportIssue, { description: 'Up to 200; with any of them nothing would be recorded' }),
});
export type KeyImportPreview = Static<typeof KeyImportPreview>;
