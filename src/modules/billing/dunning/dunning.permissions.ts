import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'dunning-notices:read': [...books, 'auditor', 'member-finance', 'member-admin'],
  'dunning-notices:issue': books,
  /** Why somebody is not reminded is the centre's own. */
  'dunning-blocks:read': [...books, 'auditor'],
  'dunning-blocks:manage': books,
});
