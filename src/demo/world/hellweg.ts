import { CENSUS, field, form, ONE_CASE } from './forms.ts';
import type { CentreSpec, ServiceSpec } from './types.ts';

const ERWITTE = '05974016';
const ANROECHTE = '05974004';
const BAD_SASSENDORF = '05974008';

const marriage: ServiceSpec = {
  code: 'marriage-registration',
  title: 'Anmeldung der Eheschließung',
  category: 'Personenstand',
  serviceKey: '99059001104000',
  description:
    'Prüfung der Ehefähigkeit und Vormerkung des Termins. Bitte reichen Sie die Anmeldung frühestens sechs Monate vor dem gewünschten Termin ein.',
  form: form(
    'Anmeldung der Eheschließung',
    {
      fileNumber: field.text('Aktenzeichen', 'Aktenzeichen Ihrer Kommune; bitte keine Namen eintragen.', 40),
      weddingDay: field.day('Gewünschter Tag', 'Tag, an dem die Ehe geschlossen werden soll.'),
      place: field.choice('Trauort', 'Wählen Sie den Ort der Eheschließung.', [
        'Rathaus',
        'Schloss',
        'Kurpark',
        'Heimatmuseum',
      ]),
      foreignLaw: field.yesNo(
        'Auslandsbezug',
        'Geben Sie „ja“ an, wenn mindestens eine Person keine deutsche Staatsangehörigkeit hat. Der Vorgang geht dann an das Team Auslandsrecht.',
      ),
      remarks: field.text('Hinweise', 'Was das Standesamt sonst noch wissen sollte.', 1000),
    },
    ['remarks'],
  ),
  usage: ONE_CASE,
  team: 'Beurkundung',
  routes: [{ when: { formField: '/foreignLaw', equals: true }, team: 'Auslandsrecht' }],
  checklist: [
    { id: 'birth-records', label: 'Geburtenregister geprüft', isRequired: true },
    { id: 'impediments', label: 'Ehehindernisse geprüft', isRequired: true },
  ],
  perQuarter: { [ERWITTE]: 16, [ANROECHTE]: 9, [BAD_SASSENDORF]: 12 },
  sample: (random) => ({
    subject: `Anmeldung der Eheschließung, Aktenzeichen E ${random.between(100, 999)}`,
    formData: {
      fileNumber: `E ${random.between(100, 999)}/26`,
      weddingDay: `2026-${random.pick(['10', '11', '12'])}-${random.between(10, 29)}`,
      place: random.pick(['Rathaus', 'Schloss', 'Kurpark', 'Heimatmuseum']),
      foreignLaw: random.chance(25),
    },
  }),
  results: ['Die Ehefähigkeit ist geprüft, der Termin ist vorgemerkt.'],
  costs: [
    { costType: 'Personal', text: 'Personalkosten Beurkundung', monthlyCents: 1_184_233 },
    { costType: 'Raum', text: 'Miete und Bewirtschaftung Trauzimmer', monthlyCents: 121_517 },
  ],
};

const death: ServiceSpec = {
  code: 'death-record',
  title: 'Beurkundung eines Sterbefalls',
  category: 'Personenstand',
  description:
    'Eintragung eines Sterbefalls in das Sterberegister. Bitte melden Sie den Sterbefall spätestens am dritten auf den Tod folgenden Werktag.',
  form: form('Anzeige eines Sterbefalls', {
    fileNumber: field.text('Aktenzeichen', 'Aktenzeichen der Anzeige; bitte keine Namen eintragen.', 40),
    diedOn: field.day('Todestag', 'Tag laut Todesbescheinigung.'),
    reportedBy: field.choice('Anzeige durch', 'Wer hat den Sterbefall angezeigt?', [
      'Bestattungsunternehmen',
      'Krankenhaus',
      'Pflegeeinrichtung',
      'Angehörige',
    ]),
  }),
  usage: ONE_CASE,
  team: 'Beurkundung',
  objectionDays: 7,
  perQuarter: { [ERWITTE]: 20, [ANROECHTE]: 11, [BAD_SASSENDORF]: 19 },
  sample: (random) => ({
    subject: `Sterbefallanzeige S ${random.between(100, 999)}`,
    formData: {
      fileNumber: `S ${random.between(100, 999)}/26`,
      diedOn: `2026-0${random.between(6, 8)}-${random.between(10, 29)}`,
      reportedBy: random.pick(['Bestattungsunternehmen', 'Krankenhaus', 'Pflegeeinrichtung', 'Angehörige']),
    },
  }),
  results: ['Der Sterbefall ist beurkundet.'],
  costs: [{ costType: 'Personal', text: 'Personalkosten Sterberegister', monthlyCents: 642_878 }],
};

