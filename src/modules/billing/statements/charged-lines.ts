import { plusDays } from '../../../platform/clock.ts';
import { toPrintable } from '../../../platform/printable.ts';
import { textIn } from '../../../platform/texts.ts';
import type { PoolSums, PostedCharges, RatedItem, RatedPartView, RunLineView } from '../../costing/index.ts';
import type {
  Derivation,
  DerivationPart,
  Netting,
  UnitCode,
  VatTreatment,
} from '../documents/document.types.ts';
import type { VatInForce } from '../vat/vat.types.ts';
import type { ChargedLine, StatementPeriod, UntaxedLine } from './statements.types.ts';

/** A line of a run as a document shows it: one share of a tranche, or of all tranches where the clause rounds once. */
export function lineOfRun(
  charges: PostedCharges,
  share: RunLineView,
  usageLinks: readonly string[],
): UntaxedLine {
  const { serviceId, organisationId, serviceCode, serviceTitle, position, amountCents } = share;
  return {
    serviceId,
    organisationId,
    runId: charges.runId,
    runPosition: position,
    usageLinks,
    line: {
      service: { code: serviceCode, title: serviceTitle },
      text: share.parts.map(({ label }) => label).join(', '),
      quantity: '1',
      unit: 'LS',
      netCents: amountCents,
      derivation: derivationOf(share, charges.pools.get(serviceId)),
    },
  };
}

/** How a share follows from the cost of its service, as documents print it. */
export function derivationOf(
  { parts, exactCents, roundingCents }: Pick<RunLineView, 'parts' | 'exactCents' | 'roundingCents'>,
  pool: PoolSums | undefined,
): Derivation {
  const [first, ...rest] = parts.map(partOf);
  if (first === undefined) throw new Error('a line of a run has at least one part');
  if (pool === undefined) throw new Error('a line of a run is of one of its pools');
  return {
    ...(pool.deductions.length > 0 && { netting: nettingOf(pool) }),
    poolCents: pool.amountCents,
    parts: [first, ...rest],
    exactCents,
    roundingCents: roundingCents as Derivation['roundingCents'],
  };
}

/** Cost types are what the ledger calls them. What no font of the documents shows would keep them from being issued. */
function nettingOf({ costCents, deductions }: PoolSums): Netting {
  return {
    costCents,
    deductions: deductions.map(({ type, label, amountCents }) => ({
      type,
      label: toPrintable(label),
      amountCents,
    })),
  };
}

function partOf({
  label,
  percent,
  trancheCents,
  key,
  weight,
  weightTotal,
}: RunLineView['parts'][number]): DerivationPart {
  const { type, asOf, source, origin } = key;
  const basis = basisText(key);
  const from = source ?? originText(key, origin);
  return {
    label,
    percent,
    trancheCents,
    key: {
      type,
      ...(asOf !== undefined && { asOf }),
      ...(basis !== undefined && { basis }),
      ...(from !== undefined && { source: from }),
    },
    weight,
    weightTotal,
  };
}

type PrintedKey = RunLineView['parts'][number]['key'];

/** The census as people call it; the name of a meter says nothing to them. */
function basisText({ basis, origin }: PrintedKey): string | undefined {
  if (origin?.kind === 'usage_events') return undefined;
  return basis?.replace(/^census-(\d{4})$/, (_, year: string) =>
    textIn('de', 'billing.statement.census', { year }),
  );
}

/** In German, as all of the document. */
function originText({ basis = '' }: PrintedKey, origin: PrintedKey['origin']): string | undefined {
  if (origin === undefined) return undefined;
  if (origin.kind === 'cost_clause') return textIn('de', 'costing.origin.cost_clause');
  const { eventCount, startsOn, endsOn } = origin;
  const text = textIn('de', 'costing.origin.usage_events', {
    count: String(eventCount),
    from: germanDay(startsOn),
    to: germanDay(plusDays(endsOn, -1)),
  });
  const [, unit] = /\(([^()]+)\)$/.exec(basis) ?? [];
  return unit === undefined ? text : textIn('de', 'billing.statement.counted-in', { text, unit });
}

const UNIT_CODES: Readonly<Record<string, UnitCode>> = {
  minute: 'MIN',
  hour: 'HUR',
  day: 'DAY',
  month: 'MON',
  year: 'ANN',
};

/** What a member used and pays by price: a line for each stretch of days at one price. What costs nothing is left out. */
export function linesOfRating(item: RatedItem, period: StatementPeriod): UntaxedLine[] {
  const { serviceId, organisationId, serviceCode, serviceTitle, meter, unit } = item;
  return item.parts
    .filter(({ amountCents }) => amountCents !== 0)
    .map((part) => {
      const isCounted = /[1-9]/.test(part.quantity);
      return {
        serviceId,
        organisationId,
        runId: null,
        runPosition: null,
        usageLinks: [part.events],
        line: {
          service: { code: serviceCode, title: serviceTitle },
          text: ratedText(part, meter, period),
          quantity: isCounted ? part.quantity : '1',
          unit: isCounted ? (UNIT_CODES[unit] ?? 'C62') : 'LS',
          netCents: part.amountCents,
        },
      };
    });
}

/** Card, what was counted, and the days, where they are not the whole period. */
function ratedText({ rateCard, from, to }: RatedPartView, meter: string, period: StatementPeriod): string {
  const text = textIn('de', 'billing.statement.line.rated', { card: rateCard, meter });
  if (from === period.startsOn && to === period.endsOn) return text;
  return textIn('de', 'billing.statement.line.days', {
    text,
    from: germanDay(from),
    to: germanDay(plusDays(to, -1)),
  });
}

const germanDay = (day: string): string => day.split('-').toReversed().join('.');

/** What a document says of the VAT of a line, in German: the recipients are German bodies, whatever language the reader has. */
export function treatmentOf({ category, ratePercent, vatexCode, law }: VatInForce): VatTreatment {
  if (category === null) throw new Error('what is in review has no VAT treatment');
  if (category === 'S') return { category, ratePercent: String(ratePercent) };
  return {
    category,
    ratePercent: '0',
    ...(vatexCode !== null && { vatexCode }),
    reason: textIn('de', `billing.statement.vat-reason.${category}`, { law }),
  };
}

export function taxed({ line, ...rest }: UntaxedLine, vat: VatInForce): ChargedLine {
  return { ...rest, vatDeterminationId: vat.id, line: { ...line, vat: treatmentOf(vat) } };
}
