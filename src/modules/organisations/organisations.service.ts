import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { mapConstraints } from '../../platform/db/postgres-errors.ts';
import { DomainError } from '../../platform/errors.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import { changeMember, type DepartureRule, getMember, type MemberKey } from './membership.service.ts';
import {
  AGS_TAKEN,
  ALREADY_MEMBER,
  CENTRE_CODE_TAKEN,
  ORGANISATION_UNKNOWN,
} from './organisations.errors.ts';
import * as repo from './organisations.repo.ts';
import type {
  AddMember,
  CentreQuery,
  CentreView,
  ChangeCentre,
  ChangeMember,
  ChangeOrganisation,
  CreateCentre,
  CreateOrganisation,
  MemberView,
  OrganisationQuery,
  OrganisationView,
} from './organisations.schemas.ts';

export type OrganisationsService = ReturnType<typeof createOrganisationsService>;

/** Organisations, centres and who is a member of which. */
export function createOrganisationsService(db: Database, departureRules: readonly DepartureRule[]) {
  return {
    /** What a member may be kept by when it wants to leave. */
    departureProblems: departureRules.map(({ problem }) => problem),

    async createOrganisation(ctx: HatContext, input: CreateOrganisation): Promise<OrganisationView> {
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        await mapConstraints(
          {
            organisations_ags_key: {
              problem: AGS_TAKEN,
              detail: `The AGS ${input.ags} is registered already.`,
              errors: [{ pointer: '/ags', code: 'taken', detail: 'is registered already' }],
            },
          },
          () => repo.insertOrganisation(tx, id, input),
        );
        await audit(tx, ctx, {
          action: 'organisations.created',
          entityType: 'organisation',
          entityId: id,
          details: { ...input },
        });
        return getOrganisation(tx, id);
      });
    },

    getOrganisation: (ctx: HatContext, id: string): Promise<OrganisationView> =>
      withHatTx(db, ctx, (tx) => getOrganisation(tx, id)),

    async listOrganisations(ctx: HatContext, query: OrganisationQuery): Promise<Page<OrganisationView>> {
      const { limit, cursor, ...filter } = query;
      const after =
        cursor === undefined ? undefined : decodeCursor('organisations', cursor, ['string', 'uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listOrganisations(tx, filter, after, limit + 1));
      return toPage(
        rows,
        limit,
        'organisations',
        (row) => [row.name, row.id],
        (row) => row as OrganisationView,
      );
    },

    async changeOrganisation(
      ctx: HatContext,
      id: string,
      version: number,
      change: ChangeOrganisation,
    ): Promise<OrganisationView> {
      return withHatTx(db, ctx, async (tx) => {
        await getOrganisation(tx, id);
        if (!(await repo.updateOrganisation(tx, id, version, change))) throw preconditionFailed();
        await audit(tx, ctx, {
          action: 'organisations.changed',
          entityType: 'organisation',
          entityId: id,
          details: { ...change },
        });
        return getOrganisation(tx, id);
      });
    },

    async createCentre(ctx: HatContext, input: CreateCentre): Promise<CentreView> {
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        await mapConstraints(
          {
            centres_code_key: {
              problem: CENTRE_CODE_TAKEN,
              detail: `The code ${input.code} belongs to another centre.`,
              errors: [{ pointer: '/code', code: 'taken', detail: 'belongs to another centre' }],
            },
            centres_operator_id_organisations_id_fk: unknownOrganisation('/operatorId'),
          },
          () => repo.insertCentre(tx, id, input),
        );
        await audit(tx, ctx, {
          action: 'centres.created',
          entityType: 'centre',
          entityId: id,
          centreId: id,
          details: { ...input },
        });
        return getCentre(tx, id);
      });
    },

    getCentre: (ctx: HatContext, id: string): Promise<CentreView> =>
      withHatTx(db, ctx, (tx) => getCentre(tx, id)),

    async listCentres(ctx: HatContext, { limit, cursor }: CentreQuery): Promise<Page<CentreView>> {
      const [after] = cursor === undefined ? [] : decodeCursor('centres', cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listCentres(tx, after, limit + 1));
      return toPage(
        rows,
        limit,
        'centres',
        (row) => [row.id],
        (row) => row,
      );
    },

    async changeCentre(
      ctx: HatContext,
      id: string,
      version: number,
      { name }: ChangeCentre,
    ): Promise<CentreView> {
      return withHatTx(db, ctx, async (tx) => {
        await getCentre(tx, id);
        if (!(await repo.updateCentre(tx, id, version, name))) throw preconditionFailed();
        await audit(tx, ctx, {
          action: 'centres.changed',
          entityType: 'centre',
          entityId: id,
          centreId: id,
          details: { name },
        });
        return getCentre(tx, id);
      });
    },

    async addMember(ctx: HatContext, centreId: string, input: AddMember): Promise<MemberView> {
      return withHatTxOnce(db, ctx, async (tx) => {
        const { organisationId, joinedOn } = input;
        assertOwnCentre(ctx, centreId);
        await getCentre(tx, centreId);
        await mapConstraints(
          {
            centre_members_pkey: {
              problem: ALREADY_MEMBER,
              detail: 'The organisation is a member of this centre already.',
            },
            centre_members_organisation_id_organisations_id_fk: unknownOrganisation('/organisationId'),
          },
          () => repo.insertMember(tx, centreId, organisationId, joinedOn),
        );
        await audit(tx, ctx, {
          action: 'centres.member-added',
          entityType: 'centre',
          entityId: centreId,
          centreId,
          organisationId,
          details: { joinedOn },
        });
        const { name, ags } = await getOrganisation(tx, organisationId);
        return { organisationId, ags, name, joinedOn, leftOn: null };
      });
    },

    getMember: (ctx: HatContext, key: MemberKey): Promise<MemberView> =>
      withHatTx(db, ctx, (tx) => getMember(tx, key)),

    changeMember: (ctx: HatContext, key: MemberKey, expected: string, change: ChangeMember) =>
      withHatTx(db, ctx, (tx) => {
        assertOwnCentre(ctx, key.id);
        return changeMember(tx, ctx, key, { expected, rules: departureRules }, change);
      }),

    async listMembers(
      ctx: HatContext,
      centreId: string,
      { limit, cursor }: CentreQuery,
    ): Promise<Page<MemberView>> {
      const [after] = cursor === undefined ? [] : decodeCursor('members', cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        await getCentre(tx, centreId);
        return repo.listMembers(tx, centreId, after, limit + 1);
      });
      return toPage(
        rows,
        limit,
        'members',
        (row) => [row.organisationId],
        (row) => row,
      );
    },
  };
}

/** A centre's hat reaches its own member list only; another centre's answers like a missing one. */
function assertOwnCentre({ hat }: HatContext, centreId: string): void {
  if (hat.kind === 'centre' && hat.id !== centreId)
    throw new DomainError(NOT_FOUND, 'There is no such centre.');
}

function unknownOrganisation(pointer: string) {
  return {
    problem: ORGANISATION_UNKNOWN,
    detail: 'There is no organisation with this id.',
    errors: [{ pointer, code: 'unknown', detail: 'is no organisation' }],
  };
}

async function getOrganisation(tx: HatTx, id: string): Promise<OrganisationView> {
  const row = await repo.findOrganisation(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such organisation.');
  return row as OrganisationView;
}

async function getCentre(tx: HatTx, id: string): Promise<CentreView> {
  const row = await repo.findCentre(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such centre.');
  return row;
}
