import { definePermissions } from '../../platform/permissions.ts';

definePermissions({
  'organisations:manage': ['platform-admin'],
  'centres:manage': ['platform-admin'],
  'members:manage': ['platform-admin', 'centre-admin'],
});
