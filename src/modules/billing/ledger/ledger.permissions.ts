import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  /** Accounts and what went to the books are the centre's own. */
  'ledger:read': [...books, 'auditor'],
  'ledger:manage': books,
});
