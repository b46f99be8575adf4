import type { Package, Tier } from './rate-models.rules.ts';
import type { Price } from './rate-values.rules.ts';

/** A price of a rate card, by service and meter. Which of the optional fields a model needs is said by the rules. */
export interface RatePrice {
  serviceId: string;
  meter: string;
  unit: string;
  model: 'flat' | 'unit' | 'graduated' | 'volume' | 'package' | 'percentage' | 'hourly';
  unitCents?: Price;
  tiers?: Tier[];
  package?: Package;
  percent?: string;
  minimumCents?: number;
  maximumCents?: number;
}
