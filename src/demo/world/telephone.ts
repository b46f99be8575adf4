import { CENSUS, field, form, ONE_CASE } from './forms.ts';
import type { CentreSpec, ServiceSpec } from './types.ts';

const WUPPERTAL = '05124000';
const SOLINGEN = '05122000';
const REMSCHEID = '05120000';

const LINES = ['Bürgerservice', 'Ordnung', 'Soziales', 'Zulassung'];

const calls: ServiceSpec = {
  code: 'call-handling',
  title: 'Annahme von Anrufen',
  category: 'Telefonservice',
  description:
    'Annahme der Anrufe auf den vereinbarten Leitungen. Die Gesprächsminuten meldet die Telefonanlage; mit diesem Formular lassen Sie eine Leitung einrichten oder ändern.',
  form: form('Leitung einrichten oder ändern', {
    line: field.choice('Leitung', 'Um welche Leitung geht es?', LINES),
    change: field.text('Änderung', 'Was soll ab wann anders sein?', 1000),
    minutes: field.count('Einrichtungszeit in Minuten', 'Geschätzte Zeit für die Einrichtung.', 480),
  }),
  usage: { meter: 'minutes', unit: 'minute', quantity: { formField: '/minutes' } },
  team: 'Leitstand',
  perQuarter: { [WUPPERTAL]: 3, [SOLINGEN]: 2, [REMSCHEID]: 2 },
  sample: (random) => {
    const line = random.pick(LINES);
    return {
      subject: `Leitung ${line}: Ansage ändern`,
      formData: { line, change: 'Bitte neue Ansage einspielen.', minutes: random.between(2, 8) * 15 },
    };
  },
  results: ['Die Leitung ist geändert und geprüft.'],
  costs: [
    { costType: 'Personal', text: 'Personalkosten Telefonie', monthlyCents: 9_873_127 },
    { costType: 'IT', text: 'Telefonanlage und Wissensdatenbank', monthlyCents: 1_211_909 },
  ],
};

const callBack: ServiceSpec = {
  code: 'call-back',
  title: 'Rückruf veranlassen',
  category: 'Telefonservice',
  description: 'Das Telefonservicecenter ruft im genannten Zeitfenster zurück und dokumentiert das Ergebnis.',
  form: form('Auftrag für einen Rückruf', {
    ticket: field.text(
      'Ticketnummer',
      'Nummer des Anliegens in Ihrem System; bitte keine Namen oder Rufnummern.',
      40,
    ),
    line: field.choice('Leitung', 'Zu welcher Leitung gehört das Anliegen?', LINES),
    window: field.choice('Zeitfenster', 'Wann soll zurückgerufen werden?', [
      'vormittags',
      'nachmittags',
      'nach 16 Uhr',
    ]),
  }),
  usage: ONE_CASE,
  team: 'Gesprächsservice',
  objectionDays: 5,
  perQuarter: { [WUPPERTAL]: 34, [SOLINGEN]: 19, [REMSCHEID]: 13 },
  sample: (random) => {
    const ticket = `T${random.between(100_000, 999_999)}`;
    return {
      subject: `Rückruf zu ${ticket}`,
      formData: {
        ticket,
        line: random.pick(LINES),
        window: random.pick(['vormittags', 'nachmittags', 'nach 16 Uhr']),
      },
    };
  },
  results: [
    'Der Rückruf ist erfolgt, das Anliegen ist geklärt.',
    'Der Rückruf ist erfolgt, der Vermerk liegt bei.',
  ],
  costs: [{ costType: 'Personal', text: 'Personalkosten Rückrufe', monthlyCents: 541_333 }],
};

