import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../platform/http/own-centre.ts';
import { closed, Day, named, PageQuery, pageOf, text } from '../../platform/http/schemas.ts';
import { Amount, Id, Percent, Person, Reference, Step, Tags } from './grants.parts.schemas.ts';

const rule = {
  validFrom: { ...Day, description: 'First day of applications to which the figures apply' },
  baseCents: Amount,
  stepCents: Amount,
  singlePartyCents: Amount,
  percent: Percent,
  savingsPercent: Percent,
  purposeYears: Type.Integer({
    minimum: 0,
    maximum: 99,
    description: 'So long the purpose is bound after the approved period',
  }),
  proofDueMonths: Type.Integer({
    minimum: 0,
    maximum: 120,
    description: 'Until then the use is proved after the approved period',
  }),
  eligibleTags: Tags,
  source: text(300, { description: 'Where the figures stand' }),
};

export const RecordGrantRule = named('RecordGrantRule', rule, {
  description:
    'A grant is at most `percent` of the eligible cost; at most `baseCents` for two parties, `stepCents` more for each further one, `singlePartyCents` for one alone. `savingsPercent`: what the co-operation has to save; 0: nothing',
});
export type RecordGrantRule = Static<typeof RecordGrantRule>;

export const GrantRuleView = named('GrantRule', {
  id: Id,
  number: Type.Integer(),
  ...rule,
  recorded: Step,
});
export type GrantRuleView = Static<typeof GrantRuleView>;

export const CreateGrantProgramme = named('CreateGrantProgramme', {
  centreId: OwnCentreId,
  name: text(200),
  authority: text(200),
  reference: Reference,
  rule: RecordGrantRule,
});
export type CreateGrantProgramme = Static<typeof CreateGrantProgramme>;

export const GrantProgrammeView = named('GrantProgramme', {
  id: Id,
  centreId: Id,
  name: Type.String(),
  authority: Type.String(),
  reference: Reference,
  rules: Type.Array(GrantRuleView, {
    description:
      'Newest first. Of those valid from a day or before it the newest holds; of two of one day the later one',
  }),
  recordedBy: Person,
  version: Type.Integer({ description: 'Grows with each rule' }),
});
export type GrantProgrammeView = Static<typeof GrantProgrammeView>;
export const GrantProgrammePage = pageOf(GrantProgrammeView);

export const GrantProgrammeQuery = closed(PageQuery);
export type GrantProgrammeQuery = Static<typeof GrantProgrammeQuery>;
