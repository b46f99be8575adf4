import { defineProblem } from '../../platform/errors.ts';

export const INSTALMENT_DAY_DUPLICATE = defineProblem({
  code: 'INSTALMENT_DAY_DUPLICATE',
  status: 422,
  title: 'Two instalments are due on the same day',
  help: 'Name every day once; ties between equal fractions are decided by it.',
});

export const SETTLEMENT_MEMBER_DUPLICATE = defineProblem({
  code: 'SETTLEMENT_MEMBER_DUPLICATE',
  status: 422,
  title: 'A member is settled twice',
  help: 'Name every member once, with the sums of what was invoiced, paid and really spent.',
});

export const VAT_RULES_MISSING = defineProblem({
  code: 'VAT_RULES_MISSING',
  status: 422,
  title: 'There are no VAT rules for the day of the service',
  help: 'Determine the VAT of services of this day by hand; src/modules/billing/vat/vat-rule-sets.ts says which days are covered, and from which source.',
});
