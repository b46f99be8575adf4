import { vatFor } from '../../src/modules/billing/index.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import type { DomainError } from '../../src/platform/errors.ts';
import type { Caller } from './app.ts';
import { must } from './services.ts';

export interface VatBody {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly version: number;
  readonly contentHash: string;
  readonly validTo: string | null;
  readonly organisationIds: readonly string[];
  readonly availableActions: readonly string[];
  readonly outcome: {
    readonly result: string;
    readonly rule: string;
    readonly ratePercent: number | null;
    readonly trace: readonly string[];
  };
  readonly review: { readonly reason: string; readonly todo: string } | null;
  readonly facts: { readonly groupForecastCents: number | null } | null;
  readonly coverage: readonly {
    readonly organisationId: string;
    readonly holdsTo: string | null;
    readonly supersededBy: string | null;
  }[];
}

/** Decided at S3 by a private-law contract: taxable at 19 %, whatever the year. */
export const TAXABLE_FACTS = {
  consideration: true,
  sameLegalEntity: false,
  providerType: 'PUBLIC_LAW',
  recipientType: 'PUBLIC_LAW',
  legacyOption: false,
  basis: 'PRIVATE',
  smallBusinessWaived: true,
  previousYearTurnoverCents: 30_000_000,
  yearToDateTurnoverCents: 6_000_000,
};

/** Out of scope under the legacy option until the end of 2026, and by nothing after it. */
export const LEGACY_FACTS = {
  ...TAXABLE_FACTS,
  basis: 'PUBLIC',
  legacyOption: true,
  legacyClass: 'NON_BGA',
  groupForecastCents: 5_000_000,
};

/** A forecast is what is missing. */
export const OPEN_FACTS = { ...TAXABLE_FACTS, basis: 'PUBLIC' };

const EVIDENCE = [
  {
    kind: 'agreement',
    title: 'Öffentlich-rechtliche Vereinbarung',
    date: '2025-06-01',
    fileNumber: '10-24-03',
  },
];

export const determination = (
  serviceId: string,
  organisationIds: readonly string[],
  change: object = {},
) => ({
  serviceId,
  organisationIds,
  validFrom: '2026-01-01',
  validTo: '2027-01-01',
  facts: TAXABLE_FACTS,
  grounds: 'Privatrechtlicher Vertrag',
  evidence: EVIDENCE,
  ...change,
});

export const determine = (caller: Caller, body: object): Promise<VatBody> =>
  must<VatBody>(caller, 'POST', '/vat-determinations', body);

type Step = Pick<VatBody, 'id' | 'version'>;

/** Any step of a determination, with the ETag of the state given. */
export function vatStep(caller: Caller, { id, version }: Step, action: string, body: object = {}) {
  return caller.call('POST', `/vat-determinations/${id}/actions/${action}`, body, {
    'if-match': `"${version}"`,
  });
}

export async function vatMust(
  caller: Caller,
  made: Step,
  action: string,
  body: object = {},
): Promise<VatBody> {
  const answer = await vatStep(caller, made, action, body);
  if (answer.statusCode !== 200) throw new Error(`${action}: ${answer.statusCode} ${answer.body}`);
  return answer.json();
}

/** From the facts to what is in force, with a second pair of eyes. */
export async function inForce(maker: Caller, second: Caller, body: object): Promise<VatBody> {
  const submitted = await vatMust(maker, await determine(maker, body), 'submit');
  return vatMust(second, submitted, 'approve', { contentHash: submitted.contentHash });
}

/** What statements would be told: number and rate, or the code of the refusal. */
export async function askVat(
  db: Parameters<typeof withHatTx>[0],
  caller: Caller,
  question: Omit<Parameters<typeof vatFor>[1], 'centreId'>,
): Promise<string> {
  const centreId = caller.hat.id;
  try {
    const found = await withHatTx(db, caller.context, (tx) => vatFor(tx, { ...question, centreId }));
    return `${found.number} ${found.ratePercent}`;
  } catch (error) {
    return (error as DomainError).code;
  }
}
