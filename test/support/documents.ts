import type { Netting } from '../../src/modules/billing/documents/document.types.ts';
import {
  type DocumentDraft,
  type DocumentLine,
  type PrecedingDocument,
  type StatementDocument,
  type VatTreatment,
  withTotals,
} from '../../src/modules/billing/documents/index.ts';
import { apportion, formatFraction } from '../../src/platform/money/index.ts';

export const STANDARD: VatTreatment = { category: 'S', ratePercent: '19' };
export const REDUCED: VatTreatment = { category: 'S', ratePercent: '7' };
export const EXEMPT: VatTreatment = {
  category: 'E',
  ratePercent: '0',
  vatexCode: 'VATEX-EU-132-1F',
  reason: 'Steuerfrei nach § 4 Nr. 29 UStG (Kostenteilungsgemeinschaft)',
};
export const OUT_OF_SCOPE: VatTreatment = {
  category: 'O',
  ratePercent: '0',
  vatexCode: 'VATEX-EU-O',
  reason: 'Nicht steuerbar nach § 2b Abs. 3 Nr. 2 UStG (langfristige öffentlich-rechtliche Vereinbarung)',
};

/** Check digits as the KoSIT describes them, apart from the code under test: 98 - (n * 100 mod 97). */
export function leitwegId(coarse: string, fine: string): string {
  const digits = `${coarse}${fine}`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  const check = 98n - ((BigInt(digits) * 100n) % 97n);
  return `${coarse}-${fine}-${check.toString().padStart(2, '0')}`;
}

export const seller: DocumentDraft['seller'] = {
  name: 'Stadt Lindenau',
  centreName: 'Servicezentrum Börde',
  identifier: 'KRED-70412',
  address: { street: 'Rathausplatz 1', postCode: '59494', city: 'Lindenau', country: 'DE' },
  contact: { name: 'Jördis Weßling', phone: '+49 2921 103-0', email: 'abrechnung@lindenau.example' },
  electronicAddress: { scheme: 'EM', value: 'abrechnung@lindenau.example' },
  bank: { holder: 'Stadtkasse Lindenau', iban: 'DE02120300000000202051', bic: 'BYLADEM1001' },
  taxNumber: '343/5800/0000',
};

export const buyer: DocumentDraft['buyer'] = {
  name: 'Gemeinde Ahsetal',
  department: 'Fachbereich Finanzen',
  address: { street: 'Bahnhofstraße 7', postCode: '59510', city: 'Ahsetal', country: 'DE' },
  leitwegId: leitwegId('059740028028', 'FIN01'),
  electronicAddress: { scheme: '0204', value: leitwegId('059740028028', 'FIN01') },
};

export interface TrancheSample {
  readonly label: string;
  readonly percent: number;
  readonly key: string;
  /** Of all members; the first is the buyer. */
  readonly weights: readonly number[];
}

export interface ServiceSample {
  readonly code: string;
  readonly title: string;
  readonly poolCents: number;
  readonly tranches: readonly TrancheSample[];
  readonly vat: VatTreatment;
}

/** The buyer's lines of a service, shared out by the rule of the house: pool to tranches, each tranche to members. */
export function linesOf({ code, title, poolCents, tranches, vat }: ServiceSample): DocumentLine[] {
  const amounts = apportion(
    BigInt(poolCents),
    tranches.map(({ percent }, at) => ({ id: String(at), weight: BigInt(percent) })),
  );
  return tranches.map(({ label, percent, key, weights }, at): DocumentLine => {
    const tranche = amounts.find(({ id }) => id === String(at))?.amount ?? 0n;
    const members = weights.map((weight, member) => ({
      id: String(member).padStart(3, '0'),
      weight: BigInt(weight),
    }));
    const total = members.reduce((sum, { weight }) => sum + weight, 0n);
    const [own] = apportion(tranche, members);
    if (own === undefined) throw new Error('no member');
    return {
      service: { code, title },
      text: label,
      quantity: '1',
      unit: 'LS',
      netCents: Number(own.amount),
      vat,
      derivation: {
        poolCents,
        exactCents: formatFraction(tranche * BigInt(weights[0] ?? 0), total),
        roundingCents: own.rounding,
        parts: [
          {
            label,
            percent: String(percent),
            trancheCents: Number(tranche),
            key: {
              type: key,
              asOf: '2025-12-31',
              basis: 'Zensus 2022',
              source: 'IT.NRW, Bevölkerungsstand',
            },
            weight: String(weights[0]),
            weightTotal: String(total),
          },
        ],
      },
    };
  });
}

