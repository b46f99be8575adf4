import { validatorOf } from '../../platform/calculations/file-checks.ts';
import { Cents, closed, Id, list, only } from '../../platform/calculations/schema-parts.ts';
import { type Settlement, type SettlementInput, settle } from './settlement.rules.ts';

const readSettlementFile = validatorOf<SettlementInput>(
  closed({
    kind: only('settlement'),
    members: list(closed({ member: Id, invoicedCents: Cents, paidCents: Cents, actualCents: Cents })),
  }),
);

export function compute(file: unknown): Settlement {
  return settle(readSettlementFile(file));
}
