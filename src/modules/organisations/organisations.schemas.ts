import { type Static, Type } from 'typebox';
import { closed, Day, named, nullable, PageQuery, pageOf, text, Uuid } from '../../platform/http/schemas.ts';

export const OrganisationKind = Type.Enum(
  [
    'municipality',
    'district',
    'special_purpose_association',
    'public_institution',
    'joint_municipal_enterprise',
  ],
  { title: 'OrganisationKind', description: 'Gemeinde, Kreis, Zweckverband, AöR, gKU' },
);
const Ags = Type.String({
  pattern: '^[0-9]{8}$',
  description: 'Amtlicher Gemeindeschlüssel',
  examples: ['05974016'],
});

export const Population = named('Population', {
  asOf: Day,
  basis: text(60, { description: 'Census the figure builds on', examples: ['census-2011'] }),
  population: Type.Integer({ minimum: 0, maximum: 100_000_000 }),
  source: text(200),
});

export const OrganisationView = named('Organisation', {
  id: Uuid,
  ags: nullable(Ags),
  name: Type.String(),
  kind: OrganisationKind,
  state: nullable(Type.String()),
  district: nullable(Type.String()),
  populations: Type.Array(Population, { description: 'All figures, newest first' }),
  version: Type.Integer(),
});
export type OrganisationView = Static<typeof OrganisationView>;
export const OrganisationPage = pageOf(OrganisationView);

export const CreateOrganisation = named('CreateOrganisation', {
  ags: Type.Optional(Ags),
  name: text(200),
  kind: OrganisationKind,
  state: Type.Optional(text(60)),
  district: Type.Optional(text(120)),
  populations: Type.Array(Population, { default: [], maxItems: 50 }),
});
export type CreateOrganisation = Static<typeof CreateOrganisation>;

export const ChangeOrganisation = named(
  'ChangeOrganisation',
  {
    name: Type.Optional(text(200)),
    populations: Type.Optional(
      Type.Array(Population, { minItems: 1, maxItems: 50, description: 'Figures to add or correct' }),
    ),
  },
  { minProperties: 1 },
);
export type ChangeOrganisation = Static<typeof ChangeOrganisation>;

export const OrganisationQuery = closed({
  ...PageQuery,
  q: Type.Optional(text(100, { description: 'Part of the name' })),
  ags: Type.Optional(Ags),
});
export type OrganisationQuery = Static<typeof OrganisationQuery>;

const Code = Type.String({
  pattern: '^[A-Z]{2,6}$',
  description: 'Short mark in request numbers',
  examples: ['SOE'],
});

export const CentreView = named('Centre', {
  id: Uuid,
  code: Code,
  name: Type.String(),
  operatorId: Uuid,
  version: Type.Integer(),
});
export type CentreView = Static<typeof CentreView>;
export const CentrePage = pageOf(CentreView);

export const CreateCentre = named('CreateCentre', { code: Code, name: text(200), operatorId: Uuid });
export type CreateCentre = Static<typeof CreateCentre>;

export const ChangeCentre = named('ChangeCentre', { name: text(200) });
export type ChangeCentre = Static<typeof ChangeCentre>;

export const CentreQuery = closed(PageQuery);
export type CentreQuery = Static<typeof CentreQuery>;

export const MemberView = named('Member', {
  organisationId: Uuid,
  ags: nullable(Ags),
  name: Type.String(),
  joinedOn: Day,
  leftOn: nullable(Day),
});
export type MemberView = Static<typeof MemberView>;
export const MemberPage = pageOf(MemberView);

export const MemberParams = closed({ id: Uuid, organisationId: Uuid });
export const ChangeMember = named('ChangeMember', {
  leftOn: nullable(
    Type.String({
      format: 'date',
      description:
        'First day on which the organisation is no member any more, today or later; null: it stays, or comes back',
    }),
  ),
});
export type ChangeMember = Static<typeof ChangeMember>;

export const AddMember = named('AddMember', { organisationId: Uuid, joinedOn: Day });
export type AddMember = Static<typeof AddMember>;