/** The buyer's line of a service whose clause rounds once, over the combined shares of all tranches. */
export function compositeLineOf({ code, title, poolCents, tranches, vat }: ServiceSample): DocumentLine {
  const totals = tranches.map(({ weights }) => weights.reduce((sum, weight) => sum + BigInt(weight), 0n));
  const product = totals.reduce((all, total) => all * total, 1n);
  const members = (tranches[0]?.weights ?? []).map((_, member) => ({
    id: String(member).padStart(3, '0'),
    weight: tranches.reduce(
      (sum, { percent, weights }, at) =>
        sum + (BigInt(percent) * BigInt(weights[member] ?? 0) * product) / (totals[at] ?? 1n),
      0n,
    ),
  }));
  const [own] = apportion(BigInt(poolCents), members);
  const [first, ...rest] = tranches.map(({ label, percent, key, weights }, at) => ({
    label,
    percent: String(percent),
    trancheCents: null,
    key: { type: key },
    weight: String(weights[0]),
    weightTotal: String(totals[at]),
  }));
  if (own === undefined || first === undefined) throw new Error('no member or no tranche');
  const exact = [BigInt(poolCents) * (members[0]?.weight ?? 0n), 100n * product] as const;
  return {
    service: { code, title },
    text: 'gemeinsam gerundet',
    quantity: '1',
    unit: 'LS',
    netCents: Number(own.amount),
    vat,
    derivation: {
      poolCents,
      exactCents: formatFraction(...exact),
      roundingCents: own.rounding,
      parts: [first, ...rest],
    },
  };
}

const POPULATION = [12_118, 17_340, 9_875, 25_412, 11_903, 49_211];
const CASES = [431, 611, 0, 1_204, 377, 2_018];

export function serviceSamples(vat: VatTreatment): ServiceSample[] {
  const key = (label: string, percent: number, type: string, weights: readonly number[]): TrancheSample => ({
    label,
    percent,
    key: type,
    weights,
  });
  return [
    {
      code: 'VERG-01',
      title: 'Zentrale Vergabestelle',
      poolCents: 31_284_599,
      vat,
      tranches: [
        key('Bereitschaft', 40, 'equal', [1, 1, 1, 1, 1, 1]),
        key('Vergabeverfahren', 60, 'cases', CASES),
      ],
    },
    {
      code: 'DSB-01',
      title: 'Gemeinsamer Datenschutzbeauftragter',
      poolCents: 9_640_001,
      vat,
      tranches: [key('Grundbetreuung', 100, 'population', POPULATION)],
    },
    {
      code: 'BEIH-02',
      title: 'Beihilfesachbearbeitung',
      poolCents: 18_330_777,
      vat,
      tranches: [
        key('Sockel', 25, 'population', POPULATION),
        key('Anträge', 75, 'cases', CASES.toReversed()),
      ],
    },
  ];
}

/** A document that stands up to every check; `change` makes another one of it. */
export function sampleDocument(
  vat: VatTreatment = OUT_OF_SCOPE,
  change: Partial<DocumentDraft> = {},
): StatementDocument {
  const { category } = vat;
  return withTotals({
    kind: 380,
    number: 'SZB-2026-000123',
    issuedOn: '2026-11-20',
    dueOn: '2026-12-20',
    period: { startsOn: '2026-01-01', endsOn: '2027-01-01' },
    agreementReference: 'ÖRV 2024/07, GV. NRW. Anlage 3',
    seller: category === 'O' ? seller : { ...seller, vatId: 'DE136695976' },
    buyer,
    preceding: [],
    lines: serviceSamples(vat).flatMap(linesOf),
    notes: [],
    ...change,
  });
}

export const INSTALMENTS: DocumentDraft['preceding'] = [1, 2, 3, 4].map((quarter) => ({
  number: `SZB-2026-0000${quarter}7`,
  kind: 326,
  issuedOn: `2026-0${quarter * 2}-15`,
  grossCents: 2_000_000,
  prepaidCents: 2_000_000,
  prepaidVatCents: 0,
}));

