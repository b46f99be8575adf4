import { created, must, tagOf } from './services.ts';
import { foreignCentre, list, onto, type Target, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import { COSTING } from './tenant-rows-costing.ts';
import { COSTS } from './tenant-rows-costs.ts';
import { GRANTS } from './tenant-rows-grants.ts';
import { LEDGER } from './tenant-rows-ledger.ts';
import { PEOPLE, SIGN_IN } from './tenant-rows-people.ts';
import { RATES } from './tenant-rows-rates.ts';
import { RECEIVABLES } from './tenant-rows-receivables.ts';
import { SENDING } from './tenant-rows-sending.ts';
import { SIMULATIONS } from './tenant-rows-simulations.ts';
import { STATEMENTS } from './tenant-rows-statements.ts';
import { VAT } from './tenant-rows-vat.ts';
import { OPERATIONS, REQUESTS, USAGE } from './tenant-rows-work.ts';
import {
  agreementInForce,
  agreementTerms,
  draftAgreement,
  draftService,
  fresh,
  type Made,
  publishedService,
  serviceContent,
  type TenantWorld,
} from './tenant-world.ts';

const ORGANISATIONS: Readonly<Record<string, TenantRow>> = {
  listOrganisations: list('platform', ({ own }) => own.member.hat.id, { reach: 'open' }),
  createOrganisation: {
    as: 'platform',
    own: 201,
    reach: 'self',
    make: async () => ({ body: { name: fresh('Gemeinde'), kind: 'municipality' } }),
  },
  getOrganisation: {
    as: 'platform',
    own: 200,
    reach: 'open',
    make: async ({ own }) => ({ params: { id: own.member.hat.id } }),
  },
  changeOrganisation: {
    as: 'platform',
    own: 200,
    reach: 'hidden',
    make: async ({ platform }) => {
      const body = { name: fresh('Gemeinde'), kind: 'municipality' };
      return onto(await created(platform, '/organisations', body), { name: fresh('Stadt') });
    },
  },
  listCentres: list('platform', ({ own }) => own.centre.hat.id, { reach: 'open' }),
  createCentre: {
    as: 'platform',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({
      body: { code: letters(), name: fresh('Zentrum'), operatorId: own.member.hat.id },
    }),
    otherBody: (body: object) => ({ ...body, code: letters() }),
  },
  getCentre: {
    as: 'platform',
    own: 200,
    reach: 'open',
    make: async ({ own }) => ({ params: { id: own.centre.hat.id } }),
  },
  changeCentre: {
    as: 'platform',
    own: 200,
    reach: 'hidden',
    make: async ({ own, platform }) => {
      const body = { code: letters(), name: fresh('Zentrum'), operatorId: own.member.hat.id };
      return onto(await created(platform, '/centres', body), { name: fresh('Zentrum') });
    },
  },
  listMembers: {
    as: 'centre',
    own: 200,
    reach: 'list',
    platformMay: true,
    make: async ({ own }) => ({
      params: { id: own.centre.hat.id },
      query: 'limit=200',
      secret: own.member.hat.id,
    }),
  },
  addMember: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    platformMay: true,
    make: async ({ own, test }) => {
      const organisation = await test.organisation(fresh('Beitritt'));
      return {
        params: { id: own.centre.hat.id },
        body: { organisationId: organisation.id, joinedOn: '2026-01-01' },
      };
    },
    otherBody: (body: object) => ({ ...body, joinedOn: '2025-01-01' }),
  },
  getMember: { as: 'centre', own: 200, reach: 'hidden', platformMay: true, make: guest },
  changeMember: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({ ...(await guest(world)), body: { leftOn: '2100-01-01' } }),
    foreignIds: {
      'a member of the other side': [
        (target, other) => ({
          ...target,
          params: { ...target.params, organisationId: other.member.hat.id },
        }),
        404,
      ],
    },
  },
};

let codes = 0;
/** A short mark for a centre that nobody has yet. */
function letters(): string {
  codes += 1;
  return `Z${String.fromCharCode(65 + Math.floor(codes / 26), 65 + (codes % 26))}`;
}

/** A member of the own centre that no agreement binds. */
async function guest({ own, test }: TenantWorld) {
  const { id: organisationId } = await test.organisation(fresh('Gast'));
  const members = `/centres/${own.centre.hat.id}/members`;
  await must(own.centre, 'POST', members, { organisationId, joinedOn: '2026-01-01' });
  const ifMatch = await tagOf(own.centre, `${members}/${organisationId}`);
  return { params: { id: own.centre.hat.id, organisationId }, ifMatch, secret: organisationId };
}

