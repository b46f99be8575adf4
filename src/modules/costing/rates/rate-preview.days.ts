import { dayOf, type Moment } from '../../../platform/clock.ts';
import { DomainError } from '../../../platform/errors.ts';
import { VALIDATION_FAILED } from '../../../platform/json.errors.ts';
import { countDays, type Days, intervalOf } from './rate-days.rules.ts';
import type { PreviewRates } from './rate-preview.schemas.ts';

/** Two years: long enough for any comparison, short enough to be read. */
const LONGEST_DAYS = 732;

/** @throws DomainError VALIDATION_FAILED where it is not said once what to preview, and on which days */
export function previewDays(
  { number, prices, interval, rateCardId, from, to }: PreviewRates,
  now: Moment,
): Days {
  const isStored = number !== undefined && rateCardId !== undefined && !prices && !interval;
  const isTyped = prices !== undefined && interval !== undefined && number === undefined;
  if (!isStored && !isTyped)
    throw invalid('/number', 'must be given with rateCardId, or interval and prices, and not both');
  const thisYear = intervalOf(dayOf(now), 'year');
  const lastYear = { from: `${Number(thisYear.from.slice(0, 4)) - 1}-01-01`, to: thisYear.from };
  const days = from === undefined && to === undefined ? lastYear : { from: from ?? '', to: to ?? '' };
  if (days.from === '' || days.from >= days.to) throw invalid('/to', 'must be after from, and both be given');
  if (countDays(days) > LONGEST_DAYS) throw invalid('/to', `is more than ${LONGEST_DAYS} days after from`);
  return days;
}

function invalid(pointer: string, detail: string): DomainError {
  return new DomainError(VALIDATION_FAILED, `${pointer} ${detail}.`, {
    errors: [{ pointer, code: 'PREVIEW', detail }],
  });
}
