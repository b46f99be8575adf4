import type { Person } from './types.ts';

/** Offices as domains below `.example`. */
const centres = ['SOE', 'FSS', 'BVL', 'TSC', 'NL', 'ENTG'];

function underAllCentres(role: string): Record<`centre:${string}`, readonly string[]> {
  return Object.fromEntries(centres.map((code) => [`centre:${code}`, [role]]));
}

const platform: readonly Person[] = [
  { name: 'Henrike Osterkamp', office: 'verbund', hats: { platform: ['platform-admin'] } },
  { name: 'Jonas Feldhege', office: 'koordination', hats: { platform: ['coordinator'] } },
  {
    name: 'Anselm Grote',
    office: 'pruefung',
    hats: { ...underAllCentres('auditor'), 'organisation:05974016': ['auditor'] },
  },
  {
    name: 'Mechthild Farwick',
    office: 'datenschutz',
    hats: {
      ...underAllCentres('data-protection-officer'),
      'organisation:05974016': ['data-protection-officer'],
    },
  },
];

const hellweg: readonly Person[] = [
  {
    name: 'Marlies Brinkschulte',
    office: 'erwitte',
    hats: { 'centre:SOE': ['caseworker'], 'organisation:05974016': ['requester'] },
    teams: ['SOE/Beurkundung', 'SOE/Urkundenstelle'],
  },
  {
    name: 'Torben Kleinsorge',
    office: 'standesamt-hellweg',
    hats: { 'centre:SOE': ['caseworker'] },
    teams: ['SOE/Beurkundung', 'SOE/Auslandsrecht', 'SOE/Urkundenstelle'],
  },
  {
    name: 'Annegret Vollmering',
    office: 'standesamt-hellweg',
    hats: { 'centre:SOE': ['team-lead', 'catalogue-manager'] },
    teams: ['SOE/Auslandsrecht'],
  },
  {
    name: 'Ulrich Hagebölling',
    office: 'erwitte',
    hats: {
      'centre:SOE': ['finance'],
      'organisation:05974016': ['approver', 'member-finance', 'member-admin'],
    },
  },
  {
    name: 'Sabine Rüsing',
    office: 'bad-sassendorf',
    hats: { 'centre:SOE': ['centre-admin'], 'centre:FSS': ['centre-admin'] },
  },
];

const social: readonly Person[] = [
  {
    name: 'Dilara Yıldırım',
    office: 'fachstelle-soziales',
    hats: { 'centre:FSS': ['caseworker'] },
    teams: ['FSS/Leistungsgewährung', 'FSS/Eildienst'],
  },
  {
    name: 'Philipp Overhage',
    office: 'fachstelle-soziales',
    hats: { 'centre:FSS': ['caseworker', 'team-lead'] },
    teams: ['FSS/Fachberatung', 'FSS/Eildienst', 'FSS/Leistungsgewährung'],
  },
  {
    name: 'Katrin Siebelhoff',
    office: 'bad-sassendorf',
    hats: {
      'centre:FSS': ['catalogue-manager', 'finance'],
      'organisation:05974008': ['approver', 'member-finance', 'member-admin'],
    },
  },
];

const bergisch: readonly Person[] = [
  {
    name: 'Friederike Ahlenbeck',
    office: 'veterinaeramt-bergisch',
    hats: { 'centre:BVL': ['caseworker', 'team-lead'] },
    teams: ['BVL/Tierärztlicher Dienst', 'BVL/Lebensmittelkontrolle'],
  },
  {
    name: 'Marek Nowicki',
    office: 'veterinaeramt-bergisch',
    hats: { 'centre:BVL': ['caseworker'] },
    teams: ['BVL/Lebensmittelkontrolle'],
  },
  {
    name: 'Gesine Terhardt',
    office: 'solingen',
    hats: {
      'centre:BVL': ['centre-admin', 'catalogue-manager'],
      'centre:TSC': ['centre-admin', 'catalogue-manager'],
    },
  },
  {
    name: 'Holger Wippermann',
    office: 'wuppertal',
    hats: {
      'centre:BVL': ['finance'],
      'centre:TSC': ['finance'],
      'organisation:05124000': ['approver', 'member-finance', 'member-admin'],
    },
  },
  {
    name: 'Svenja Dornseif',
    office: 'telefonservice-bergisch',
    hats: { 'centre:TSC': ['caseworker'] },
    teams: ['TSC/Gesprächsservice'],
  },
  {
    name: 'Bülent Karaca',
    office: 'telefonservice-bergisch',
    hats: { 'centre:TSC': ['caseworker', 'team-lead'] },
    teams: ['TSC/Leitstand', 'TSC/Gesprächsservice'],
  },
];

