import { definePermissions } from '../../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'vat-determinations:read': [...books, 'auditor', 'member-finance', 'member-admin'],
  'vat-determinations:manage': books,
  'vat-determinations:approve': books,
  /** Turnovers and forecasts are the centre's own. */
  'vat-turnover:read': [...books, 'auditor'],
});
