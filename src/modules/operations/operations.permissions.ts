import { definePermissions } from '../../platform/permissions.ts';

definePermissions({
  'operations:read': ['centre-admin', 'platform-admin', 'auditor'],
  'audit:read': ['auditor', 'data-protection-officer', 'centre-admin', 'member-admin', 'platform-admin'],
  'operations:manage': ['centre-admin', 'platform-admin'],
});