const nordlippe: readonly Person[] = [
  {
    name: 'Lukas Brandmöller',
    office: 'nordlippe',
    hats: { 'centre:NL': ['caseworker', 'team-lead'] },
    teams: ['NL/Gebäude und Energie', 'NL/Ortsentwicklung'],
  },
  {
    name: 'Imke Sonneborn',
    office: 'nordlippe',
    hats: { 'centre:NL': ['centre-admin', 'catalogue-manager'] },
  },
  {
    name: 'Renate Tölle',
    office: 'kalletal',
    hats: {
      'centre:NL': ['finance'],
      'organisation:05766036': ['approver', 'member-finance', 'member-admin'],
    },
  },
];

const payroll: readonly Person[] = [
  {
    name: 'Claudia Westarp',
    office: 'entgeltzentrum',
    hats: { 'centre:ENTG': ['caseworker', 'team-lead'] },
    teams: ['ENTG/Abrechnung', 'ENTG/Besoldung'],
  },
  {
    name: 'Edda Kuhlmann',
    office: 'entgeltzentrum',
    hats: { 'centre:ENTG': ['centre-admin', 'catalogue-manager'] },
  },
  { name: 'Torsten Wibbeke', office: 'remscheid', hats: { 'centre:ENTG': ['finance'] } },
];

const inSmallOffice = ['requester', 'approver', 'member-finance', 'member-admin'];

const members: readonly Person[] = [
  { name: 'Stefan Rellinghaus', office: 'anroechte', hats: { 'organisation:05974004': inSmallOffice } },
  { name: 'Corinna Dahlhoff', office: 'bad-sassendorf', hats: { 'organisation:05974008': ['requester'] } },
  { name: 'Bernd Schulze-Ising', office: 'lippetal', hats: { 'organisation:05974024': inSmallOffice } },
  { name: 'Emel Aksoy', office: 'wuppertal', hats: { 'organisation:05124000': ['requester'] } },
  { name: 'Ralf Kottsieper', office: 'solingen', hats: { 'organisation:05122000': inSmallOffice } },
  { name: 'Yvonne Halbach', office: 'remscheid', hats: { 'organisation:05120000': inSmallOffice } },
  { name: 'Dirk Meierjohann', office: 'barntrup', hats: { 'organisation:05766012': inSmallOffice } },
  { name: 'Heike Strathmann', office: 'doerentrup', hats: { 'organisation:05766024': inSmallOffice } },
  { name: 'Sören Kallmeyer', office: 'extertal', hats: { 'organisation:05766028': inSmallOffice } },
  { name: 'Wiebke Nolting', office: 'kalletal', hats: { 'organisation:05766036': ['requester'] } },
  { name: 'Thorben Ahrens', office: 'osterode', hats: { 'organisation:03159026': inSmallOffice } },
];

/** All invented. Some wear several hats, as in life. */
export const people: readonly Person[] = [
  ...platform,
  ...hellweg,
  ...social,
  ...bergisch,
  ...nordlippe,
  ...payroll,
  ...members,
];

const LETTERS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ı: 'i' };

/** Address in a domain that never exists (RFC 2606). */
export function emailOf({ name, office }: Person): string {
  const local = name
    .toLowerCase()
    .replace(/[äöüßı]/g, (letter) => LETTERS[letter] ?? letter)
    .replaceAll(' ', '.');
  return `${local}@${office}.example`;
}
