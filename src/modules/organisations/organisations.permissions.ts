import { definePermissions } from '../../platform/permissions.ts';

definePermissions({
  'organisations:manage': ['platform-admin'],
  'centres:manage': ['platform-admin'],
  'members:manage': ['platform-admin', 'centre-admin'],
  // Not the platform, which does not see the agreements that a departure has to fit.
  'members:end': ['centre-admin'],
});
