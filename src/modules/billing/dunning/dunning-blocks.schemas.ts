import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import { closed, Day, named, nullable, PageQuery, pageOf, Uuid } from '../../../platform/http/schemas.ts';
import { Deed } from '../receivables.schemas.ts';

const UntilOn = { ...Day, description: 'The last day on which nothing is asked for' };

export const CreateBlock = named('CreateDunningBlock', {
  centreId: OwnCentreId,
  organisationId: Uuid,
  statementId: Type.Optional({
    ...Uuid,
    description: 'Any document of the chain that is not asked for; left out: all that the member owes',
  }),
  reason: Type.String({ minLength: 1, maxLength: 2000, examples: ['Stundung vom 3. November, Az. 20.41'] }),
  untilOn: UntilOn,
});
export type CreateBlock = Static<typeof CreateBlock>;

export const BlockView = named('DunningBlock', {
  id: Uuid,
  centreId: Uuid,
  organisationId: Uuid,
  memberName: Type.String(),
  chainId: nullable({
    ...Uuid,
    description: 'The first document of the chain; null: all that the member owes',
  }),
  chainNumber: nullable(Type.String()),
  reason: Type.String(),
  untilOn: UntilOn,
  recorded: Deed,
  lifted: nullable(Deed),
  version: Type.Integer(),
});
export type BlockView = Static<typeof BlockView>;
export const BlockPage = pageOf(BlockView);

export const BlockQuery = closed({
  ...PageQuery,
  organisationId: Type.Optional(Uuid),
  standing: Type.Optional(
    Type.Boolean({ description: '`true`: what holds today; `false`: what was lifted or is over' }),
  ),
});
export type BlockQuery = Static<typeof BlockQuery>;
