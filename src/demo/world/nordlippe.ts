import { CENSUS, field, form, ONE_CASE } from './forms.ts';
import type { CentreSpec, ServiceSpec } from './types.ts';

const BARNTRUP = '05766012';
const DOERENTRUP = '05766024';
const EXTERTAL = '05766028';
const KALLETAL = '05766036';

const buildings: ServiceSpec = {
  code: 'building-energy',
  title: 'Gebäude- und Energiemanagement',
  category: 'Gebäude und Energie',
  description: 'Energiebericht, Begehung oder Sanierungsvorschlag für ein kommunales Gebäude.',
  form: form('Auftrag zum Gebäude- und Energiemanagement', {
    building: field.text('Gebäude', 'Bezeichnung des Gebäudes, zum Beispiel „Grundschule Nord“.', 120),
    task: field.choice('Aufgabe', 'Was soll erledigt werden?', [
      'Energiebericht',
      'Begehung',
      'Sanierungsvorschlag',
      'Störung',
    ]),
    area: field.count('Nutzfläche in m²', 'Nutzfläche laut Gebäudekartei.', 50_000),
  }),
  usage: ONE_CASE,
  team: 'Gebäude und Energie',
  perQuarter: { [BARNTRUP]: 7, [DOERENTRUP]: 6, [EXTERTAL]: 8, [KALLETAL]: 9 },
  sample: (random) => {
    const building = random.pick(['Rathaus', 'Grundschule', 'Turnhalle', 'Feuerwehrhaus', 'Bauhof']);
    const task = random.pick(['Energiebericht', 'Begehung', 'Sanierungsvorschlag', 'Störung']);
    return {
      subject: `${task}: ${building}`,
      formData: { building, task, area: random.between(2, 45) * 100 },
    };
  },
  results: ['Der Bericht liegt bei.', 'Die Begehung ist erfolgt, das Protokoll liegt bei.'],
  costs: [
    { costType: 'Personal', text: 'Energiemanagement, 1,5 Stellen', monthlyCents: 893_671 },
    { costType: 'IT', text: 'Verbrauchserfassung', monthlyCents: 46_103 },
  ],
};

const vacancies: ServiceSpec = {
  code: 'vacancy-management',
  title: 'Leerstandsmanagement',
  category: 'Ortsentwicklung',
  description: 'Aufnahme eines Leerstands, Ansprache der Eigentümerseite und Vermittlung von Interessierten.',
  form: form('Meldung eines Leerstands', {
    parcel: field.text('Flurstück', 'Gemarkung, Flur und Flurstück; bitte keine Namen eintragen.', 120),
    kind: field.choice('Art', 'Was steht leer?', ['Ladenlokal', 'Wohngebäude', 'Gaststätte', 'Gewerbehalle']),
  }),
  usage: ONE_CASE,
  team: 'Ortsentwicklung',
  perQuarter: { [BARNTRUP]: 5, [DOERENTRUP]: 4, [EXTERTAL]: 6, [KALLETAL]: 5 },
  sample: (random) => {
    const kind = random.pick(['Ladenlokal', 'Wohngebäude', 'Gaststätte', 'Gewerbehalle']);
    return {
      subject: `Leerstand: ${kind}`,
      formData: { parcel: `Flur ${random.between(1, 20)}, Flurstück ${random.between(10, 400)}`, kind },
    };
  },
  results: ['Der Leerstand ist aufgenommen und im Portal eingestellt.'],
  costs: [{ costType: 'Personal', text: 'Leerstandsmanagement, 0,5 Stellen', monthlyCents: 297_883 }],
};

const coworking: ServiceSpec = {
  code: 'co-working',
  title: 'Co-Working-Plätze buchen',
  category: 'Arbeitsorte',
  description:
    'Buchung von Arbeitsplätzen in den Co-Working-Räumen der Region für Beschäftigte Ihrer Verwaltung.',
  form: form('Buchung von Co-Working-Plätzen', {
    place: field.choice('Ort', 'In welchem Haus möchten Sie buchen?', [
      'Barntrup',
      'Dörentrup',
      'Extertal',
      'Kalletal',
    ]),
    days: field.count('Platztage', 'Zahl der Plätze mal Zahl der Tage.', 200),
  }),
  usage: { meter: 'place-days', unit: 'Platztag', quantity: { formField: '/days' } },
  team: 'Ortsentwicklung',
  objectionDays: 3,
  perQuarter: { [BARNTRUP]: 6, [DOERENTRUP]: 5, [EXTERTAL]: 7, [KALLETAL]: 8 },
  sample: (random) => {
    const place = random.pick(['Barntrup', 'Dörentrup', 'Extertal', 'Kalletal']);
    return { subject: `Co-Working in ${place}`, formData: { place, days: random.between(2, 30) } };
  },
  results: ['Die Plätze sind gebucht.'],
  costs: [{ costType: 'Raum', text: 'Miete und Nebenkosten Co-Working', monthlyCents: 184_229 }],
};

const climate: ServiceSpec = {
  code: 'climate-mobility',
  title: 'Gemeinsame Klima- und Mobilitätsprojekte',
  category: 'Klima und Mobilität',
  description: 'Vorhaben der Region zu Klimaschutz und Mobilität: Skizze, Förderantrag, Umsetzung.',
  form: form('Projektvorschlag', {
    topic: field.choice('Thema', 'Worum geht es?', [
      'Radverkehr',
      'Bürgerbus',
      'Ladesäulen',
      'Klimaanpassung',
    ]),
    idea: field.text('Vorhaben', 'Beschreiben Sie das Vorhaben in wenigen Sätzen.', 4000),
  }),
  usage: ONE_CASE,
  team: 'Gebäude und Energie',
  autoAccept: false,
  perQuarter: { [BARNTRUP]: 2, [DOERENTRUP]: 2, [EXTERTAL]: 3, [KALLETAL]: 3 },
  sample: (random) => {
    const topic = random.pick(['Radverkehr', 'Bürgerbus', 'Ladesäulen', 'Klimaanpassung']);
    return {
      subject: `Projekt ${topic}`,
      formData: { topic, idea: `Gemeinsames Vorhaben zum Thema ${topic}.` },
    };
  },
  results: ['Die Projektskizze ist abgestimmt und liegt bei.'],
  costs: [{ costType: 'Personal', text: 'Regionalmanagement', monthlyCents: 412_557 }],
};

export const nordlippe: CentreSpec = {
  code: 'NL',
  name: 'LEADER-Region Nordlippe',
  operator: KALLETAL,
  members: [BARNTRUP, DOERENTRUP, EXTERTAL, KALLETAL],
  teams: ['Gebäude und Energie', 'Ortsentwicklung'],
  services: [buildings, vacancies, coworking, climate],
  agreements: [
    {
      title: 'Satzung der LEADER-Region Nordlippe mit Beitragsordnung',
      mode: 'statutes',
      dataProtectionRole: 'joint_controllers',
      services: ['building-energy', 'vacancy-management', 'co-working', 'climate-mobility'],
      costClause: {
        mode: 'cascade',
        tranches: [
          {
            id: 'population',
            label: 'Nach Einwohnerzahl',
            percent: '100',
            key: { type: 'population', basis: CENSUS },
          },
        ],
      },
    },
  ],
  invented: true,
};
