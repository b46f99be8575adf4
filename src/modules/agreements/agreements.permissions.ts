import { definePermissions } from '../../platform/permissions.ts';

definePermissions({
  'agreements:manage': ['centre-admin', 'catalogue-manager'],
});
