import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];
const readers = [...books, 'auditor', 'member-finance', 'member-admin'];

definePermissions({
  'open-items:read': readers,
  'payments:read': readers,
  'payments:manage': books,
  /** Bank files and accounts hold what is nobody's business but the centre's. */
  'bank-statements:read': [...books, 'auditor'],
  'bank-statements:import': books,
  'payer-accounts:confirm': books,
});
