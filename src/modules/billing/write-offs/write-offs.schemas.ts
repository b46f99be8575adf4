import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  Cents,
  closed,
  EnteredCents,
  named,
  nullable,
  PageQuery,
  pageOf,
  text,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { Deed } from '../receivables.schemas.ts';
import { WRITE_OFF_ACTIONS, WRITE_OFF_STATUSES } from './write-off-states.rules.ts';

const Ground = Type.Enum(['remission', 'uncollectable', 'minor'], {
  title: 'WriteOffGround',
  description:
    '`remission`: the claim is waived („Erlass“); `uncollectable`: it is not pursued for the time being („Niederschlagung“); `minor`: a sum too small to ask for („Kleinbetrag“)',
});
const Status = Type.Enum([...WRITE_OFF_STATUSES], { title: 'WriteOffStatus' });

export const CreateWriteOff = named('CreateWriteOff', {
  centreId: OwnCentreId,
  statementId: { ...Uuid, description: 'Any document of the chain' },
  amountCents: { ...EnteredCents, minimum: 1, description: 'Euro cents, as much as is open at most' },
  ground: Ground,
  reason: text(2000, { examples: ['Kleinbetrag, Dienstanweisung vom 3. Februar, Nr. 4'] }),
});
export type CreateWriteOff = Static<typeof CreateWriteOff>;

export const EndWriteOff = named('EndWriteOff', { reason: text(2000) });

export const WriteOffView = named('WriteOff', {
  id: Uuid,
  centreId: Uuid,
  organisationId: Uuid,
  memberName: Type.String(),
  chainId: { ...Uuid, description: 'The first document of the chain' },
  chainNumber: Type.String(),
  amountCents: Cents,
  ground: Ground,
  reason: Type.String(),
  status: Status,
  recorded: Deed,
  confirmed: nullable(Deed),
  ended: nullable(closed({ ...Deed.properties, reason: Type.String() })),
  availableActions: Type.Array(Type.Enum([...WRITE_OFF_ACTIONS], { title: 'WriteOffAction' })),
  version: Type.Integer(),
});
export type WriteOffView = Static<typeof WriteOffView>;
export const WriteOffPage = pageOf(WriteOffView);

export const WriteOffQuery = closed({
  ...PageQuery,
  organisationId: Type.Optional(Uuid),
  status: Type.Optional(Status),
});
export type WriteOffQuery = Static<typeof WriteOffQuery>;
