import { type Static, Type } from 'typebox';
import { closed, Decimal, Moment, named, nullable, Uuid } from '../../../platform/http/schemas.ts';

export const UncountedUsage = named('UncountedUsage', {
  recordedUntil: nullable({
    ...Moment,
    description: 'Leaves out what was recorded later, as the run does; null while the period is open',
  }),
  items: Type.Array(
    closed({
      serviceId: Uuid,
      serviceCode: Type.String(),
      serviceTitle: Type.String(),
      meter: Type.String(),
      unit: Type.String(),
      quantity: Decimal,
      eventCount: Type.Integer({ description: 'Events summed up, corrections included' }),
      events: Type.String({ description: 'Address of exactly these events' }),
    }),
  ),
});
export type UncountedUsage = Static<typeof UncountedUsage>;
