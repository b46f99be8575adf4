/** A chain of documents as it stands: what is still open of it, below zero where the member gets money back. */
export interface MatchableItem {
  /** The newest document of the chain. */
  readonly statementId: string;
  readonly chainId: string;
  readonly organisationId: string;
  /** Of the newest document. */
  readonly number: string;
  readonly openCents: number;
  /** As `openCents`, with what was written off: who pays it all the same pays what is owed. */
  readonly owedCents: number;
}

/** What is known when payments are matched. */
export interface MatchingFacts {
  /** Chains by the number of any of their documents. */
  readonly itemByNumber: ReadonlyMap<string, MatchableItem>;
  readonly itemsByMember: ReadonlyMap<string, readonly MatchableItem[]>;
  /** Members by the account they pay from. */
  readonly membersByIban: ReadonlyMap<string, readonly string[]>;
}

export interface IncomingPayment {
  /** Below zero: went out. */
  readonly amountCents: number;
  readonly text: string;
  readonly counterpartyIban: string | null;
  readonly isReversal: boolean;
}

export type MatchBasis = 'number' | 'numbers' | 'amount';

export interface ProposedMatch {
  readonly item: MatchableItem;
  readonly amountCents: number;
}

export const UNCLEAR_REASONS = [
  'BANK_REVERSAL',
  'NUMBER_UNKNOWN',
  'SEVERAL_MEMBERS',
  'PAYER_DIFFERS',
  'NOTHING_OPEN',
  'DIRECTION_DIFFERS',
  'SUM_DIFFERS',
  'PAYER_UNKNOWN',
  'PAYER_OF_SEVERAL',
  'NO_CLAIM_OF_AMOUNT',
  'SEVERAL_CLAIMS_OF_AMOUNT',
] as const;
export type UnclearReason = (typeof UNCLEAR_REASONS)[number];

export type MatchingOutcome =
  | {
      readonly kind: 'matched';
      readonly organisationId: string;
      readonly basis: MatchBasis;
      readonly matches: readonly ProposedMatch[];
      /** What is left of the payment: a credit of the member. */
      readonly creditCents: number;
    }
  | {
      readonly kind: 'unclear';
      readonly reason: UnclearReason;
      readonly candidates: readonly MatchableItem[];
    };

/**
 * Numbers of documents in the text of a transfer, each once. Banks break and join lines, people leave out hyphens and write "Rg." before
 * it; a digit too many or too few is another number, or none.
 */
export function numbersIn(text: string, centreCode: string): string[] {
  const spaced = (part: string) => Array.from(part, escaped).join(String.raw`\s*`);
  const digits = (count: number) => String.raw`((?:\d\s*){${count - 1}}\d)`;
  const gap = String.raw`[\s._/\u2010-\u2015-]*`;
  const pattern = new RegExp(
    String.raw`(?<![A-Z0-9])(?:(?:RG|RE|NR|RNR|RECHNUNG)${gap})?${spaced(centreCode.toUpperCase())}${gap}R${gap}${digits(4)}${gap}${digits(6)}(?!\d)`,
    'g',
  );
  const found = [...text.toUpperCase().matchAll(pattern)].map(([, year = '', count = '']) =>
    [centreCode, 'R', ...[year, count].map((part) => part.replaceAll(/\s/g, ''))].join('-'),
  );
  return [...new Set(found)];
}

function escaped(character: string): string {
  return character.replace(/[^A-Z0-9]/, String.raw`\$&`);
}

/**
 * What a payment is for, if that follows from what is known; else why it does not, and what it might be for. Nothing is guessed.
 * @param taken what earlier payments took of each chain since the facts were read
 */
