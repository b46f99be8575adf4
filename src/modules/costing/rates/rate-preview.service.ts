import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { coveredDaysOf } from '../../agreements/index.ts';
import { usageTotalsOfServices } from '../../usage/index.ts';
import { assertPrices } from './rate-card-actions.service.ts';
import { cardNotFound } from './rate-card-versions.views.ts';
import * as repo from './rate-cards.repo.ts';
import type { Days } from './rate-days.rules.ts';
import { piecesOf } from './rate-pieces.rules.ts';
import { previewDays } from './rate-preview.days.ts';
import { comparePrices, type PreviewLine, stretchesAsIf, sumsOf } from './rate-preview.rules.ts';
import type { PreviewRates, RatePreview } from './rate-preview.schemas.ts';
import { previewViews } from './rate-preview.views.ts';
import { plainPrices } from './rate-prices.rules.ts';
import type { PriceVersion } from './rate-stretches.rules.ts';
import { readUsage } from './rate-usage.service.ts';

/**
 * What members would have paid by a version or by prices not yet written down, beside the present version of the card, on the usage of
 * past days. The database itself refuses to write anything meanwhile.
 */
export async function previewRates(db: Database, ctx: HatContext, input: PreviewRates): Promise<RatePreview> {
  const days = previewDays(input, ctx.now);
  return withHatTx(db, ctx, async (tx) => {
    await tx.sql`set transaction read only`;
    // First the card: under a hat that does not see it, it is not there.
    const { rateCard, present, preview } = await versionsOf(tx, ctx, input);
    const centreId = ownCentre(ctx, input.centreId);
    const lines = await compare(tx, centreId, days, { present, preview }, input.organisationIds);
    return {
      ...days,
      rateCard,
      presentNumber: present?.number ?? null,
      ...sumsOf(lines),
      ...(await previewViews(tx, { centreId, days, hasPresent: present !== undefined }, lines)),
    };
  });
}

interface Versions {
  readonly present: PriceVersion | undefined;
  readonly preview: PriceVersion;
}

async function versionsOf(
  tx: HatTx,
  ctx: HatContext,
  { rateCardId, number, interval, prices }: PreviewRates,
): Promise<Versions & { rateCard: string | null }> {
  const card = rateCardId === undefined ? undefined : await repo.findCard(tx, rateCardId, dayOf(ctx.now));
  if (rateCardId !== undefined && card === undefined) throw cardNotFound();
  const rateCard = card?.name ?? null;
  const named = (row: repo.VersionRow): PriceVersion => ({ ...row, rateCard: rateCard ?? '' });
  const latest = card && (await presentVersion(tx, card));
  const present = latest && named(latest);
  if (prices !== undefined && interval !== undefined) {
    const plain = plainPrices(prices);
    await assertPrices(tx, ctx.hat.id, plain);
    const preview = { id: null, number: null, rateCard: rateCard ?? '', interval, prices: plain };
    return { rateCard, present, preview };
  }
  const row = card && (await repo.findVersion(tx, card.id, number ?? 0));
  if (row === undefined) throw cardNotFound();
  return { rateCard, present, preview: named(row) };
}

/** The version that holds today, else the one that began last. */
async function presentVersion(
  tx: HatTx,
  { id, numberToday }: { id: string; numberToday: number | null },
): Promise<repo.VersionRow | undefined> {
  return numberToday === null ? repo.findLatest(tx, id) : repo.findVersion(tx, id, numberToday);
}

async function compare(
  tx: HatTx,
  centreId: string,
  days: Days,
  { present, preview }: Versions,
  named: readonly string[] | undefined,
): Promise<PreviewLine[]> {
  const serviceIds = [
    ...new Set([...preview.prices, ...(present?.prices ?? [])].map((price) => price.serviceId)),
  ];
  const chosen = named && new Set(named.map((id) => id.toLowerCase()));
  const covered = await coveredDaysOf(tx, centreId, serviceIds, days.from, days.to);
  const before = present === undefined ? [] : stretchesAsIf(present, covered, days, chosen);
  const after = stretchesAsIf(preview, covered, days, chosen);
  const all = [...before, ...after];
  const usageOf = await readUsage(tx, { centreId }, all, piecesOf(all));
  const used = await usageTotalsOfServices(tx, { centreId, serviceIds, ...days });
  const meant = used.filter(({ organisationId }) => chosen?.has(organisationId) ?? true);
  return comparePrices(before, after, meant, usageOf);
}
