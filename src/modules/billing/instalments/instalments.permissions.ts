import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  /** Members read their own part of what was approved. */
  'instalment-plans:read': [...books, 'auditor', 'member-finance', 'member-admin'],
  'instalment-plans:manage': books,
  'instalment-plans:approve': books,
});
