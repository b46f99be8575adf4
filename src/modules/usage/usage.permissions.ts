import { definePermissions } from '../../platform/permissions.ts';

const centreReaders = ['centre-admin', 'catalogue-manager', 'finance', 'team-lead', 'caseworker'];
const memberReaders = ['requester', 'approver', 'member-finance', 'member-admin'];

definePermissions({
  'usage:read': [...centreReaders, ...memberReaders, 'auditor', 'data-protection-officer'],
  'usage:write': ['centre-admin', 'finance', 'team-lead', 'caseworker', 'integration'],
});
