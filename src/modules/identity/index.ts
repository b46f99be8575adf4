import './identity.permissions.ts';

export { type BootstrapService, createBootstrapService, type FirstAccount } from './bootstrap.service.ts';
export type { HatView, MeView, TokenView } from './identity.schemas.ts';
export { membersRoutes } from './members.routes.ts';
export { createMembersService, type MembersService } from './members.service.ts';
export { sessionsRoutes } from './sessions.routes.ts';
export { createSessionsService, type SessionSettings, type SessionsService } from './sessions.service.ts';
export { usersRoutes } from './users.routes.ts';
export { createUsersService, type UsersService } from './users.service.ts';
