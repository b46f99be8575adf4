import { CENSUS, field, form, ONE_CASE } from './forms.ts';
import type { CentreSpec, ServiceSpec } from './types.ts';

const WUPPERTAL = '05124000';
const SOLINGEN = '05122000';
const REMSCHEID = '05120000';

const inspection: ServiceSpec = {
  code: 'food-inspection',
  title: 'Kontrolle eines Lebensmittelbetriebs',
  category: 'Lebensmittelüberwachung',
  description: 'Planmäßige oder anlassbezogene Kontrolle vor Ort mit Bericht und, wo nötig, Anordnung.',
  form: form('Auftrag zur Betriebskontrolle', {
    businessNumber: field.text('Betriebsnummer', 'Nummer des Betriebs im Fachverfahren.', 40),
    reason: field.choice('Anlass', 'Warum soll kontrolliert werden?', [
      'Plankontrolle',
      'Nachkontrolle',
      'Verdacht',
    ]),
    sites: field.count('Betriebsstätten', 'Zahl der Betriebsstätten, die kontrolliert werden sollen.', 20),
  }),
  usage: { meter: 'cases', unit: 'Fall', quantity: { formField: '/sites' } },
  team: 'Lebensmittelkontrolle',
  routes: [{ when: { formField: '/reason', equals: 'Verdacht' }, team: 'Tierärztlicher Dienst' }],
  checklist: [
    { id: 'report', label: 'Kontrollbericht erstellt', isRequired: true },
    { id: 'samples', label: 'Proben an das Labor gegeben', isRequired: false },
  ],
  perQuarter: { [WUPPERTAL]: 42, [SOLINGEN]: 22, [REMSCHEID]: 16 },
  sample: (random) => ({
    subject: `Betriebskontrolle B-${random.between(10_000, 99_999)}`,
    formData: {
      businessNumber: `B-${random.between(10_000, 99_999)}`,
      reason: random.pick(['Plankontrolle', 'Plankontrolle', 'Nachkontrolle', 'Verdacht']),
      sites: random.chance(80) ? 1 : random.between(2, 5),
    },
  }),
  results: [
    'Die Kontrolle ist durchgeführt, der Bericht liegt bei.',
    'Die Mängel sind behoben, der Bericht liegt bei.',
  ],
  costs: [
    { costType: 'Personal', text: 'Personalkosten Lebensmittelkontrolle', monthlyCents: 6_412_339 },
    { costType: 'Fahrzeuge', text: 'Dienstfahrzeuge', monthlyCents: 342_611 },
    { costType: 'Labor', text: 'Untersuchungsgebühren', monthlyCents: 518_203 },
  ],
};

const transport: ServiceSpec = {
  code: 'animal-transport-certificate',
  title: 'Bescheinigung für den Transport von Tieren',
  category: 'Veterinärwesen',
  description:
    'Amtliche Bescheinigung für die Beförderung lebender Tiere. Bitte reichen Sie den Antrag drei Werktage vorher ein.',
  form: form('Antrag auf Transportbescheinigung', {
    species: field.choice('Tierart', 'Welche Tiere werden befördert?', [
      'Rinder',
      'Pferde',
      'Schafe und Ziegen',
      'Geflügel',
      'Heimtiere',
    ]),
    animals: field.count('Zahl der Tiere', 'Höchste Zahl der Tiere je Fahrt.', 5000),
    departsOn: field.day('Abfahrt', 'Tag der Abfahrt.'),
  }),
  usage: ONE_CASE,
  team: 'Tierärztlicher Dienst',
  objectionDays: 5,
  perQuarter: { [WUPPERTAL]: 9, [SOLINGEN]: 7, [REMSCHEID]: 8 },
  sample: (random) => {
    const species = random.pick(['Rinder', 'Pferde', 'Schafe und Ziegen', 'Geflügel', 'Heimtiere']);
    return {
      subject: `Transportbescheinigung: ${species}`,
      formData: {
        species,
        animals: random.between(1, 60),
        departsOn: `2026-${random.pick(['07', '08', '09'])}-${random.between(10, 29)}`,
      },
    };
  },
  results: ['Die Bescheinigung ist erteilt.'],
  costs: [{ costType: 'Personal', text: 'Personalkosten tierärztlicher Dienst', monthlyCents: 1_276_447 }],
};

const complaint: ServiceSpec = {
  code: 'complaint-follow-up',
  title: 'Verbraucherbeschwerde verfolgen',
  category: 'Lebensmittelüberwachung',
  description: 'Prüfung einer Beschwerde, Kontrolle vor Ort und Rückmeldung an Ihre Kommune.',
  form: form('Verbraucherbeschwerde', {
    businessNumber: field.text(
      'Betriebsnummer',
      'Nummer des Betriebs, soweit bekannt; sonst „unbekannt“.',
      40,
    ),
    topic: field.choice('Gegenstand', 'Worüber wird geklagt?', [
      'Hygiene',
      'Kennzeichnung',
      'Verdorbene Ware',
      'Schädlinge',
    ]),
    facts: field.text('Sachverhalt', 'Was wurde wann beobachtet? Bitte keine Namen eintragen.', 4000),
  }),
  usage: ONE_CASE,
  team: 'Lebensmittelkontrolle',
  perQuarter: { [WUPPERTAL]: 15, [SOLINGEN]: 8, [REMSCHEID]: 5 },
  sample: (random) => {
    const topic = random.pick(['Hygiene', 'Kennzeichnung', 'Verdorbene Ware', 'Schädlinge']);
    return {
      subject: `Beschwerde: ${topic}`,
      formData: {
        businessNumber: `B-${random.between(10_000, 99_999)}`,
        topic,
        facts: `Bei der Kommune ging ein Hinweis zum Gegenstand ${topic} ein.`,
      },
    };
  },
  results: ['Der Beschwerde wurde nachgegangen; das Ergebnis der Kontrolle liegt bei.'],
  costs: [{ costType: 'Personal', text: 'Personalkosten Beschwerden', monthlyCents: 884_901 }],
};

export const veterinary: CentreSpec = {
  code: 'BVL',
  name: 'Bergisches Veterinär- und Lebensmittelüberwachungsamt',
  operator: SOLINGEN,
  members: [WUPPERTAL, SOLINGEN, REMSCHEID],
  teams: ['Lebensmittelkontrolle', 'Tierärztlicher Dienst'],
  services: [inspection, transport, complaint],
  agreements: [
    {
      title:
        'Öffentlich-rechtliche Vereinbarung über das gemeinsame Veterinär- und Lebensmittelüberwachungsamt',
      mode: 'delegating',
      dataProtectionRole: 'controller',
      services: ['food-inspection', 'animal-transport-certificate', 'complaint-follow-up'],
      costClause: {
        mode: 'cascade',
        tranches: [
          {
            id: 'standby',
            label: 'Vorhaltung nach festen Anteilen',
            percent: '35',
            key: { type: 'fixed', values: { [WUPPERTAL]: '54', [SOLINGEN]: '26', [REMSCHEID]: '20' } },
          },
          {
            id: 'population',
            label: 'Nach Einwohnerzahl',
            percent: '40',
            key: { type: 'population', basis: CENSUS },
          },
          { id: 'cases', label: 'Nach Fallzahl', percent: '25', key: { type: 'cases', meter: 'cases' } },
        ],
      },
    },
  ],
  invented: true,
};