const foreignTerms = {
  'a service of the other side': [withBody((other) => ({ services: [other.serviceId] })), 422],
  'an organisation of the other side': [
    withBody((other) => ({ organisationIds: [other.member.hat.id] })),
    422,
  ],
} satisfies TenantRow['foreignIds'];

const AGREEMENTS: Readonly<Record<string, TenantRow>> = {
  listAgreements: list('member', ({ own }) => own.agreementId, {
    neighbour: 'open',
    foreignIds: {
      'the centre of the other side': [withQuery((other) => `centreId=${other.centre.hat.id}`), 200],
      'an organisation of the other side': [
        withQuery((other) => `organisationId=${other.member.hat.id}`),
        200,
      ],
    },
  }),
  getAgreement: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onto(await agreementInForce({ side: own })),
  },
  listAgreementVersions: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => ({ params: { id: (await agreementInForce({ side: own })).id } }),
  },
  createAgreement: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => {
      const { id } = await publishedService({ side: own });
      const terms = agreementTerms(id, own.member.hat.id);
      return {
        body: { centreId: own.centre.hat.id, title: fresh('Vertrag'), mode: 'private', ...terms },
      };
    },
    foreignIds: { ...foreignTerms, ...foreignCentre },
  },
  createAgreementVersion: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id } = await agreementInForce({ side: own });
      return { params: { id }, body: agreementTerms(own.serviceId, own.member.hat.id) };
    },
    foreignIds: foreignTerms,
    otherBody: (body: object) => ({ ...body, validFrom: '2030-01-01' }),
  },
  changeAgreementDraft: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id, version } = await draftAgreement({ side: own });
      return {
        params: { id, number: 1 },
        ifMatch: version,
        body: agreementTerms(own.serviceId, own.neighbour.hat.id),
      };
    },
    foreignIds: foreignTerms,
  },
  bringAgreementIntoForce: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onto(await draftAgreement({ side: own }), {}),
  },
  terminateAgreement: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onto(await agreementInForce({ side: own }), { validTo: '2999-01-01' }),
  },
};

const foreignTeam = {
  'a team of the other side': [withBody((other) => ({ processingRule: { teamId: other.teamId } })), 422],
} satisfies TenantRow['foreignIds'];

const onVersion = ({ id }: Made, body: unknown): Target => ({ params: { id, number: 1 }, ifMatch: 1, body });

const CATALOGUE: Readonly<Record<string, TenantRow>> = {
  listServices: list('member', ({ own }) => own.serviceId, {
    neighbour: 'open',
    foreignIds: {
      'the centre of the other side': [withQuery((other) => `centreId=${other.centre.hat.id}`), 200],
    },
  }),
  createService: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({
      body: {
        centreId: own.centre.hat.id,
        code: fresh('code'),
        category: 'registry',
        ...serviceContent(own.teamId),
      },
    }),
    foreignIds: { ...foreignTeam, ...foreignCentre },
  },
  getService: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    neighbour: 'open',
    make: async ({ own }) => ({ params: { id: own.serviceId }, secret: own.serviceId }),
  },
  listServiceVersions: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    neighbour: 'open',
    make: async ({ own }) => ({ params: { id: own.serviceId } }),
  },
  getServiceVersion: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    neighbour: 'open',
    make: async ({ own }) => ({ params: { id: own.serviceId, number: 1 } }),
  },
  createServiceVersion: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id } = await publishedService({ side: own });
      return { params: { id }, body: serviceContent(own.teamId) };
    },
    foreignIds: foreignTeam,
  },
  changeServiceDraft: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onVersion(await draftService({ side: own }), serviceContent(own.teamId)),
    foreignIds: foreignTeam,
  },
  publishServiceVersion: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => onVersion(await draftService({ side: own }), {}),
  },
  retireServiceVersion: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => {
      const { id } = await publishedService({ side: own });
      const { version } = await must(own.centre, 'GET', `/services/${id}/versions/1`);
      return { params: { id, number: 1 }, ifMatch: version, body: {} };
    },
  },
};

/** One row for each operation of the API document, by `operationId`. */
export const TENANT_ROWS: Readonly<Record<string, TenantRow>> = {
  ...SIGN_IN,
  ...PEOPLE,
  ...ORGANISATIONS,
  ...AGREEMENTS,
  ...CATALOGUE,
  ...REQUESTS,
  ...USAGE,
  ...COSTING,
  ...VAT,
  ...LEDGER,
  ...SIMULATIONS,
  ...RATES,
  ...COSTS,
  ...STATEMENTS,
  ...SENDING,
  ...RECEIVABLES,
  ...GRANTS,
  ...OPERATIONS,
};
