import { definePermissions } from '../../platform/permissions.ts';

definePermissions({
  'services:manage': ['centre-admin', 'catalogue-manager'],
});
