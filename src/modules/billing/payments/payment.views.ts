import type { HatContext } from '../../../platform/context.ts';
import { textIn } from '../../../platform/texts.ts';
import type { MatchRow, PaymentRow } from './payments.repo.ts';
import type { MatchView, PaymentView } from './payments.schemas.ts';

/** A payment as the hat may see it: members learn neither the names of staff nor what the bank knows of the payer. */
export function toPaymentView({ hat }: HatContext, row: PaymentRow): PaymentView {
  const isCentre = hat.kind === 'centre';
  const {
    counterpartyName: name,
    counterpartyIban: iban,
    unclearReason: reason,
    reversesId,
    reversedById,
  } = row;
  const isOver = reversesId !== null || reversedById !== null;
  const left = row.organisationId === null || isOver ? 0 : row.amountCents - row.matchedCents;
  return {
    id: row.id,
    centreId: row.centreId,
    organisationId: row.organisationId,
    kind: row.kind,
    amountCents: row.amountCents,
    matchedCents: row.matchedCents,
    creditCents: left,
    bookedOn: row.bookedOn,
    text: row.text,
    counterparty: isCentre && (name !== null || iban !== null) ? { name, iban } : null,
    bankReference: isCentre ? row.bankReference : null,
    importId: isCentre ? row.importId : null,
    reversesId,
    reversedById,
    unclear:
      reason === null || !isCentre
        ? null
        : {
            reason,
            text: textIn('de', `billing.payment.unclear.${reason}`),
            candidates: [...row.candidates],
            clearedAt: row.clearedAt,
          },
    recorded: { by: isCentre ? { id: row.recordedBy, name: row.recordedByName } : null, at: row.recordedAt },
    version: row.version,
  };
}

export function toMatchView({ hat }: HatContext, row: MatchRow): MatchView {
  const { matchedBy: id, matchedByName: name, matchedAt: at, organisationId: _, ...match } = row;
  return { ...match, by: hat.kind === 'centre' ? { id, name } : null, at };
}
