import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  Cents,
  closed,
  Day,
  EnteredCents,
  EnteredDay,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { GRANT_TAG, MAX_GRANT_TAGS } from './cost-line.types.ts';

export const Kind = Type.Enum(['actual', 'budget'], { title: 'CostKind' });
const Category = Type.Enum(['cost', 'grant', 'other_income'], { title: 'CostCategory' });
const GrantTags = Type.Array(Type.String({ pattern: GRANT_TAG, examples: ['LF-2026-17'] }), {
  maxItems: MAX_GRANT_TAGS,
  uniqueItems: true,
  description: 'Programmes that the cost may be claimed from',
});

export const CreateCostLine = named(
  'CreateCostLine',
  {
    centreId: OwnCentreId,
    serviceId: Type.Optional({ ...Uuid, description: 'Either a service or a cost centre bears the cost' }),
    costCentreId: Type.Optional(Uuid),
    kind: Type.Optional(Kind),
    category: Type.Optional(Category),
    bookedOn: EnteredDay,
    costType: text(60, { examples: ['Personal'] }),
    amountCents: EnteredCents,
    text: text(200),
    voucherNumber: Type.Optional(text(60)),
    grantTags: Type.Optional(GrantTags),
  },
  {
    description:
      'kind: actual (if not given) is what happened, shared out by runs; budget is planned and only simulated. category: cost (if not given), or income (grant, other_income) that is set off against it before it is shared; income is a positive amount.',
  },
);
export type CreateCostLine = Static<typeof CreateCostLine>;

export const CostLineView = named('CostLine', {
  id: Uuid,
  centreId: Uuid,
  serviceId: nullable(Uuid),
  costCentreId: nullable(Uuid),
  kind: Kind,
  category: Category,
  bookedOn: Day,
  costType: Type.String(),
  amountCents: Cents,
  text: Type.String(),
  voucherNumber: nullable(Type.String()),
  grantTags: Type.Array(Type.String()),
  importId: nullable(Uuid),
  recordedBy: Uuid,
  recordedAt: Moment,
});
export type CostLineView = Static<typeof CostLineView>;
export const CostLinePage = pageOf(CostLineView);

export const CostLineQuery = closed({
  ...PageQuery,
  serviceId: Type.Optional({ ...Uuid, description: 'Booked on this very service' }),
  costCentreId: Type.Optional(Uuid),
  kind: Type.Optional(Kind),
  category: Type.Optional(Category),
  costType: Type.Optional(text(60)),
  grantTag: Type.Optional(text(40)),
  importId: Type.Optional(Uuid),
  from: Type.Optional({ ...Day, description: 'First day' }),
  to: Type.Optional({ ...Day, description: 'Day after the last day' }),
});
export type CostLineQuery = Static<typeof CostLineQuery>;

const ServiceTotal = closed({
  serviceId: Uuid,
  code: Type.String(),
  rowCount: Type.Integer(),
  amountCents: Cents,
});
const CostCentreTotal = closed({
  costCentreId: Uuid,
  code: Type.String(),
  rowCount: Type.Integer(),
  amountCents: Cents,
});
const totals = {
  fileHash: Type.String({ description: 'SHA-256 of the file' }),
  rowCount: Type.Integer({ description: 'Rows that can be read' }),
  amountCents: { ...Cents, description: 'Cost less income' },
  services: Type.Array(ServiceTotal),
  costCentres: Type.Array(CostCentreTotal),
};

export const ImportIssue = closed({
  row: nullable(Type.Integer({ description: 'As a spreadsheet counts: the header is row 1' })),
  column: nullable(Type.String()),
  code: Type.String(),
  reason: Type.String(),
});

export const ImportPreview = named('CostLineImportPreview', {
  dryRun: Type.Literal(true),
  ...totals,
  alreadyImported: Type.Boolean({ description: 'This very file was imported before' }),
  issueCount: Type.Integer(),
  issues: Type.Array(ImportIssue, { description: 'Up to 200; with any of them nothing would be imported' }),
  periods: Type.Array(
    closed({
      code: nullable(Type.String({ description: 'Null: the day lies in no billing period' })),
      kind: Kind,
      rowCount: Type.Integer(),
      amountCents: Cents,
    }),
    { description: 'The same rows by billing period and kind' },
  ),
  warningCount: Type.Integer(),
  warnings: Type.Array(ImportIssue, { description: 'Up to 200; imported all the same' }),
});
export type ImportPreview = Static<typeof ImportPreview>;

export const ImportView = named('CostLineImport', {
  id: Uuid,
  centreId: Uuid,
  fileHash: Type.String(),
  rowCount: Type.Integer(),
  amountCents: Cents,
  importedBy: closed({ id: Uuid, name: Type.String() }),
  importedAt: Moment,
});
export type ImportView = Static<typeof ImportView>;
export const ImportPage = pageOf(ImportView);

export const ImportQuery = closed({
  mappingId: Type.Optional({
    ...Uuid,
    description: 'How the ledger writes its files: a mapping of /cost-line-mappings',
  }),
  kind: Type.Optional(Kind),
  dryRun: Type.Boolean({ default: false, description: 'Only say what would be imported' }),
  repeat: Type.Boolean({ default: false, description: 'Import a file again that was imported before' }),
});
export type ImportQuery = Static<typeof ImportQuery>;
export const ImportListQuery = closed(PageQuery);
export type ImportListQuery = Static<typeof ImportListQuery>;
