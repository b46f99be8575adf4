import { type Static, Type } from 'typebox';
import {
  Cents,
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
import type { DocumentKind } from '../documents/document.types.ts';
import { Step } from './statement-batches.schemas.ts';
import { DispatchStatus } from './statement-sending.schemas.ts';
import { DOCUMENT_FORMATS } from './statements.types.ts';

/** UNTDID 1001: instalment, invoice, corrected invoice, credit note. */
const Kind = Type.Unsafe<DocumentKind>({
  type: 'integer', // else a query, which is text, fits none of them
  enum: [326, 380, 384, 381],
  title: 'DocumentKind',
});
const Status = Type.Enum(['draft', 'issued', 'discarded'], { title: 'StatementStatus' });
const Errors = Type.Array(closed({ pointer: Type.String(), code: Type.String(), detail: Type.String() }));

export const FormatSchema = Type.Enum([...DOCUMENT_FORMATS], { title: 'DocumentFormat' });

const Preceding = closed({
  statementId: Uuid,
  number: Type.String(),
  kind: Kind,
  issuedOn: Day,
  grossCents: Cents,
  prepaidCents: { ...Cents, description: 'What is set off of it; 0 where it is only referred to' },
  prepaidVatCents: Cents,
});

const statementView = {
  id: Uuid,
  centreId: Uuid,
  organisationId: Uuid,
  memberName: Type.String(),
  batchId: nullable(Uuid),
  kind: Kind,
  vatGroup: Type.String({ description: 'VAT category and, without VAT, the reason: one document holds one' }),
  status: Status,
  number: nullable(Type.String({ examples: ['SOE-R-2026-000123'] })),
  period: closed({ id: nullable(Uuid), code: Type.String(), startsOn: Day, endsOn: Day }),
  billingPeriod: nullable(
    closed(
      { id: nullable(Uuid), code: Type.String() },
      { description: 'Where a correction is billed; `period` is that of what was used' },
    ),
  ),
  runId: nullable(Uuid),
  correctsId: nullable(Uuid),
  supersededBy: nullable(Uuid),
  issuedOn: nullable(Day),
  dueOn: nullable(Day),
  netCents: Cents,
  vatCents: Cents,
  grossCents: Cents,
  prepaidCents: { ...Cents, description: 'Instalments that are set off, gross' },
  payableCents: {
    ...Cents,
    description: 'What is to be paid; of a 381 what the member gets back',
  },
  contentHash: Type.String({ description: 'SHA-256 of what it says; what issuing signs' }),
  created: Step,
  issued: nullable(Step),
  availableActions: Type.Array(Type.Enum(['issue', 'discard', 'credit'])),
  version: Type.Integer(),
};
export const StatementView = named('StatementSummary', statementView, {
  description: 'Members see what was issued, without names of the staff of the centre',
});
export type StatementView = Static<typeof StatementView>;
export const StatementPage = pageOf(StatementView);

export const StatementDetailView = named('Statement', {
  ...statementView,
  dispatch: nullable(
    closed(
      { id: Uuid, status: DispatchStatus, to: Type.String(), requestedAt: Moment },
      { description: 'The last dispatch; null where nothing was mailed' },
    ),
  ),
  validation: nullable(
    closed(
      { id: Uuid, accepted: Type.Boolean(), format: FormatSchema, at: Moment },
      {
        description: 'What the validator said of the e-invoice; null where it was not asked, and to members',
      },
    ),
  ),
  agreementReference: Type.String(),
  notes: Type.Array(Type.String()),
  preceding: Type.Array(Preceding),
  documents: Type.Array(
    closed({ format: FormatSchema, sizeBytes: Type.Integer(), sha256: Type.String(), createdAt: Moment }),
    { description: 'Files that are there; they never change' },
  ),
  obstacles: Type.Array(
    closed({ code: Type.String(), title: Type.String(), detail: Type.String(), errors: Errors }),
    { description: 'Of a draft: what stands against issuing it today' },
  ),
});
export type StatementDetailView = Static<typeof StatementDetailView>;

export const StatementLineView = named('StatementLine', {
  position: Type.Integer(),
  serviceId: Uuid,
  serviceCode: Type.String(),
  serviceTitle: Type.String(),
  text: Type.String(),
  quantity: Type.String(),
  unit: Type.String(),
  netCents: Cents,
  vatCategory: Type.Enum(['S', 'E', 'O']),
  vatRatePercent: Type.String(),
  vatReason: nullable(Type.String()),
  vatDeterminationId: Uuid,
  why: nullable(
    Type.String({ description: 'Address of the derivation: the share, its key, and the cost it comes from' }),
  ),
  usageEvents: Type.Array(Type.String(), { description: 'Addresses of the usage events behind it' }),
});
export type StatementLineView = Static<typeof StatementLineView>;
export const StatementLinePage = pageOf(StatementLineView);

export const StatementQuery = closed({
  ...PageQuery,
  batchId: Type.Optional(Uuid),
  organisationId: Type.Optional(Uuid),
  periodId: Type.Optional(Uuid),
  status: Type.Optional(Status),
  kind: Type.Optional(Kind),
  validation: Type.Optional(
    Type.Enum(['rejected'], {
      description:
        'Whose e-invoice the validator rejected, also where it was corrected since; none for members',
    }),
  ),
});
export type StatementQuery = Static<typeof StatementQuery>;

export const StatementLineQuery = closed(PageQuery);
export type StatementLineQuery = Static<typeof StatementLineQuery>;

export const CreateCreditNote = named('CreateCreditNote', {
  reason: text(500, { description: 'Printed on the credit note, in German' }),
});

export const DocumentParams = closed({ id: Uuid, format: FormatSchema });
