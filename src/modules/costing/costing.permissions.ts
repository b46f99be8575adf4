import { definePermissions } from '../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'costs:read': [...books, 'auditor'],
  'costs:write': [...books, 'integration'],
  'cost-centres:manage': books,
  'periods:manage': books,
  'allocation-keys:manage': books,
  'rate-cards:read': [...books, 'catalogue-manager', 'auditor'],
  'rate-cards:manage': [...books, 'catalogue-manager'],
  'rate-cards:approve': books,
  'allocation-runs:read': [...books, 'auditor', 'member-finance', 'member-admin'],
  'allocation-runs:manage': books,
  'allocation-runs:approve': books,
});
