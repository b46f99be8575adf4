import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'instalment-plans:read': [...books, 'auditor'],
  'instalment-plans:manage': books,
  'instalment-plans:approve': books,
});