const openingHours: ServiceSpec = {
  code: 'opening-hours-change',
  title: 'Öffnungszeiten ändern',
  category: 'Auskunft',
  description: 'Änderung der Öffnungszeiten in der Wissensdatenbank und in den Ansagen.',
  form: form('Geänderte Öffnungszeiten', {
    office: field.text('Dienststelle', 'Name der Dienststelle.', 120),
    from: field.day('Gültig ab', 'Erster Tag mit den neuen Zeiten.'),
    hours: field.text('Neue Zeiten', 'Zum Beispiel: Mo bis Fr 8 bis 12 Uhr.', 400),
  }),
  usage: ONE_CASE,
  team: 'Leitstand',
  perQuarter: { [WUPPERTAL]: 7, [SOLINGEN]: 5, [REMSCHEID]: 4 },
  sample: (random) => {
    const office = random.pick(['Bürgerbüro', 'Ausländerbehörde', 'Stadtbücherei', 'Bauaufsicht']);
    return {
      subject: `Öffnungszeiten: ${office}`,
      formData: { office, from: '2026-10-01', hours: 'Mo bis Fr 8 bis 12 Uhr, Do zusätzlich 14 bis 18 Uhr' },
    };
  },
  results: ['Die Öffnungszeiten und die Ansage sind geändert.'],
  costs: [{ costType: 'Personal', text: 'Personalkosten Redaktion', monthlyCents: 187_453 }],
};

const emergency: ServiceSpec = {
  code: 'emergency-announcement',
  title: 'Notfallansage schalten',
  category: 'Auskunft',
  description:
    'Schaltung einer Ansage auf allen Leitungen bei Störungen und besonderen Lagen, rund um die Uhr.',
  form: form('Notfallansage', {
    wording: field.text('Wortlaut', 'Text der Ansage, so wie er gesprochen werden soll.', 1000),
    lines: {
      type: 'array',
      title: 'Leitungen',
      description: 'Auf welchen Leitungen soll die Ansage laufen?',
      minItems: 1,
      maxItems: 4,
      uniqueItems: true,
      items: { type: 'string', title: 'Leitung', enum: LINES },
    },
  }),
  usage: ONE_CASE,
  team: 'Leitstand',
  objectionDays: 3,
  perQuarter: { [WUPPERTAL]: 3, [SOLINGEN]: 2, [REMSCHEID]: 2 },
  sample: (random) => ({
    subject: `Ansage: ${random.pick(['IT-Störung', 'Unwetter', 'Bombenfund', 'Personalversammlung'])}`,
    formData: {
      wording: 'Wegen einer besonderen Lage kommt es zu längeren Wartezeiten. Wir bitten um Ihr Verständnis.',
      lines: [random.pick(LINES)],
    },
  }),
  results: ['Die Ansage ist geschaltet und nach dem Ende der Lage wieder entfernt.'],
  costs: [{ costType: 'Personal', text: 'Rufbereitschaft Leitstand', monthlyCents: 262_007 }],
};

export const telephone: CentreSpec = {
  code: 'TSC',
  name: 'Bergisches Telefonservicecenter',
  operator: WUPPERTAL,
  members: [WUPPERTAL, SOLINGEN, REMSCHEID],
  teams: ['Gesprächsservice', 'Leitstand'],
  services: [calls, callBack, openingHours, emergency],
  agreements: [
    {
      title: 'Öffentlich-rechtliche Vereinbarung über das gemeinsame Telefonservicecenter',
      mode: 'mandating',
      dataProtectionRole: 'processor',
      services: ['call-handling'],
      costClause: {
        mode: 'cascade',
        tranches: [
          {
            id: 'standby',
            label: 'Vorhaltung nach Einwohnerzahl',
            percent: '35',
            key: { type: 'population', basis: CENSUS },
          },
          {
            id: 'minutes',
            label: 'Nach Gesprächsminuten',
            percent: '65',
            key: { type: 'minutes', meter: 'minutes' },
          },
        ],
      },
    },
    {
      title: 'Zusatzvereinbarung über Rückrufe und Ansagen',
      mode: 'mandating',
      dataProtectionRole: 'processor',
      services: ['call-back', 'opening-hours-change', 'emergency-announcement'],
      costClause: {
        mode: 'composite',
        tranches: [
          { id: 'standby', label: 'Vorhaltung zu gleichen Teilen', percent: '40', key: { type: 'equal' } },
          { id: 'cases', label: 'Nach Fallzahl', percent: '60', key: { type: 'cases', meter: 'cases' } },
        ],
      },
    },
  ],
  invented: true,
  accounts: [{ name: 'Telefonanlage', scopes: ['usage:write'] }],
  reported: [
    {
      service: 'call-handling',
      account: 'Telefonanlage',
      source: 'telefonanlage',
      meter: 'minutes',
      unit: 'minute',
      shape: 'calls',
      perMonth: { [WUPPERTAL]: 840, [SOLINGEN]: 410, [REMSCHEID]: 310 },
    },
  ],
};
