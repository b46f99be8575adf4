import { field, form, ONE_CASE } from './forms.ts';
import type { CentreSpec, ServiceSpec } from './types.ts';

const BAD_SASSENDORF = '05974008';
const ANROECHTE = '05974004';
/** That Lippetal takes part is an assumption of the demo. */
const LIPPETAL = '05974024';

const housing: ServiceSpec = {
  code: 'housing-benefit',
  title: 'Wohngeld: Antrag bearbeiten',
  category: 'Soziale Leistungen',
  description:
    'Berechnung und Bescheid für Erst-, Weiterleistungs- und Erhöhungsanträge. Bitte fügen Sie den Nachweis über Miete oder Belastung bei.',
  form: form('Antrag auf Wohngeld', {
    caseNumber: field.text(
      'Fallnummer',
      'Fallnummer aus dem Fachverfahren; bitte keine Namen eintragen.',
      40,
    ),
    kind: field.choice('Antragsart', 'Wählen Sie, worum es geht.', [
      'Erstantrag',
      'Weiterleistung',
      'Erhöhung',
    ]),
    householdSize: field.count('Haushaltsgröße', 'Zahl der zu berücksichtigenden Haushaltsmitglieder.', 15),
    proofsComplete: field.yesNo('Nachweise vollständig', 'Liegen Ihnen alle Nachweise vor?'),
  }),
  usage: ONE_CASE,
  team: 'Leistungsgewährung',
  perQuarter: { [BAD_SASSENDORF]: 30, [ANROECHTE]: 21, [LIPPETAL]: 17 },
  sample: (random) => ({
    subject: `Wohngeld, Fall WG ${random.between(1000, 9999)}`,
    formData: {
      caseNumber: `WG ${random.between(1000, 9999)}`,
      kind: random.pick(['Erstantrag', 'Weiterleistung', 'Erhöhung']),
      householdSize: random.between(1, 6),
      proofsComplete: random.chance(70),
    },
  }),
  results: ['Der Bescheid ist erstellt und dem Fachverfahren übergeben.'],
  costs: [
    { costType: 'Personal', text: 'Personalkosten Wohngeld', monthlyCents: 1_342_177 },
    { costType: 'IT', text: 'Fachverfahren Wohngeld', monthlyCents: 88_421 },
  ],
};

const basicSecurity: ServiceSpec = {
  code: 'basic-security',
  title: 'Grundsicherung im Alter und bei Erwerbsminderung',
  category: 'Soziale Leistungen',
  description:
    'Prüfung der Anspruchsvoraussetzungen und Erlass des Bescheids nach dem Vierten Kapitel SGB XII.',
  form: form(
    'Antrag auf Grundsicherung',
    {
      caseNumber: field.text(
        'Fallnummer',
        'Fallnummer aus dem Fachverfahren; bitte keine Namen eintragen.',
        40,
      ),
      since: field.day('Leistung ab', 'Erster Tag, für den Leistungen beantragt werden.'),
      urgent: field.yesNo(
        'Eilbedürftig',
        'Geben Sie „ja“ an, wenn der Lebensunterhalt nicht gesichert ist. Der Vorgang geht dann an den Eildienst.',
      ),
      remarks: field.text('Hinweise', 'Besonderheiten des Falls ohne Angaben zur Person.', 1000),
    },
    ['remarks'],
  ),
  usage: ONE_CASE,
  team: 'Leistungsgewährung',
  routes: [{ when: { formField: '/urgent', equals: true }, team: 'Eildienst' }],
  perQuarter: { [BAD_SASSENDORF]: 14, [ANROECHTE]: 9, [LIPPETAL]: 8 },
  sample: (random) => ({
    subject: `Grundsicherung, Fall GS ${random.between(1000, 9999)}`,
    formData: {
      caseNumber: `GS ${random.between(1000, 9999)}`,
      since: `2026-0${random.between(6, 9)}-01`,
      urgent: random.chance(20),
    },
  }),
  results: ['Der Bescheid ist erstellt.', 'Die Leistung ist bewilligt, die Zahlung ist veranlasst.'],
  costs: [{ costType: 'Personal', text: 'Personalkosten Grundsicherung', monthlyCents: 918_613 }],
};

const advice: ServiceSpec = {
  code: 'case-advice',
  title: 'Fallberatung mit zweitem Blick',
  category: 'Beratung',
  description:
    'Zweitmeinung zu einem schwierigen Fall. Schildern Sie den Sachverhalt bitte ohne Angaben zur Person.',
  form: form('Anfrage zur Fallberatung', {
    topic: field.choice('Rechtsgebiet', 'Worauf bezieht sich Ihre Frage?', [
      'Wohngeld',
      'SGB XII',
      'SGB X',
      'Rückforderung',
    ]),
    question: field.text('Frage', 'Schildern Sie den Sachverhalt und Ihre Frage.', 4000),
  }),
  usage: ONE_CASE,
  team: 'Fachberatung',
  objectionDays: 10,
  perQuarter: { [BAD_SASSENDORF]: 6, [ANROECHTE]: 7, [LIPPETAL]: 8 },
  sample: (random) => {
    const topic = random.pick(['Wohngeld', 'SGB XII', 'SGB X', 'Rückforderung']);
    return {
      subject: `Zweitmeinung: ${topic}`,
      formData: { topic, question: `Wie ist der Sachverhalt im Bereich ${topic} zu beurteilen?` },
    };
  },
  results: ['Die Stellungnahme mit Entscheidungsvorschlag liegt bei.'],
  costs: [{ costType: 'Personal', text: 'Personalkosten Fachberatung', monthlyCents: 377_249 }],
};

export const social: CentreSpec = {
  code: 'FSS',
  name: 'Fachstelle soziale Sicherungssysteme',
  operator: BAD_SASSENDORF,
  members: [BAD_SASSENDORF, ANROECHTE, LIPPETAL],
  teams: ['Leistungsgewährung', 'Eildienst', 'Fachberatung'],
  services: [housing, basicSecurity, advice],
  agreements: [
    {
      title: 'Öffentlich-rechtliche Vereinbarung über die Fachstelle soziale Sicherungssysteme',
      mode: 'mandating',
      dataProtectionRole: 'processor',
      services: ['housing-benefit', 'basic-security', 'case-advice'],
      costClause: {
        mode: 'composite',
        tranches: [
          {
            id: 'fixed',
            label: 'Feste Anteile',
            percent: '60',
            key: {
              type: 'fixed',
              values: { [BAD_SASSENDORF]: '41.5', [ANROECHTE]: '31.25', [LIPPETAL]: '27.25' },
            },
          },
          { id: 'cases', label: 'Nach Fallzahl', percent: '40', key: { type: 'cases', meter: 'cases' } },
        ],
      },
    },
  ],
  invented: true,
};
