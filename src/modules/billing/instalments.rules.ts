import { DomainError } from '../../platform/errors.ts';
import { apportion, fromBigCents, toBigCents } from '../../platform/money/index.ts';
import { INSTALMENT_DAY_DUPLICATE } from './billing.errors.ts';

export interface InstalmentsInput {
  /** What a member pays by plan; negative where it gets money. */
  readonly totalCents: number;
  /** Days, at least one, in any order. */
  readonly due: readonly string[];
}

export interface Instalments {
  /** Ascending by day. */
  readonly instalments: readonly { readonly dueOn: string; readonly amountCents: number }[];
}

/**
 * Equal instalments; the cents left over go one each to the earliest days. They add up to the total.
 * @throws DomainError AMOUNT_OUT_OF_RANGE, INSTALMENT_DAY_DUPLICATE
 */
export function planInstalments({ totalCents, due }: InstalmentsInput): Instalments {
  for (const [index, day] of due.entries()) {
    if (due.indexOf(day) === index) continue;
    throw new DomainError(INSTALMENT_DAY_DUPLICATE, `${day} occurs twice`, { pointer: `/due/${index}` });
  }
  const portions = apportion(
    toBigCents(totalCents, '/totalCents'),
    due.map((day) => ({ id: day, weight: 1n })),
  );
  return {
    instalments: portions.map(({ id, amount }) => ({ dueOn: id, amountCents: fromBigCents(amount) })),
  };
}
