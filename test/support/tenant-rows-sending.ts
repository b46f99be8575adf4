import { dispatchOf, issuedStatementOf, validatedStatementOf } from './statement-sending-world.ts';
import type { Target, TenantRow } from './tenant-row.ts';

const of = ({ id }: { readonly id: string }): Target => ({ params: { id }, secret: id });

export const SENDING: Readonly<Record<string, TenantRow>> = {
  listStatementDispatches: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async (world) => of(await issuedStatementOf(world)),
  },
  listCentreDispatches: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async (world) => ({ secret: (await dispatchOf(world)).id }),
  },
  sendStatement: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => ({
      ...of(await issuedStatementOf(world)),
      body: { reason: 'Anschrift berichtigt' },
    }),
    otherBody: (sent: object) => ({ ...sent, reason: 'Noch einmal erbeten' }),
  },
  listStatementValidations: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { id, validationId } = await validatedStatementOf(world);
      return { params: { id }, secret: validationId };
    },
  },
  getStatementValidationReport: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { id, validationId } = await validatedStatementOf(world);
      return { params: { id, validationId }, secret: id };
    },
  },
};
