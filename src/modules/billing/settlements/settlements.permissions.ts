import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'settlements:read': [...books, 'auditor'],
  'settlements:manage': books,
});
