import { defineProblem } from '../../../platform/errors.ts';

export const PAYMENT_MEMBER_UNKNOWN = defineProblem({
  code: 'PAYMENT_MEMBER_UNKNOWN',
  status: 422,
  title: 'The centre has no such member',
  help: 'Name a member of the centre; GET /centres/{id}/members lists them.',
});

export const PAYMENT_STATEMENT_UNKNOWN = defineProblem({
  code: 'PAYMENT_STATEMENT_UNKNOWN',
  status: 422,
  title: 'The member has no such issued document',
  help: 'A payment counts for documents of one member. Look the document up with GET /open-items and name its `statementId`.',
});

export const PAYMENT_MATCH_TOO_LARGE = defineProblem({
  code: 'PAYMENT_MATCH_TOO_LARGE',
  status: 422,
  title: 'More would be matched than is open or was paid',
  help: 'Match no more than is open of the document and left of the payment. What is left of a payment stays as a credit of the member.',
});

export const PAYMENT_STATE_REFUSED = defineProblem({
  code: 'PAYMENT_STATE_REFUSED',
  status: 409,
  title: 'The payment does not allow this step',
  help: 'What was reversed, and a reversal itself, cannot be matched or reversed again; a match is released once.',
});

export const PAYMENT_DAY_REFUSED = defineProblem({
  code: 'PAYMENT_DAY_REFUSED',
  status: 422,
  title: 'Nothing was booked on a day to come',
  help: 'Name the day on which the bank booked the payment.',
});

export const PAYMENT_AMOUNT_ZERO = defineProblem({
  code: 'PAYMENT_AMOUNT_ZERO',
  status: 422,
  title: 'A payment of nothing',
  help: 'Name what came in as cents above zero, and what went out below zero. A credit is set off by POST /payment-offsets.',
});

export const PAYER_ACCOUNT_REFUSED = defineProblem({
  code: 'PAYER_ACCOUNT_REFUSED',
  status: 422,
  title: 'This is no IBAN',
  help: 'Check length and check digits; one of them was mistyped.',
});

export const PAYER_ACCOUNT_KNOWN = defineProblem({
  code: 'PAYER_ACCOUNT_KNOWN',
  status: 409,
  title: 'The account is known for this member',
  help: 'GET /payer-accounts lists the accounts.',
});

export const PAYER_ACCOUNT_RETIRED = defineProblem({
  code: 'PAYER_ACCOUNT_RETIRED',
  status: 409,
  title: 'The account was retired before',
  help: 'Record it anew if the member pays from it again.',
});

export const PAYER_ACCOUNT_CONFIRMED = defineProblem({
  code: 'PAYER_ACCOUNT_CONFIRMED',
  status: 409,
  title: 'The account was confirmed before',
  help: 'Nothing is left to do. Retire the account if it is not that of the member.',
});

export const BANK_FILE_BROKEN = defineProblem({
  code: 'BANK_FILE_BROKEN',
  status: 422,
  title: 'The bank file cannot be taken in',
  help: '`errors` lists what is wrong and where. Ask the bank for the statement as camt.053.001.02 or camt.053.001.08 once more; never mend it by hand.',
});

export const BANK_ACCOUNT_FOREIGN = defineProblem({
  code: 'BANK_ACCOUNT_FOREIGN',
  status: 422,
  title: 'The statement is of another account',
  help: 'Import statements of the account that the billing profile of the centre names; `errors` says which statement is of another one.',
});

export const BANK_STATEMENT_REPEATED = defineProblem({
  code: 'BANK_STATEMENT_REPEATED',
  status: 409,
  title: 'A statement or entry of the file was imported before',
  help: 'Nothing is counted twice, so the whole file is refused; `errors` says what is known. Import the statements that are missing.',
});

export const OFFSET_REFUSED = defineProblem({
  code: 'OFFSET_REFUSED',
  status: 422,
  title: 'There is not that much to set off',
  help: 'Name a document with a credit, one with an open claim, both of the same member, and no more than is open of either.',
});
