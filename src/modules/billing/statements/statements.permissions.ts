import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'statements:read': [...books, 'auditor', 'member-finance', 'member-admin'],
  'statements:manage': books,
  /** Batches show what is charged to all members, and what stands against it. */
  'statement-batches:read': [...books, 'auditor'],
  'billing-profile:read': [...books, 'auditor'],
  'billing-profile:manage': books,
  'payee-account:confirm': books,
  /** What a validator says of a document is the centre's own. */
  'statement-validations:read': [...books, 'auditor'],
});
