import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  closed,
  Day,
  EnteredCents,
  Moment,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { COOPERATION_CONDITIONS, COST_SHARING_CONDITIONS } from './vat.types.ts';

const Turnover = { ...EnteredCents, minimum: 0 };
const LegalForm = Type.Enum(['PUBLIC_LAW', 'PRIVATE'], { title: 'VatLegalForm' });
const Flag = Type.Optional(Type.Boolean());

function conditions<Name extends string>(names: readonly Name[], description: string) {
  const shape = Object.fromEntries(names.map((name) => [name, Flag])) as Record<Name, typeof Flag>;
  return Type.Optional(nullable(closed(shape, { description })));
}

const Facts = named(
  'VatFacts',
  {
    consideration: Type.Boolean(),
    sameLegalEntity: Type.Boolean(),
    providerType: LegalForm,
    recipientType: LegalForm,
    legacyOption: Type.Boolean({ description: 'The provider opted for the law before § 2b' }),
    legacyClass: Type.Optional(nullable(Type.Enum(['NON_BGA', 'BGA', 'UNKNOWN']))),
    basis: Type.Enum(['PUBLIC', 'PRIVATE']),
    groupForecastCents: Type.Optional(
      nullable({
        ...Turnover,
        description: 'Left out, the forecast of the group of the service for the calendar year is taken',
      }),
    ),
    comparableExemptWithoutOption: Flag,
    reservedByLaw: Flag,
    delegation: Flag,
    dischargeDecisive: Flag,
    noPotentialCompetition: Flag,
    cooperation: conditions(COOPERATION_CONDITIONS, '§ 2b Abs. 3 Nr. 2 a to d'),
    competitionCheck: Type.Optional(nullable(Type.Enum(['NONE', 'DISTORTION']))),
    costSharing: conditions(COST_SHARING_CONDITIONS, '§ 4 Nr. 29'),
    otherExemption: Type.Optional(nullable(text(100))),
    smallBusinessWaived: Flag,
    previousYearTurnoverCents: Turnover,
    yearToDateTurnoverCents: { ...Turnover, description: 'With this service' },
    reducedRate: Flag,
  },
  { description: 'What somebody asserts; what is left out is not asserted' },
);

const EvidenceKind = Type.Enum(
  [
    'agreement',
    'resolution',
    'statute',
    'tax_office_ruling',
    'tax_advice',
    'competition_check',
    'turnover_forecast',
    'legacy_declaration',
    'other',
  ],
  { title: 'VatEvidenceKind' },
);
const Evidence = named(
  'VatEvidence',
  { kind: EvidenceKind, title: text(200), date: Day, fileNumber: text(100) },
  { description: 'Reference to a paper in the files of the centre' },
);

const Validity = {
  validFrom: Day,
  validTo: nullable({ ...Day, description: 'Day after the last; null: until further notice' }),
};

export const CreateVatDetermination = named('CreateVatDetermination', {
  centreId: OwnCentreId,
  serviceId: Uuid,
  organisationIds: Type.Array(Uuid, { minItems: 1, maxItems: 500, description: 'Members for whom it holds' }),
  validFrom: Validity.validFrom,
  validTo: Type.Optional(Validity.validTo),
  facts: Facts,
  grounds: text(4000, { description: 'Why the facts are taken to be so' }),
  evidence: Type.Array(Evidence, { maxItems: 50 }),
  supersedes: Type.Optional(
    Type.Array(Uuid, {
      maxItems: 200,
      description: 'Determinations whose place it takes from its first day on, and open questions it answers',
    }),
  ),
});
export type CreateVatDetermination = Static<typeof CreateVatDetermination>;

const Result = Type.Enum(['OUT_OF_SCOPE', 'EXEMPT', 'TAXABLE', 'REVIEW'], { title: 'VatResult' });
const Status = Type.Enum(['review', 'draft', 'submitted', 'in_force', 'superseded', 'rejected'], {
  title: 'VatDeterminationStatus',
});
const Step = { by: nullable(closed({ id: Uuid, name: Type.String() })), at: Moment };

export const VatTreatmentView = named('VatTreatment', {
  result: Result,
  rule: Type.String({ examples: ['2B_2_1'] }),
  category: nullable(Type.Enum(['O', 'E', 'S'])),
  ratePercent: nullable(Type.Integer()),
});

const Outcome = named('VatOutcome', {
  ...VatTreatmentView.properties,
  vatexCode: nullable(Type.String()),
  law: Type.String(),
  ruleSet: Type.String({ description: 'The figures of the law that were used' }),
  trace: Type.Array(Type.String(), { description: 'Steps that were taken; the last one decided' }),
});

const Coverage = closed({
  organisationId: Uuid,
  name: Type.String(),
  holdsTo: nullable({ ...Day, description: 'Cut where something superseded it; null: until further notice' }),
  supersededBy: nullable(Uuid),
});

export const VatDeterminationView = named(
  'VatDetermination',
  {
    id: Uuid,
    centreId: Uuid,
    number: Type.String({ examples: ['SOE-V-2026-001'] }),
    status: Status,
    service: closed({ id: Uuid, code: Type.String(), title: Type.String() }),
    organisationIds: Type.Array(Uuid),
    ...Validity,
    outcome: Outcome,
    review: nullable(
      closed(
        { reason: Type.String(), todo: Type.String() },
        { description: 'What is missing, and what to do' },
      ),
    ),
    facts: nullable(Facts),
    grounds: Type.String(),
    evidence: Type.Array(Evidence),
    supersedes: Type.Array(Uuid),
    coverage: Type.Array(Coverage, { description: 'For whom it holds until when, once it is in force' }),
    contentHash: Type.String({ description: 'SHA-256 of what it says; what an approval signs' }),
    created: closed(Step),
    submitted: nullable(closed(Step)),
    approved: nullable(closed({ ...Step, contentHash: Type.String() })),
    ended: nullable(closed({ ...Step, reason: Type.String() })),
    availableActions: Type.Array(Type.Enum(['submit', 'approve', 'reject'])),
    version: Type.Integer(),
  },
  { description: 'Members see only themselves, neither the facts nor the names of staff' },
);
export type VatDeterminationView = Static<typeof VatDeterminationView>;
export const VatDeterminationPage = pageOf(VatDeterminationView);

export const VatDeterminationQuery = closed({
  ...PageQuery,
  status: Type.Optional({ ...Status, description: '`review`: open questions, with reason and what to do' }),
  serviceId: Type.Optional(Uuid),
  organisationId: Type.Optional(Uuid),
  on: Type.Optional({ ...Day, description: 'Only what names this day' }),
});
export type VatDeterminationQuery = Static<typeof VatDeterminationQuery>;

export const ApproveVatDetermination = named('ApproveVatDetermination', {
  contentHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'The content you approve' }),
});
export const RejectVatDetermination = named('RejectVatDetermination', { reason: text(500) });
