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

export const COST_CENTRE_CODE = '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$';
const Code = Type.String({ pattern: COST_CENTRE_CODE, examples: ['1110-IT'] });
const CostCentreType = Type.Enum(['support', 'final'], {
  title: 'CostCentreType',
  description: 'support: passes all its cost on; final: feeds the pool of its service',
});

export const CreateCostCentre = named('CreateCostCentre', {
  centreId: OwnCentreId,
  code: { ...Code, description: 'As in the ledger; it never changes' },
  name: text(120, { examples: ['IT-Betrieb'] }),
  type: CostCentreType,
  serviceId: Type.Optional({ ...Uuid, description: 'final: the service whose pool it feeds' }),
});
export type CreateCostCentre = Static<typeof CreateCostCentre>;

export const ChangeCostCentre = named(
  'ChangeCostCentre',
  {
    name: Type.Optional(text(120)),
    retiredOn: Type.Optional(
      nullable({ ...Day, description: 'First day that takes no cost; null takes the retirement back' }),
    ),
  },
  { minProperties: 1 },
);
export type ChangeCostCentre = Static<typeof ChangeCostCentre>;

export const CostCentreView = named('CostCentre', {
  id: Uuid,
  centreId: Uuid,
  code: Type.String(),
  name: Type.String(),
  type: CostCentreType,
  serviceId: nullable(Uuid),
  retiredOn: nullable(Day),
  version: Type.Integer(),
  createdAt: Moment,
});
export type CostCentreView = Static<typeof CostCentreView>;
export const CostCentrePage = pageOf(CostCentreView);

export const CostCentreQuery = closed({ ...PageQuery, serviceId: Type.Optional(Uuid) });
export type CostCentreQuery = Static<typeof CostCentreQuery>;