export function matchPayment(
  payment: IncomingPayment,
  facts: MatchingFacts,
  centreCode: string,
  taken: ReadonlyMap<string, number> = new Map(),
): MatchingOutcome {
  const asOfNow = (item: MatchableItem): MatchableItem => {
    const amount = taken.get(item.chainId);
    if (amount === undefined) return item;
    const owedCents = item.owedCents - amount;
    // What was written off counts as far as nobody paid it.
    const writtenOffCents = Math.min(item.owedCents - item.openCents, Math.max(owedCents, 0));
    return { ...item, owedCents, openCents: owedCents - writtenOffCents };
  };
  const numbers = numbersIn(payment.text, centreCode);
  const named = numbers.flatMap((number) => facts.itemByNumber.get(number) ?? []).map(asOfNow);
  const payers =
    payment.counterpartyIban === null ? [] : (facts.membersByIban.get(payment.counterpartyIban) ?? []);
  const items = [...new Map(named.map((item) => [item.chainId, item])).values()];
  const unclear = (reason: UnclearReason, candidates: readonly MatchableItem[]) =>
    ({ kind: 'unclear', reason, candidates }) as const;
  if (payment.isReversal) return unclear('BANK_REVERSAL', items);
  if (numbers.length === 0) {
    const owed = payers.flatMap((id) => facts.itemsByMember.get(id) ?? []).map(asOfNow);
    return matchByAmount(payment.amountCents, payers, owed);
  }
  if (named.length < numbers.length) return unclear('NUMBER_UNKNOWN', items);
  const members = new Set(items.map(({ organisationId }) => organisationId));
  const [organisationId = ''] = members;
  if (members.size > 1) return unclear('SEVERAL_MEMBERS', items);
  if (payers.length > 0 && !payers.includes(organisationId)) return unclear('PAYER_DIFFERS', items);
  return matchNamed(payment.amountCents, organisationId, items);
}

/** Documents of one member that the payer named. */
function matchNamed(
  amountCents: number,
  organisationId: string,
  items: readonly MatchableItem[],
): MatchingOutcome {
  const unclear = (reason: UnclearReason) => ({ kind: 'unclear', reason, candidates: items }) as const;
  if (items.every(({ openCents }) => openCents === 0)) return unclear('NOTHING_OPEN');
  const sameWay = items.every(({ openCents }) => openCents !== 0 && openCents > 0 === amountCents > 0);
  const [single] = items;
  if (items.length === 1 && single !== undefined) {
    if (!sameWay) return unclear('DIRECTION_DIFFERS');
    const isAll = Math.abs(amountCents) >= Math.abs(single.owedCents);
    const matched = isAll ? single.owedCents : amountCents;
    // More was refunded than is owed: not a credit of the member, but somebody's mistake.
    if (amountCents < 0 && amountCents !== matched) return unclear('SUM_DIFFERS');
    const matches = [{ item: single, amountCents: matched }];
    return { kind: 'matched', organisationId, basis: 'number', matches, creditCents: amountCents - matched };
  }
  const sum = items.reduce((total, { openCents }) => total + openCents, 0);
  if (sum !== amountCents || !sameWay) return unclear('SUM_DIFFERS');
  const matches = items.map((item) => ({ item, amountCents: item.openCents }));
  return { kind: 'matched', organisationId, basis: 'numbers', matches, creditCents: 0 };
}

/** No number: only the one member that pays from the account, and its one claim of exactly this amount. */
function matchByAmount(
  amountCents: number,
  payers: readonly string[],
  items: readonly MatchableItem[],
): MatchingOutcome {
  const ofPayers = items.filter(({ openCents }) => openCents !== 0);
  const fitting = ofPayers.filter(({ openCents }) => openCents === amountCents);
  const unclear = (reason: UnclearReason, candidates: readonly MatchableItem[]) =>
    ({ kind: 'unclear', reason, candidates }) as const;
  const [organisationId = ''] = payers;
  if (payers.length === 0) return unclear('PAYER_UNKNOWN', []);
  if (payers.length > 1) return unclear('PAYER_OF_SEVERAL', fitting);
  const [item] = fitting;
  if (item === undefined) return unclear('NO_CLAIM_OF_AMOUNT', ofPayers);
  if (fitting.length > 1) return unclear('SEVERAL_CLAIMS_OF_AMOUNT', fitting);
  return {
    kind: 'matched',
    organisationId,
    basis: 'amount',
    matches: [{ item, amountCents }],
    creditCents: 0,
  };
}

/** Matches all payments of a file, each after the one before. */
export function matchAll(
  payments: readonly IncomingPayment[],
  facts: MatchingFacts,
  centreCode: string,
): MatchingOutcome[] {
  const taken = new Map<string, number>();
  return payments.map((payment) => {
    const outcome = matchPayment(payment, facts, centreCode, taken);
    const matches = outcome.kind === 'matched' ? outcome.matches : [];
    for (const { item, amountCents } of matches) {
      taken.set(item.chainId, (taken.get(item.chainId) ?? 0) + amountCents);
    }
    return outcome;
  });
}

/**
 * What may still be matched to a chain: money in up to what is claimed, money out up to what is owed or was paid too much.
 * @returns the least and the most
 */
export function matchableRange(claimCents: number, matchedCents: number): readonly [number, number] {
  const least = Math.min(0, claimCents) - matchedCents;
  const most = Math.max(0, claimCents) - matchedCents;
  return [Math.min(least, 0), Math.max(most, 0)];
}
