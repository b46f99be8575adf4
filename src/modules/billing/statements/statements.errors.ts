import { defineProblem } from '../../../platform/errors.ts';

export const BILLING_PROFILE_MISSING = defineProblem({
  code: 'BILLING_PROFILE_MISSING',
  status: 422,
  title: 'The centre has not said who issues its documents',
  help: 'Record name, address, contact, bank account and tax identity of the seller with PUT /billing-profiles/{centreId}.',
});

export const PAYEE_ACCOUNT_UNCONFIRMED = defineProblem({
  code: 'PAYEE_ACCOUNT_UNCONFIRMED',
  status: 422,
  title: 'Nobody has confirmed the account that members pay to',
  help: '`pendingAccount` of GET /billing-profiles/{centreId} is what waits. Somebody other than who recorded it confirms it with POST /billing-profiles/{centreId}/actions/confirm-account.',
});

export const PAYEE_ACCOUNT_CONFIRMED = defineProblem({
  code: 'PAYEE_ACCOUNT_CONFIRMED',
  status: 409,
  title: 'No account waits for being confirmed',
  help: 'Read the billing profile again: `pendingAccount` is empty, and `seller.bank` is the account in force.',
});

export const STATEMENT_ACCOUNT_CHANGED = defineProblem({
  code: 'STATEMENT_ACCOUNT_CHANGED',
  status: 409,
  title: 'The account that members pay to changed since the batch was signed',
  help: 'What was signed is void for what is not issued yet. Look at the account, then issue each draft with the `contentHash` it has now.',
});

export const BILLING_RECIPIENT_MISSING = defineProblem({
  code: 'BILLING_RECIPIENT_MISSING',
  status: 422,
  title: 'Nobody has said where the documents of a member go',
  help: 'Record address and Leitweg-ID of the member with PUT /billing-recipients/{organisationId}.',
});

export const DOCUMENT_REFUSED = defineProblem({
  code: 'DOCUMENT_REFUSED',
  status: 422,
  title: 'The document must not be issued as it is',
  help: '`errors` lists everything that stands against it, by its place in the document. Mend the profile, the recipient or the figures, then issue again.',
});

export const STATEMENT_STATE_REFUSED = defineProblem({
  code: 'STATEMENT_STATE_REFUSED',
  status: 409,
  title: 'The statement does not allow this step now',
  help: 'Read it again; `availableActions` lists what is possible. What is issued is corrected by another document and never changed.',
});

export const STATEMENT_BATCH_OPEN = defineProblem({
  code: 'STATEMENT_BATCH_OPEN',
  status: 409,
  title: 'Statements of this period are being prepared or issued already',
  help: 'Issue or discard the open batch of the period first; GET /statement-batches?periodId= lists it (`preparing`, `ready` or `issuing`).',
});

export const STATEMENT_CHARGED_TWICE = defineProblem({
  code: 'STATEMENT_CHARGED_TWICE',
  status: 409,
  title: 'The posted run and a price charge the same service',
  help: 'The agreement was brought into force with a price for days that the posted run shared out by cost. Supersede the run and make it anew: it leaves the service to the price. Or bring the clause of cost into force again.',
});

export const STATEMENT_SOURCE_MISSING = defineProblem({
  code: 'STATEMENT_SOURCE_MISSING',
  status: 409,
  title: 'There is nothing in this period that could be charged',
  help: 'Post an allocation run of the period, or agree on prices for services and freeze the period.',
});

export const STATEMENT_PERIOD_OPEN = defineProblem({
  code: 'STATEMENT_PERIOD_OPEN',
  status: 409,
  title: 'The period is still open',
  help: 'Close and freeze the period first: only then does no more usage come to it.',
});

export const STATEMENT_CONTENT_MISMATCH = defineProblem({
  code: 'STATEMENT_CONTENT_MISMATCH',
  status: 409,
  title: 'What you want to issue is not what is there',
  help: 'Read the batch or statement again, look at it, and send the `contentHash` you see.',
});

export const STATEMENT_INSTALMENTS_CHANGED = defineProblem({
  code: 'STATEMENT_INSTALMENTS_CHANGED',
  status: 409,
  title: 'Instalments were issued or taken back since the statement was prepared',
  help: 'Discard the draft or the batch and prepare it anew, so that exactly the valid instalments of the period are set off.',
});

export const STATEMENT_CHARGES_CHANGED = defineProblem({
  code: 'STATEMENT_CHARGES_CHANGED',
  status: 409,
  title: 'What is charged changed since the statement was prepared',
  help: 'Discard the draft or the batch. Once the period is frozen and its run is posted, prepare the statements anew with POST /statement-batches.',
});

export const STATEMENT_IS_SET_OFF = defineProblem({
  code: 'STATEMENT_IS_SET_OFF',
  status: 409,
  title: 'A valid invoice sets this instalment off',
  help: 'Take the invoice back first, or discard the draft: the invoice would go on setting off what no longer counts.',
});

export const BILLING_PERIOD_SETTLED = defineProblem({
  code: 'BILLING_PERIOD_SETTLED',
  status: 409,
  title: 'The period is settled',
  help: 'A settled period is charged anew only by the correction with late usage, until the period in which that is billed is settled too: POST /billing-periods/{id}/actions/admit-late-usage. Charge any other difference in a later period, by cost booked there.',
});

export const STATEMENT_SUPERSEDED = defineProblem({
  code: 'STATEMENT_SUPERSEDED',
  status: 409,
  title: 'The document was replaced or taken back already',
  help: 'Look at `supersededBy`. Prepare the statements of the period anew to see what is still to be corrected.',
});

export const STATEMENT_CHARGED_ALREADY = defineProblem({
  code: 'STATEMENT_CHARGED_ALREADY',
  status: 409,
  title: 'A valid invoice charges the member for this already',
  help: 'Discard the draft. A new batch of the period compares with the invoice, and drafts a corrected one where it says something else.',
});

export const STATEMENT_VAT_CHANGED = defineProblem({
  code: 'STATEMENT_VAT_CHANGED',
  status: 422,
  title: 'The VAT was determined anew since the statement was prepared',
  help: 'Discard the draft and prepare it anew, so that it follows the determination that is in force.',
});

export const PRICE_ON_EXACT_COST = defineProblem({
  code: 'PRICE_ON_EXACT_COST',
  status: 422,
  title: 'The VAT treatment asks for exact cost, and the service is charged by price',
  help: 'Exemption or non-taxability that rests on reimbursing exact cost allows no mark-up: charge the service by its cost clause, or have its VAT determined anew.',
});

export const DOCUMENT_NOT_READY = defineProblem({
  code: 'DOCUMENT_NOT_READY',
  status: 409,
  title: 'The file of this document is still being made',
  help: 'Ask again in a moment; `documents` of the statement lists the files that are there.',
});
