import { definePermissions } from '../../platform/permissions.ts';

definePermissions({
  'requests:read': [
    'requester',
    'approver',
    'member-finance',
    'member-admin',
    'caseworker',
    'team-lead',
    'centre-admin',
    'finance',
    'auditor',
    'data-protection-officer',
    'integration',
  ],
  'requests:file': ['requester', 'member-admin', 'integration'],
  'requests:work': ['caseworker', 'team-lead', 'integration'],
  'requests:write-message': ['requester', 'member-admin', 'caseworker', 'team-lead', 'integration'],
  'requests:note': ['caseworker', 'team-lead'],
});