/** One document for each kind and category that the centre sends, by name. */
export function allSamples(): Record<string, StatementDocument> {
  const preceding: PrecedingDocument[] = [
    {
      number: 'SZB-2026-000101',
      kind: 380,
      issuedOn: '2026-10-01',
      grossCents: 9_876_543,
      prepaidCents: 0,
      prepaidVatCents: 0,
    },
  ];
  const taxed = INSTALMENTS.map((before) => ({ ...before, prepaidVatCents: 319_328 }));
  const mixed = [STANDARD, REDUCED, EXEMPT].flatMap((vat, at) =>
    linesOf(serviceSamples(vat)[at] as ServiceSample),
  );
  return {
    '380-O': sampleDocument(),
    '380-S': sampleDocument(STANDARD),
    '380-E': sampleDocument(EXEMPT),
    '380-mixed': sampleDocument(STANDARD, { lines: mixed, notes: ['Umlage & Abrechnung < 2 Jahre'] }),
    '380-O-composite': sampleDocument(OUT_OF_SCOPE, {
      lines: serviceSamples(OUT_OF_SCOPE).map(compositeLineOf),
    }),
    '380-O-prepaid': sampleDocument(OUT_OF_SCOPE, { preceding: INSTALMENTS }),
    '380-S-prepaid': sampleDocument(STANDARD, { preceding: taxed }),
    '380-S-one-prepaid': sampleDocument(STANDARD, { preceding: taxed.slice(0, 1) }),
    '380-S-refund': sampleDocument(STANDARD, {
      preceding: taxed.map((before) => ({ ...before, grossCents: 9_900_000, prepaidCents: 9_900_000 })),
    }),
    '380-O-netted': sampleDocument(OUT_OF_SCOPE, { lines: nettedLines(OUT_OF_SCOPE) }),
    '380-O-repaid': sampleDocument(OUT_OF_SCOPE, { lines: repaidLines(OUT_OF_SCOPE) }),
    '326-O': sampleDocument(OUT_OF_SCOPE, { kind: 326, lines: instalmentLines(OUT_OF_SCOPE) }),
    '326-S': sampleDocument(STANDARD, { kind: 326, lines: instalmentLines(STANDARD) }),
    '381-O': sampleDocument(OUT_OF_SCOPE, { kind: 381, preceding }),
    '381-S': sampleDocument(STANDARD, { kind: 381, preceding }),
    '384-S': sampleDocument(STANDARD, { kind: 384, preceding }),
    '384-S-paid': sampleDocument(STANDARD, { kind: 384, preceding, paidCents: 7_400 }),
    '384-E-negative-line': sampleDocument(EXEMPT, {
      kind: 384,
      preceding,
      lines: [...sampleDocument(EXEMPT).lines, ...linesOf({ ...creditService, vat: EXEMPT })],
    }),
  };
}

const creditService: Omit<ServiceSample, 'vat'> = {
  code: 'FOER-01',
  title: 'Anrechnung der Landesförderung',
  poolCents: -1_000_000,
  tranches: [{ label: 'Förderung', percent: 100, key: 'population', weights: POPULATION }],
};

/** Of the first service a grant and a refund are set off, of the last a grant; the pools are the same. */
export function nettedLines(vat: VatTreatment): DocumentLine[] {
  return linesWith(vat, {
    'VERG-01': {
      costCents: 36_104_599,
      deductions: [
        { type: 'grant', label: 'Landesförderung interkommunale Zusammenarbeit', amountCents: 4_320_000 },
        { type: 'other_income', label: 'Erstattungen', amountCents: 500_000 },
      ],
    },
    'BEIH-02': {
      costCents: 20_330_777,
      deductions: [{ type: 'grant', label: 'Zuweisung Kreis', amountCents: 2_000_000 }],
    },
  });
}

/** Of the first service a grant is set off and another one was paid back, as was income; of the last a grant was paid back. */
export function repaidLines(vat: VatTreatment): DocumentLine[] {
  return linesWith(vat, {
    'VERG-01': {
      costCents: 35_054_599,
      deductions: [
        { type: 'grant', label: 'Landesmittel', amountCents: -500_000 },
        { type: 'grant', label: 'Zuweisung Kreis', amountCents: 4_320_000 },
        { type: 'other_income', label: 'Erstattungen', amountCents: -50_000 },
      ],
    },
    'BEIH-02': {
      costCents: 17_830_777,
      deductions: [{ type: 'grant', label: 'Landesmittel', amountCents: -500_000 }],
    },
  });
}

function linesWith(vat: VatTreatment, nettings: Readonly<Record<string, Netting>>): DocumentLine[] {
  return serviceSamples(vat)
    .flatMap(linesOf)
    .map((line) => {
      const netting = nettings[line.service.code];
      if (netting === undefined || line.derivation === undefined) return line;
      return { ...line, derivation: { ...line.derivation, netting } };
    });
}

/** The first of four instalments on the same shares. */
export function instalmentLines(vat: VatTreatment): DocumentLine[] {
  return serviceSamples(vat)
    .flatMap(linesOf)
    .map((line) => ({
      ...line,
      netCents: Math.ceil(line.netCents / 4),
      ...(line.derivation && { derivation: { ...line.derivation, instalment: { number: 1, count: 4 } } }),
    }));
}
