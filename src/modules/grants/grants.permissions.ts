import { definePermissions } from '../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'grant-programmes:read': [...books, 'auditor'],
  'grant-programmes:manage': books,
  'grants:read': [...books, 'auditor', 'member-finance', 'member-admin'],
  /** Cost lines and the proof that lists them are the centre's own. */
  'grant-costs:read': [...books, 'auditor'],
  'grants:manage': books,
  'grants:approve': books,
});
