import type { Config } from './config.ts';
import { agreementsRoutes, createAgreementsService, departureOfParty } from './modules/agreements/index.ts';
import {
  billingRoutes,
  createBillingService,
  createReceivablesService,
  createValidator,
  createVatService,
  receivablesRoutes,
  type ValidatorSettings,
  vatRoutes,
} from './modules/billing/index.ts';
import { catalogueRoutes, createCatalogueService } from './modules/catalogue/index.ts';
import { costingRoutes, createCostingService, missingLists } from './modules/costing/index.ts';
import { createGrantsService, grantsRoutes } from './modules/grants/index.ts';
import {
  createBootstrapService,
  createMembersService,
  createSessionsService,
  createUsersService,
  membersRoutes,
  type SessionSettings,
  sessionsRoutes,
  usersRoutes,
} from './modules/identity/index.ts';
import { createOperationsService, operationsRoutes } from './modules/operations/index.ts';
import { createOrganisationsService, organisationsRoutes } from './modules/organisations/index.ts';
import {
  createActionsService,
  createConversationService,
  createProcessingService,
  createRequestsService,
  requestsRoutes,
} from './modules/requests/index.ts';
import {
  createClosedRequestsService,
  createRollupsService,
  createUsageService,
  usageRoutes,
} from './modules/usage/index.ts';
import type { Clock } from './platform/clock.ts';
import type { Database } from './platform/db/database.ts';
import type { Routes } from './platform/http/route-rules.ts';
import type { MailSettings } from './platform/mail/mail.rules.ts';
import { createMailer } from './platform/mail/mailer.ts';

export interface ModuleDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly settings: ModuleSettings;
}

export interface ModuleSettings {
  readonly accessTokenSeconds: number;
  readonly sessions: SessionSettings;
  readonly mail: MailSettings | undefined;
  readonly validator: ValidatorSettings | undefined;
}

export function moduleSettings(config: Config, authSecret: string): ModuleSettings {
  return {
    accessTokenSeconds: config.ACCESS_TOKEN_SECONDS,
    sessions: {
      authSecret,
      refreshTokenSeconds: config.REFRESH_TOKEN_SECONDS,
      passwordCost: config.PASSWORD_COST,
      loginAttempts: config.LOGIN_ATTEMPTS,
    },
    mail: mailSettings(config),
    validator: validatorSettings(config),
  };
}

/** Undefined where no mail is sent. */
export function mailSettings({
  SMTP_URL: url,
  MAIL_FROM: from,
  SMTP_TLS: tls,
  SMTP_TIMEOUT_SECONDS: seconds,
}: Config): MailSettings | undefined {
  return url === undefined || from === undefined ? undefined : { url, from, tls, timeoutMs: seconds * 1000 };
}

/** Undefined where no validator is asked. */
export function validatorSettings({
  KOSIT_VALIDATOR_URL: url,
  KOSIT_VALIDATOR_TIMEOUT_SECONDS: seconds,
}: Config): ValidatorSettings | undefined {
  return url === undefined ? undefined : { url, timeoutMs: seconds * 1000 };
}

export type Modules = ReturnType<typeof createModules>;

/** The composition root: every service once, in the order of the module chain. Shared by server, workers, seeds and tests. */
export function createModules({ db, clock, settings }: ModuleDependencies) {
  const { accessTokenSeconds, sessions } = settings;
  const mailer = settings.mail && createMailer(settings.mail);
  const validator = settings.validator && createValidator(settings.validator);
  const billing = createBillingService(db, clock, mailer, validator);
  return {
    accessTokenSeconds,
    organisations: createOrganisationsService(db, [departureOfParty]),
    sessions: createSessionsService(db, clock, sessions),
    bootstrap: createBootstrapService(db, sessions.passwordCost),
    users: createUsersService(db, sessions.passwordCost),
    members: createMembersService(db),
    agreements: createAgreementsService(db, [missingLists]),
    catalogue: createCatalogueService(db),
    requests: createRequestsService(db),
    actions: createActionsService(db),
    processing: createProcessingService(db),
    conversation: createConversationService(db),
    usage: createUsageService(db, clock),
    rollups: createRollupsService(db),
    closedRequests: createClosedRequestsService(db),
    operations: createOperationsService(db),
    costing: createCostingService(db),
    grants: createGrantsService(db),
    vat: createVatService(db),
    billing,
    receivables: createReceivablesService(db, billing.sending.afterNotice),
  };
}

/** Routes of all modules, in the order the API document shows them. */
export function routesOf(modules: Modules): Routes[] {
  return [
    sessionsRoutes(modules.sessions, modules.accessTokenSeconds),
    usersRoutes(modules.users),
    membersRoutes(modules.members),
    organisationsRoutes(modules.organisations),
    agreementsRoutes(modules.agreements),
    catalogueRoutes(modules.catalogue),
    requestsRoutes(modules),
    usageRoutes(modules.usage),
    operationsRoutes(modules.operations),
    costingRoutes(modules.costing),
    grantsRoutes(modules.grants),
    vatRoutes(modules.vat),
    billingRoutes(modules.billing),
    receivablesRoutes(modules.receivables),
  ] as Routes[];
}