const declaration: ServiceSpec = {
  code: 'name-declaration',
  title: 'Erklärung zur Namensführung',
  category: 'Personenstand',
  description: 'Entgegennahme und Prüfung einer Erklärung zur Namensführung.',
  form: form('Erklärung zur Namensführung', {
    fileNumber: field.text('Aktenzeichen', 'Aktenzeichen Ihrer Kommune; bitte keine Namen eintragen.', 40),
    kind: field.choice('Art der Erklärung', 'Wählen Sie, worauf sich die Erklärung bezieht.', [
      'Ehename',
      'Wiederannahme eines früheren Namens',
      'Name eines Kindes',
    ]),
  }),
  usage: ONE_CASE,
  team: 'Beurkundung',
  perQuarter: { [ERWITTE]: 5, [ANROECHTE]: 3, [BAD_SASSENDORF]: 4 },
  sample: (random) => ({
    subject: `Erklärung zur Namensführung N ${random.between(100, 999)}`,
    formData: {
      fileNumber: `N ${random.between(100, 999)}/26`,
      kind: random.pick(['Ehename', 'Wiederannahme eines früheren Namens', 'Name eines Kindes']),
    },
  }),
  results: ['Die Erklärung ist wirksam entgegengenommen.'],
  costs: [{ costType: 'Personal', text: 'Personalkosten Namenserklärungen', monthlyCents: 203_391 }],
};

/** A certificate from a register; counted by copies. */
function certificate(
  code: string,
  title: string,
  serviceKey: string | undefined,
  monthlyCents: number,
  perQuarter: ServiceSpec['perQuarter'],
): ServiceSpec {
  return {
    code,
    title,
    category: 'Urkunden',
    ...(serviceKey !== undefined && { serviceKey }),
    description: `${title} aus dem Register. Geben Sie an, wie viele Ausfertigungen Sie benötigen.`,
    form: form(
      title,
      {
        registerNumber: field.text('Registernummer', 'Nummer und Jahr des Registereintrags.', 40),
        copies: field.count('Anzahl', 'Anzahl der Ausfertigungen.', 20),
        international: field.yesNo(
          'Mehrsprachig',
          'Geben Sie „ja“ an, wenn die Urkunde im Ausland gebraucht wird.',
        ),
      },
      ['international'],
    ),
    usage: { meter: 'certificates', unit: 'Stück', quantity: { formField: '/copies' } },
    team: 'Urkundenstelle',
    objectionDays: 7,
    perQuarter,
    sample: (random) => {
      const number = random.between(10, 400);
      return {
        subject: `${title}, Registernummer ${number}`,
        formData: {
          registerNumber: `${number}/${random.between(1950, 2025)}`,
          copies: random.between(1, 5),
          international: random.chance(20),
        },
      };
    },
    results: ['Die Urkunde ist ausgestellt und versandt.'],
    costs: [
      { costType: 'Personal', text: `Personalkosten ${title}`, monthlyCents },
      { costType: 'Sachkosten', text: 'Urkundenpapier und Porto', monthlyCents: 18_907 },
    ],
  };
}

const birthCertificate = certificate('birth-certificate', 'Geburtsurkunde', '99027002012000', 214_333, {
  [ERWITTE]: 18,
  [ANROECHTE]: 9,
  [BAD_SASSENDORF]: 13,
});
const marriageCertificate = certificate('marriage-certificate', 'Eheurkunde', undefined, 158_201, {
  [ERWITTE]: 12,
  [ANROECHTE]: 7,
  [BAD_SASSENDORF]: 9,
});
const deathCertificate = certificate('death-certificate', 'Sterbeurkunde', '99101004012000', 171_119, {
  [ERWITTE]: 15,
  [ANROECHTE]: 8,
  [BAD_SASSENDORF]: 14,
});

export const hellweg: CentreSpec = {
  code: 'SOE',
  name: 'Standesamtverbund Hellweg',
  operator: ERWITTE,
  members: [ERWITTE, ANROECHTE, BAD_SASSENDORF],
  teams: ['Beurkundung', 'Auslandsrecht', 'Urkundenstelle'],
  services: [marriage, death, declaration, birthCertificate, marriageCertificate, deathCertificate],
  agreements: [
    {
      title: 'Öffentlich-rechtliche Vereinbarung über das gemeinsame Standesamt',
      mode: 'delegating',
      dataProtectionRole: 'controller',
      services: ['marriage-registration', 'death-record', 'name-declaration'],
      costClause: {
        mode: 'cascade',
        tranches: [
          { id: 'standby', label: 'Vorhaltung zu gleichen Teilen', percent: '30', key: { type: 'equal' } },
          {
            id: 'population',
            label: 'Nach Einwohnerzahl',
            percent: '30',
            key: { type: 'population', basis: CENSUS },
          },
          { id: 'cases', label: 'Nach Fallzahl', percent: '40', key: { type: 'cases', meter: 'cases' } },
        ],
      },
    },
    {
      title: 'Zusatzvereinbarung über die gemeinsame Urkundenstelle',
      mode: 'delegating',
      dataProtectionRole: 'controller',
      services: ['birth-certificate', 'marriage-certificate', 'death-certificate'],
      costClause: {
        mode: 'cascade',
        tranches: [
          { id: 'standby', label: 'Vorhaltung zu gleichen Teilen', percent: '25', key: { type: 'equal' } },
          {
            id: 'certificates',
            label: 'Nach Zahl der Urkunden',
            percent: '75',
            key: { type: 'cases', meter: 'certificates' },
          },
        ],
      },
    },
  ],
  invented: true,
};
