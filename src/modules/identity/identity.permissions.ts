import { definePermissions } from '../../platform/permissions.ts';

const ALL_CENTRE_ROLES = [
  'caseworker',
  'team-lead',
  'catalogue-manager',
  'centre-admin',
  'finance',
  'auditor',
  'data-protection-officer',
];

definePermissions({
  'users:read': [
    'centre-admin',
    'member-admin',
    'platform-admin',
    'team-lead',
    'auditor',
    'data-protection-officer',
  ],
  'users:manage': ['centre-admin', 'member-admin', 'platform-admin'],
  'teams:read': ALL_CENTRE_ROLES,
  'teams:manage': ['centre-admin', 'team-lead'],
  'machine-accounts:manage': ['centre-admin', 'member-admin'],
});
