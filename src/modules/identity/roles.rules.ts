import type { HatKind } from '../../platform/context.ts';

/** Roles that can be held under each kind of hat. */
export const ROLES_BY_HAT: Readonly<Record<HatKind, readonly string[]>> = {
  centre: [
    'caseworker',
    'team-lead',
    'catalogue-manager',
    'centre-admin',
    'finance',
    'auditor',
    'data-protection-officer',
  ],
  organisation: [
    'requester',
    'approver',
    'member-finance',
    'member-admin',
    'auditor',
    'data-protection-officer',
  ],
  platform: ['coordinator', 'platform-admin'],
};

/** Roles of `roles` that do not exist under this kind of hat. */
export function unknownRoles(kind: HatKind, roles: readonly string[]): string[] {
  return roles.filter((role) => !ROLES_BY_HAT[kind].includes(role));
}

/** The role that gives and takes roles under each kind of hat. */
export const ADMINISTRATOR_OF: Readonly<Record<HatKind, string>> = {
  centre: 'centre-admin',
  organisation: 'member-admin',
  platform: 'platform-admin',
};
