import { field, form, ONE_CASE } from './forms.ts';
import type { CentreSpec, ServiceSpec } from './types.ts';

const ERWITTE = '05974016';
const KALLETAL = '05766036';
const REMSCHEID = '05120000';
/** Osterode am Harz: the member outside the state. That it takes part is an assumption of the demo. */
const OSTERODE = '03159026';

const STAFF_LIST = 'Beschäftigte';

const monthlyRun: ServiceSpec = {
  code: 'payroll-run',
  title: 'Monatliche Entgeltabrechnung',
  category: 'Entgelt',
  description:
    'Abrechnung, Meldungen und Zahlung je Monat. Die Zahl der Abrechnungen meldet das Abrechnungssystem; mit diesem Formular beauftragen Sie eine Nachberechnung.',
  form: form('Nachberechnung', {
    month: field.text('Abrechnungsmonat', 'Im Format JJJJ-MM.', 7),
    payslips: field.count('Zahl der Abrechnungen', 'Wie viele Abrechnungen sind betroffen?', 500),
    reason: field.choice('Grund', 'Warum wird nachberechnet?', [
      'Tarifabschluss',
      'Stufenaufstieg',
      'Korrektur',
    ]),
  }),
  usage: { meter: 'payslips', unit: 'Abrechnung', quantity: { formField: '/payslips' } },
  team: 'Abrechnung',
  perQuarter: { [ERWITTE]: 3, [KALLETAL]: 2, [REMSCHEID]: 5, [OSTERODE]: 3 },
  sample: (random) => {
    const month = `2026-0${random.between(4, 8)}`;
    return {
      subject: `Nachberechnung ${month}`,
      formData: {
        month,
        payslips: random.between(1, 12),
        reason: random.pick(['Tarifabschluss', 'Stufenaufstieg', 'Korrektur']),
      },
    };
  },
  results: ['Die Nachberechnung ist im nächsten Abrechnungslauf enthalten.'],
  costs: [
    { costType: 'Personal', text: 'Personalkosten Entgeltabrechnung', monthlyCents: 3_118_459 },
    { costType: 'IT', text: 'Abrechnungsverfahren', monthlyCents: 724_343 },
  ],
};

const staffForm = (title: string) =>
  form(title, {
    fileNumber: field.text(
      'Vorgangszeichen',
      'Zeichen Ihrer Personalstelle; bitte keine Namen eintragen.',
      40,
    ),
    effectiveOn: field.day('Wirksam zum', 'Tag, zu dem die Änderung gilt.'),
    group: field.choice('Beschäftigtengruppe', 'Zu welcher Gruppe gehört die Person?', [
      'Tarif',
      'Beamtenbesoldung',
      'Ausbildung',
    ]),
  });

function staffChange(
  code: string,
  title: string,
  monthlyCents: number,
  perQuarter: ServiceSpec['perQuarter'],
): ServiceSpec {
  return {
    code,
    title,
    category: 'Personalstamm',
    description: `${title}: Bitte reichen Sie die Unterlagen bis zum 10. des Monats ein.`,
    form: staffForm(title),
    usage: ONE_CASE,
    team: 'Abrechnung',
    routes: [{ when: { formField: '/group', equals: 'Beamtenbesoldung' }, team: 'Besoldung' }],
    perQuarter,
    sample: (random) => {
      const fileNumber = `P ${random.between(1000, 9999)}`;
      return {
        subject: `${title}, Zeichen ${fileNumber}`,
        formData: {
          fileNumber,
          effectiveOn: `2026-${random.pick(['08', '09', '10'])}-01`,
          group: random.pick(['Tarif', 'Tarif', 'Beamtenbesoldung', 'Ausbildung']),
        },
      };
    },
    results: ['Die Stammdaten sind geändert.'],
    costs: [{ costType: 'Personal', text: `Personalkosten ${title}`, monthlyCents }],
  };
}

