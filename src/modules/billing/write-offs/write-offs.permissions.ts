import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'write-offs:read': [...books, 'auditor'],
  'write-offs:manage': books,
  'write-offs:confirm': books,
});
