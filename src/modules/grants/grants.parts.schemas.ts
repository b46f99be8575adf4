import { Type } from 'typebox';
import {
  Cents,
  Day,
  EnteredCents,
  Moment,
  named,
  nullable,
  text,
  Uuid,
} from '../../platform/http/schemas.ts';
import { GRANT_TAG } from '../costing/index.ts';

/** Named where they stand again and again, so that the API document says them once. */
export const Id = { ...Uuid, title: 'GrantId' };
export const On = { ...Day, title: 'GrantDay' };
export const DrawdownStatus = Type.Enum(['requested', 'received', 'cancelled'], {
  title: 'GrantDrawdownStatus',
});
export const ClawbackStatus = Type.Enum(['demanded', 'repaid', 'cancelled'], {
  title: 'GrantClawbackStatus',
});
export const Sum = { ...Cents, title: 'GrantCents' };
export const Amount = { ...EnteredCents, title: 'GrantAmount', minimum: 0 };
export const PositiveAmount = { ...EnteredCents, title: 'PositiveGrantAmount', minimum: 1 };
export const Percent = Type.String({
  title: 'GrantPercent',
  pattern: '^(0|[1-9]\\d{0,2})(\\.\\d{1,6})?$',
  description: 'From 0 to 100, an exact decimal',
  examples: ['90'],
});
export const Tags = Type.Array(Type.String({ pattern: GRANT_TAG, examples: ['LF-2026-17'] }), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  title: 'GrantTags',
  description: 'Grant tags of cost lines',
});
export const Person = named('GrantPerson', { id: Id, name: Type.String() });
/** Who did it and when; members are told when. */
export const Step = named('GrantStep', { by: nullable(Person), at: Moment });
export const End = named('GrantEnd', { ...Step.properties, reason: nullable(Type.String()) });
export const Reference = named('GrantReference', {
  title: text(200),
  date: On,
});
export const Decision = named(
  'GrantDecision',
  { decidedOn: On, reference: text(100) },
  { description: 'Decision of a council' },
);
export const VoucherNumber = Type.Optional(text(60));
/** A day of the ledger. */
export const BookedOn = Type.Optional({
  ...Day,
  description: 'Day in the ledger, which decides the period; left out, the day on which the money moved',
});
