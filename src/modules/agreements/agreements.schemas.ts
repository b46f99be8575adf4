import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../platform/http/own-centre.ts';
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
} from '../../platform/http/schemas.ts';
import { CostClauseSchema } from './cost-clause.schemas.ts';
import { PriceClauseSchema } from './price-clause.schemas.ts';

export const AgreementMode = Type.Enum(['delegating', 'mandating', 'statutes', 'private'], {
  title: 'AgreementMode',
  description: '§ 23 GkG NRW: delegierend, mandatierend; Satzung; privatrechtlicher Vertrag',
});
export const AgreementStatus = Type.Enum(['draft', 'in_force', 'terminated'], { title: 'AgreementStatus' });
const DataProtectionRole = Type.Enum(['controller', 'processor', 'joint_controllers'], {
  title: 'DataProtectionRole',
  description: 'What the centre is for the personal data it works with',
});
const ValidTo = nullable(
  Type.String({ format: 'date', description: 'First day on which it no longer holds; null: open-ended' }),
);

const termsInput = {
  validFrom: Day,
  validTo: Type.Optional(ValidTo),
  organisationIds: Type.Array(Uuid, { minItems: 1, maxItems: 500, uniqueItems: true }),
  services: Type.Array(Uuid, {
    minItems: 1,
    maxItems: 200,
    uniqueItems: true,
    description: 'Services that the parties may order',
  }),
  costClause: Type.Optional(nullable(CostClauseSchema)),
  priceClause: Type.Optional(nullable(PriceClauseSchema)),
  dataProtectionRole: DataProtectionRole,
};

export const CreateAgreementVersion = named('CreateAgreementVersion', termsInput);
export type CreateAgreementVersion = Static<typeof CreateAgreementVersion>;

export const CreateAgreement = named('CreateAgreement', {
  centreId: OwnCentreId,
  title: text(200),
  mode: AgreementMode,
  ...termsInput,
});
export type CreateAgreement = Static<typeof CreateAgreement>;

export const BringIntoForce = named('BringIntoForce', {
  number: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'The draft you mean; refused when it is not the draft',
    }),
  ),
});
export type BringIntoForce = Static<typeof BringIntoForce>;

export const Terminate = named('TerminateAgreement', {
  validTo: Type.String({ format: 'date', description: 'First day on which it no longer holds' }),
});
export type Terminate = Static<typeof Terminate>;

export const AgreementVersionParams = closed({
  id: Uuid,
  number: Type.Integer({ minimum: 1, maximum: 100_000 }),
});

const termsView = {
  validFrom: Day,
  validTo: ValidTo,
  organisationIds: Type.Array(Uuid),
  services: Type.Array(Uuid),
  costClause: nullable(CostClauseSchema),
  priceClause: nullable(PriceClauseSchema),
  dataProtectionRole: DataProtectionRole,
};

export const AgreementVersionView = named('AgreementVersion', {
  id: Uuid,
  number: Type.Integer({ minimum: 1 }),
  status: AgreementStatus,
  ...termsView,
  createdAt: Moment,
  inForceAt: nullable(Moment),
});
export type AgreementVersionView = Static<typeof AgreementVersionView>;
export const AgreementVersionPage = pageOf(AgreementVersionView);

export const AgreementView = named('Agreement', {
  id: Uuid,
  centreId: Uuid,
  title: Type.String(),
  mode: AgreementMode,
  status: AgreementStatus,
  versionId: Uuid,
  versionNumber: Type.Integer({
    description:
      'The version shown: the one that holds today, else the next, else the last, else the draft. `status` is that of this version, but `terminated` only where no version in force comes after it',
  }),
  draftVersion: nullable(
    Type.Integer({ description: 'Number of an unfinished draft; members never see one' }),
  ),
  ...termsView,
  version: Type.Integer(),
});
export type AgreementView = Static<typeof AgreementView>;
export const AgreementPage = pageOf(AgreementView);

export const AgreementInForce = named('AgreementInForce', {
  ...AgreementView.properties,
  warnings: Type.Array(
    named('ClauseWarning', {
      pointer: Type.String({ description: 'JSON pointer into the agreement' }),
      code: Type.String(),
      detail: Type.String(),
    }),
    {
      description:
        'What its clauses name and the centre does not have yet; runs are refused until it is there',
    },
  ),
});

export const AgreementQuery = closed({
  ...PageQuery,
  centreId: Type.Optional(Uuid),
  organisationId: Type.Optional(Uuid),
  status: Type.Optional(AgreementStatus),
});
export type AgreementQuery = Static<typeof AgreementQuery>;

export const AgreementVersionQuery = closed(PageQuery);
export type AgreementVersionQuery = Static<typeof AgreementVersionQuery>;
