import type { BillingProfile, BillingRecipient, VatInput } from '../../modules/billing/index.ts';
import type { Ags, CentreSpec } from './types.ts';

/** Addresses, identifiers and accounts of the demo: of the right form, and nobody's. */

type Facts = Omit<VatInput, 'serviceDay'>;

export interface VatSpec {
  readonly facts: Facts;
  readonly grounds: string;
}

const PUBLIC: Facts = {
  consideration: true,
  sameLegalEntity: false,
  providerType: 'PUBLIC_LAW',
  recipientType: 'PUBLIC_LAW',
  legacyOption: false,
  legacyClass: null,
  basis: 'PUBLIC',
  groupForecastCents: 5_000_000,
  smallBusinessWaived: true,
  previousYearTurnoverCents: 20_000_000,
  yearToDateTurnoverCents: 5_000_000,
};

const COOPERATION: Facts = { ...PUBLIC, cooperation: { a: true, b: true, c: true, d: true } };
const DELEGATION: VatSpec = {
  facts: { ...PUBLIC, delegation: true, dischargeDecisive: true },
  grounds: 'Die Aufgabe geht durch öffentlich-rechtliche Vereinbarung mit befreiender Wirkung über.',
};

/** What finance staff of each centre assert about its services. Invented, and chosen so that each way of the law is seen. */
const VAT: Readonly<Record<string, VatSpec>> = {
  SOE: DELEGATION,
  FSS: DELEGATION,
  BVL: {
    facts: { ...PUBLIC, reservedByLaw: true },
    grounds: 'Die amtliche Lebensmittelkontrolle ist Behörden durch Gesetz vorbehalten.',
  },
  TSC: {
    facts: { ...COOPERATION, legacyOption: true, legacyClass: 'NON_BGA', competitionCheck: 'DISTORTION' },
    grounds: 'Die Option ist erklärt; private Telefondienste sind ab 2027 als Wettbewerb anzusehen.',
  },
  NL: {
    facts: { ...COOPERATION, competitionCheck: 'NONE' },
    grounds:
      'Langfristige Satzung, gemeinsame Infrastruktur, nur Kosten, gleichartige Leistungen; kein Wettbewerb.',
  },
  ENTG: {
    facts: { ...PUBLIC, basis: 'PRIVATE', legacyOption: false },
    grounds: 'Privatrechtlicher Dienstleistungsvertrag.',
  },
};

export function vatOf({ code }: CentreSpec): VatSpec {
  const spec = VAT[code];
  if (spec === undefined) throw new Error(`nobody determined the VAT of ${code}`);
  return spec;
}

/** The municipality that runs the centre sends itself no supply. */
export function ownVatOf(spec: CentreSpec): VatSpec {
  return {
    facts: { ...vatOf(spec).facts, sameLegalEntity: true },
    grounds: 'Träger des Zentrums und Empfänger sind dieselbe Körperschaft.',
  };
}

const ADDRESS = { street: 'Musterstraße 1', postCode: '00000', country: 'DE' };

export function profileOf(spec: CentreSpec, operatorName: string): BillingProfile {
  const office = domainOf(operatorName);
  const email = `abrechnung@${office}`;
  return {
    seller: {
      name: operatorName,
      centreName: spec.name,
      identifier: `${spec.code}-DEMO`,
      address: { ...ADDRESS, city: placeOf(operatorName) },
      contact: { name: 'Finanzbuchhaltung', phone: '+49 0000 0000-0', email },
      electronicAddress: { scheme: 'EM', value: email },
      bank: { holder: `Kasse ${placeOf(operatorName)}`, iban: ibanOf(spec.operator, spec.code.length) },
      taxNumber: '000/0000/0000',
      vatId: 'DE136695976',
    },
    paymentDays: 30,
  };
}

/** Members fetch their documents: the demo sends no mail. */
export function recipientOf(ags: Ags, name: string): Omit<BillingRecipient, 'organisationId'> {
  const leitwegId = leitwegIdOf(ags);
  return {
    buyer: {
      name,
      department: 'Kämmerei',
      address: { ...ADDRESS, city: placeOf(name) },
      leitwegId,
      electronicAddress: { scheme: '0204', value: leitwegId },
    },
    email: null,
    formats: [],
  };
}

/** `Erwitte, Stadt` is in Erwitte. */
const placeOf = (name: string): string => name.split(',')[0] ?? name;

const UMLAUTS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };

const domainOf = (name: string): string =>
  `${placeOf(name)
    .toLowerCase()
    .replace(/[äöüß]/g, (letter) => UMLAUTS[letter] ?? '')
    .replace(/[^a-z]+/g, '-')}.example`;

const DIGITS = (text: string): bigint =>
  BigInt(text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55)));

/** With the check digits of ISO 7064 (98 less the remainder), as KoSIT describes them. */
function leitwegIdOf(ags: Ags): string {
  const check = 98n - ((DIGITS(`${ags}DEMO`) * 100n) % 97n);
  return `${ags}-DEMO-${check.toString().padStart(2, '0')}`;
}

/** Of a bank code that is used in examples. */
function ibanOf(ags: Ags, variant: number): string {
  const account = `12030000${variant}0${ags}`;
  const check = 98n - (DIGITS(`${account}DE00`) % 97n);
  return `DE${check.toString().padStart(2, '0')}${account}`;
}