const newHire = staffChange('new-hire', 'Neueinstellung', 418_231, {
  [ERWITTE]: 5,
  [KALLETAL]: 4,
  [REMSCHEID]: 17,
  [OSTERODE]: 6,
});
const leaver = staffChange('leaver', 'Ausscheiden', 236_119, {
  [ERWITTE]: 4,
  [KALLETAL]: 3,
  [REMSCHEID]: 12,
  [OSTERODE]: 4,
});

const certificate: ServiceSpec = {
  code: 'earnings-certificate',
  title: 'Verdienstbescheinigung',
  category: 'Bescheinigungen',
  description: 'Bescheinigung über Entgelt oder Bezüge für einen Zeitraum.',
  form: form('Verdienstbescheinigung', {
    fileNumber: field.text(
      'Vorgangszeichen',
      'Zeichen Ihrer Personalstelle; bitte keine Namen eintragen.',
      40,
    ),
    months: field.count('Zahl der Monate', 'Für wie viele Monate wird bescheinigt?', 36),
  }),
  usage: ONE_CASE,
  team: 'Abrechnung',
  objectionDays: 5,
  perQuarter: { [ERWITTE]: 8, [KALLETAL]: 7, [REMSCHEID]: 21, [OSTERODE]: 9 },
  sample: (random) => ({
    subject: `Verdienstbescheinigung P ${random.between(1000, 9999)}`,
    formData: { fileNumber: `P ${random.between(1000, 9999)}`, months: random.between(1, 13) },
  }),
  results: ['Die Bescheinigung ist ausgestellt.'],
  costs: [{ costType: 'Personal', text: 'Personalkosten Bescheinigungen', monthlyCents: 164_777 }],
};

export const payroll: CentreSpec = {
  code: 'ENTG',
  name: 'Entgeltzentrum der Kommunen',
  operator: REMSCHEID,
  members: [ERWITTE, KALLETAL, REMSCHEID, OSTERODE],
  teams: ['Abrechnung', 'Besoldung'],
  services: [monthlyRun, newHire, leaver, certificate],
  agreements: [
    {
      title: 'Dienstleistungsvertrag über die Entgeltabrechnung',
      mode: 'private',
      dataProtectionRole: 'processor',
      services: ['payroll-run'],
      costClause: {
        mode: 'cascade',
        tranches: [
          {
            id: 'standby',
            label: 'Vorhaltung nach Zahl der Beschäftigten',
            percent: '30',
            key: { type: 'values', keyName: STAFF_LIST },
          },
          {
            id: 'payslips',
            label: 'Nach Zahl der Abrechnungen',
            percent: '70',
            key: { type: 'cases', meter: 'payslips' },
          },
        ],
      },
    },
    {
      title: 'Dienstleistungsvertrag über Personalstamm und Bescheinigungen',
      mode: 'private',
      dataProtectionRole: 'processor',
      services: ['new-hire', 'leaver', 'earnings-certificate'],
      costClause: {
        mode: 'cascade',
        tranches: [
          {
            id: 'standby',
            label: 'Vorhaltung nach Zahl der Beschäftigten',
            percent: '50',
            key: { type: 'values', keyName: STAFF_LIST },
          },
          { id: 'cases', label: 'Nach Fallzahl', percent: '50', key: { type: 'cases', meter: 'cases' } },
        ],
      },
    },
  ],
  invented: true,
  accounts: [{ name: 'Abrechnungssystem', scopes: ['usage:write'] }],
  reported: [
    {
      service: 'payroll-run',
      account: 'Abrechnungssystem',
      source: 'abrechnungssystem',
      meter: 'payslips',
      unit: 'Abrechnung',
      shape: 'total',
      perMonth: { [ERWITTE]: 187, [KALLETAL]: 154, [REMSCHEID]: 1843, [OSTERODE]: 241 },
    },
  ],
  lists: [
    {
      name: STAFF_LIST,
      type: 'head_count',
      asOf: '2025-06-30',
      basis: 'Beschäftigte am 30. Juni, erfunden',
      source: 'Meldung der Mitglieder (erfundene Werte der Vorführwelt)',
      values: { [ERWITTE]: '184', [KALLETAL]: '151', [REMSCHEID]: '1829', [OSTERODE]: '238' },
    },
  ],
};
