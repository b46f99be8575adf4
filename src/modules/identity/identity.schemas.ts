import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../platform/http/own-centre.ts';
import { closed, named, nullable, PageQuery, pageOf, text, Uuid } from '../../platform/http/schemas.ts';

export const HatKindSchema = Type.Enum(['centre', 'organisation', 'platform'], { title: 'HatKind' });
export const HatRef = named('Hat', { kind: HatKindSchema, id: Uuid });
export type HatRef = Static<typeof HatRef>;

export const HatView = named('HeldHat', {
  kind: HatKindSchema,
  id: Uuid,
  name: Type.String(),
  roles: Type.Array(Type.String()),
});
export type HatView = Static<typeof HatView>;

const Email = Type.String({ format: 'email', maxLength: 254 });
const Password = Type.String({ minLength: 1, maxLength: 200 });
const NewPassword = Type.String({
  minLength: 12,
  maxLength: 200,
  description: 'At least 12 characters; length counts, not kinds of characters',
});

export const SignIn = named('SignIn', {
  email: Type.String({ minLength: 1, maxLength: 254 }),
  password: Password,
  hat: Type.Optional(HatRef),
});
export type SignIn = Static<typeof SignIn>;
export const Refresh = named('RefreshToken', {
  refreshToken: Type.String({ minLength: 20, maxLength: 200 }),
});
export const ChangePassword = named('ChangePassword', {
  currentPassword: Password,
  newPassword: NewPassword,
});

export const TokenView = named('Tokens', {
  accessToken: Type.String(),
  refreshToken: Type.String(),
  tokenType: Type.Literal('Bearer'),
  expiresInSeconds: Type.Integer(),
  hat: HatView,
});
export type TokenView = Static<typeof TokenView>;

/** Names as in RFC 6749, so that ordinary OAuth clients understand. */
export const ClientCredentials = named('ClientCredentials', {
  grant_type: Type.Literal('client_credentials'),
  client_id: Type.Optional(Uuid),
  client_secret: Type.Optional(Type.String({ minLength: 20, maxLength: 200 })),
  scope: Type.Optional(
    Type.String({ maxLength: 1000, description: 'Space-separated; left out, all scopes of the account' }),
  ),
});
export type ClientCredentials = Static<typeof ClientCredentials>;
export const ClientTokenView = named('ClientToken', {
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer(),
  scope: Type.String(),
});

export const MeView = named('Me', {
  id: Uuid,
  name: Type.String(),
  email: nullable(Type.String()),
  hat: HatView,
  hats: Type.Array(HatView),
});
export type MeView = Static<typeof MeView>;

const Roles = Type.Array(text(60), { minItems: 1, maxItems: 20, uniqueItems: true });
export const UserView = named('User', {
  id: Uuid,
  email: Type.String(),
  name: Type.String(),
  isDisabled: Type.Boolean(),
  roles: Type.Array(Type.String()),
});
export type UserView = Static<typeof UserView>;
export const UserPage = pageOf(UserView);
export const UserQuery = closed({
  ...PageQuery,
  email: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 254,
      description: 'The one with this address; the platform finds every account by it',
    }),
  ),
});
export type UserQuery = Static<typeof UserQuery>;
export const MembersQuery = closed(PageQuery);
export type MembersQuery = Static<typeof MembersQuery>;
export const CreateUser = named('CreateUser', {
  email: Email,
  name: text(200),
  roles: Roles,
  hat: Type.Optional(HatRef),
});
export type CreateUser = Static<typeof CreateUser>;
export const CreatedUser = named('CreatedUser', {
  ...UserView.properties,
  temporaryPassword: nullable(
    Type.String({ description: 'Shown once; null when the person had an account already' }),
  ),
});
export type CreatedUser = Static<typeof CreatedUser>;
export const ChangeRoles = named('ChangeRoles', {
  roles: Type.Array(text(60), {
    maxItems: 20,
    uniqueItems: true,
    description: 'Empty: the person leaves this hat',
  }),
});

export const NoFields = closed({});

export const TeamView = named('Team', { id: Uuid, name: Type.String(), memberIds: Type.Array(Uuid) });
export type TeamView = Static<typeof TeamView>;
export const TeamPage = pageOf(TeamView);
export const CreateTeam = named('CreateTeam', {
  centreId: OwnCentreId,
  name: text(120),
  memberIds: Type.Array(Uuid, { default: [], maxItems: 500, uniqueItems: true }),
});
export type CreateTeam = Static<typeof CreateTeam>;
export const ChangeTeamMembers = named('ChangeTeamMembers', {
  memberIds: Type.Array(Uuid, { maxItems: 500, uniqueItems: true }),
});

export const MachineAccountView = named('MachineAccount', {
  clientId: Uuid,
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  isDisabled: Type.Boolean(),
});
export type MachineAccountView = Static<typeof MachineAccountView>;
export const MachineAccountPage = pageOf(MachineAccountView);
export const CreateMachineAccount = named('CreateMachineAccount', {
  name: text(120),
  scopes: Type.Array(text(60), { minItems: 1, maxItems: 50, uniqueItems: true }),
});
export type CreateMachineAccount = Static<typeof CreateMachineAccount>;
export const CreatedMachineAccount = named('CreatedMachineAccount', {
  ...MachineAccountView.properties,
  clientSecret: nullable(Type.String({ description: 'Shown once; null in a replayed answer' })),
});
