import { formatFraction, parseDecimal } from '../../../../platform/money/index.ts';
import type {
  Derivation,
  DerivationPart,
  DocumentLine,
  Netting,
  StatementDocument,
} from '../document.types.ts';
import { type Finding, findings } from './findings.rules.ts';
import { isAmount, isDecimal, isPositiveDecimal } from './sums.rules.ts';

interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** Whether each printed derivation really ends in the amount of its line. */
export function checkDerivations({ lines }: StatementDocument): Finding[] {
  return lines.flatMap((line, at) =>
    line.derivation === undefined ? [] : checkDerivation(line, line.derivation, `/lines/${at}/derivation`),
  );
}

function checkDerivation(line: DocumentLine, derivation: Derivation, pointer: string): Finding[] {
  const { parts, poolCents, netting } = derivation;
  const pool = [
    ...findings([isAmount(poolCents), `${pointer}/poolCents`, 'AMOUNT_OUT_OF_RANGE', 'is no amount']),
    ...(netting === undefined ? [] : checkNetting(netting, poolCents, `${pointer}/netting`)),
  ];
  if (pool.length > 0) return pool;
  const form = parts.flatMap((part, at) => checkPart(part, poolCents, `${pointer}/parts/${at}`));
  if (form.length > 0) return form;
  const exact = parts.map((part) => exactShare(part, poolCents)).reduce(plus);
  const share = Number(exact.over / exact.under) + derivation.roundingCents;
  return findings(
    [
      derivation.exactCents === formatFraction(exact.over, exact.under),
      `${pointer}/exactCents`,
      'DERIVATION_WRONG',
      `is not ${formatFraction(exact.over, exact.under)}, as its parts add up to`,
    ],
    [
      roundingFits(exact, derivation.roundingCents),
      `${pointer}/roundingCents`,
      'DERIVATION_WRONG',
      'a cent is added only to a share with a fraction, away from zero',
    ],
    [
      endsIn(line.netCents, share, derivation.instalment),
      pointer,
      'DERIVATION_WRONG',
      `ends in ${share} and not in the amount of the line`,
    ],
  );
}

function checkNetting({ costCents, deductions }: Netting, poolCents: number, pointer: string): Finding[] {
  const form = [
    ...findings([isAmount(costCents), `${pointer}/costCents`, 'AMOUNT_OUT_OF_RANGE', 'is no amount']),
    ...deductions.flatMap(({ amountCents }, at) =>
      findings([
        isAmount(amountCents),
        `${pointer}/deductions/${at}/amountCents`,
        'AMOUNT_OUT_OF_RANGE',
        'is no amount',
      ]),
    ),
  ];
  if (form.length > 0) return form;
  const left = deductions.reduce((cents, { amountCents }) => cents - amountCents, costCents);
  return findings([
    left === poolCents,
    pointer,
    'DERIVATION_WRONG',
    `comes to ${left} and not to what is shared out`,
  ]);
}

function checkPart(part: DerivationPart, poolCents: number, pointer: string): Finding[] {
  const { percent, weight, weightTotal, trancheCents } = part;
  const form = findings(
    [isPositiveDecimal(percent), `${pointer}/percent`, 'DECIMAL_INVALID', 'is no percentage above zero'],
    [isDecimal(weight) && !weight.startsWith('-'), `${pointer}/weight`, 'DECIMAL_INVALID', 'is no weight'],
    [isPositiveDecimal(weightTotal), `${pointer}/weightTotal`, 'DECIMAL_INVALID', 'is no sum of weights'],
    [
      trancheCents === null || isAmount(trancheCents),
      `${pointer}/trancheCents`,
      'AMOUNT_OUT_OF_RANGE',
      'is no amount',
    ],
  );
  if (form.length > 0) return form;
  const exact = percentOf(poolCents, percent);
  return findings([
    trancheCents === null || withinOneCent(exact, trancheCents),
    `${pointer}/trancheCents`,
    'DERIVATION_WRONG',
    'is not the percentage of the cost',
  ]);
}

function percentOf(cents: number, percent: string): Fraction {
  const { units, scale } = parseDecimal(percent);
  return { over: BigInt(cents) * units, under: 100n * 10n ** BigInt(scale) };
}

function exactShare(
  { percent, trancheCents, weight, weightTotal }: DerivationPart,
  poolCents: number,
): Fraction {
  const base =
    trancheCents === null ? percentOf(poolCents, percent) : { over: BigInt(trancheCents), under: 1n };
  const [part, whole] = [parseDecimal(weight), parseDecimal(weightTotal)];
  return {
    over: base.over * part.units * 10n ** BigInt(whole.scale),
    under: base.under * whole.units * 10n ** BigInt(part.scale),
  };
}

function plus(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under };
}

function withinOneCent({ over, under }: Fraction, cents: number): boolean {
  const off = over - BigInt(cents) * under;
  return (off < 0n ? -off : off) < under;
}

function roundingFits({ over, under }: Fraction, roundingCents: number): boolean {
  return roundingCents === 0 || (over % under !== 0n && roundingCents === (over < 0n ? -1 : 1));
}

/** One of several instalments is the share divided by their number, give or take a cent. */
function endsIn(netCents: number, share: number, instalment: Derivation['instalment']): boolean {
  if (instalment === undefined) return netCents === share;
  const { number, count } = instalment;
  const counted = Number.isInteger(count) && Number.isInteger(number) && number >= 1 && number <= count;
  return counted && withinOneCent({ over: BigInt(share), under: BigInt(count) }, netCents);
}
