/** Which role may do what. Modules add rows at load; a hat's permissions are the union over its roles. */
const rolesByPermission = new Map<string, ReadonlySet<string>>();

/** Registers the permissions of a module: permission name → roles that hold it. Throws when a name is taken. */
export function definePermissions(rows: Readonly<Record<string, readonly string[]>>): void {
  for (const [permission, roles] of Object.entries(rows)) {
    if (rolesByPermission.has(permission)) throw new Error(`permission ${permission} is defined twice`);
    rolesByPermission.set(permission, new Set(roles));
  }
  byRoles.clear();
}

export function listPermissions(): string[] {
  return [...rolesByPermission.keys()].sort();
}

const byRoles = new Map<string, ReadonlySet<string>>();

/** All permissions of a hat with these roles. */
export function permissionsOf(roles: readonly string[]): ReadonlySet<string> {
  const key = roles.join(' ');
  const known = byRoles.get(key);
  if (known !== undefined) return known;
  const held = [...rolesByPermission].filter(([, holders]) => roles.some((role) => holders.has(role)));
  const permissions = new Set(held.map(([permission]) => permission));
  byRoles.set(key, permissions);
  return permissions;
}
