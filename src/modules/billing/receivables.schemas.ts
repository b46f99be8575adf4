import { Type } from 'typebox';
import { Day, Moment, named, nullable, Uuid } from '../../platform/http/schemas.ts';

/** Who did something, as far as the reader may know. */
export const Person = named('BillingPerson', { id: Uuid, name: Type.String() });

export const Deed = named('BillingDeed', { by: Person, at: Moment });

/** The names of the centre's staff stay with the centre. */
export const SeenDeed = named('BillingSeenDeed', { by: nullable(Person), at: Moment });

export const PeriodName = named('BillingPeriodName', {
  id: Uuid,
  code: Type.String(),
  startsOn: Day,
  endsOn: Day,
});
