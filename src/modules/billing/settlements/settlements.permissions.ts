import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  /** Members read their own row; figures before settling, and where credits are paid to, are the centre's own. */
  'settlements:read': [...books, 'auditor', 'member-finance', 'member-admin'],
  'settlements:manage': books,
});
