import { validatorOf } from '../../../platform/calculations/file-checks.ts';
import { Cents, closed, Day, Flag, only } from '../../../platform/calculations/schema-parts.ts';
import { determineVat } from './vat.rules.ts';
import {
  COOPERATION_CONDITIONS,
  COST_SHARING_CONDITIONS,
  type VatDetermination,
  type VatInput,
} from './vat.types.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';

const LegalForm = { enum: ['PUBLIC_LAW', 'PRIVATE'] };

function conditions(names: readonly string[]) {
  const shape = closed({}, Object.fromEntries(names.map((name) => [name, Flag])));
  return { ...shape, type: ['object', 'null'] };
}

const readVatFile = validatorOf<VatInput>(
  closed(
    {
      kind: only('vat'),
      consideration: Flag,
      sameLegalEntity: Flag,
      providerType: LegalForm,
      recipientType: LegalForm,
      legacyOption: Flag,
      basis: { enum: ['PUBLIC', 'PRIVATE'] },
      serviceDay: Day,
      previousYearTurnoverCents: Cents,
      yearToDateTurnoverCents: Cents,
    },
    {
      groupForecastCents: { type: ['integer', 'null'] },
      legacyClass: { enum: ['NON_BGA', 'BGA', 'UNKNOWN', null] },
      comparableExemptWithoutOption: Flag,
      reservedByLaw: Flag,
      delegation: Flag,
      dischargeDecisive: Flag,
      noPotentialCompetition: Flag,
      cooperation: conditions(COOPERATION_CONDITIONS),
      competitionCheck: { enum: ['NONE', 'DISTORTION', null] },
      costSharing: conditions(COST_SHARING_CONDITIONS),
      otherExemption: { type: ['string', 'null'], minLength: 1, maxLength: 100 },
      smallBusinessWaived: Flag,
      reducedRate: Flag,
    },
  ),
);

export function compute(file: unknown): VatDetermination {
  return determineVat(readVatFile(file), VAT_RULE_SETS);
}
