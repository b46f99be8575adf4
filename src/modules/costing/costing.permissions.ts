import { definePermissions } from '../../platform/permissions.ts';

const books = ['finance', 'centre-admin'];

definePermissions({
  'costs:read': [...books, 'auditor'],
  'costs:write': [...books, 'integration'],
  'cost-centres:manage': books,
  'periods:manage': books,
  'allocation-keys:manage': books,
  'allocation-runs:read': [...books, 'auditor', 'member-finance', 'member-admin'],
  'allocation-runs:manage': books,
  'allocation-runs:approve': books,
});
