import type { CardVersionBody } from './rates.ts';
import { created, must } from './services.ts';
import { foreignCentre, onto, type TenantRow, withBody } from './tenant-row.ts';
import { allRoles, fresh, type Side, type TenantWorld } from './tenant-world.ts';

const terms = ({ serviceId }: Side) => ({
  validFrom: '2031-01-01',
  interval: 'month',
  prices: [{ serviceId, meter: 'cases', unit: 'piece', model: 'unit', unitCents: 100 }],
});
const card = (own: Side) => ({ name: fresh('Karte'), ...terms(own) });
const draftCard = ({ own }: TenantWorld) => created(own.centre, '/rate-cards', card(own));

/** A card whose draft came into force by a second person. */
async function cardInForce(world: TenantWorld) {
  const draft = await draftCard(world);
  const { contentHash } = await must<CardVersionBody>(
    world.own.centre,
    'GET',
    `/rate-cards/${draft.id}/versions/1`,
  );
  const colleague = await world.test.caller(world.own.centre.hat, allRoles(world.own.centre.hat));
  const url = `/rate-cards/${draft.id}/actions/approve`;
  return must(colleague, 'POST', url, { number: 1, contentHash }, { 'if-match': '"1"' });
}

const foreignService = {
  'a service of the other side': [withBody((other) => ({ prices: terms(other).prices })), 422],
} satisfies TenantRow['foreignIds'];
const later = (own: Side) => ({ ...terms(own), validFrom: '2032-01-01' });

const reading = (own: number, more: Record<string, number> = {}): TenantRow => ({
  as: 'centre',
  own,
  reach: 'hidden',
  make: async (world) => {
    const target = onto(await draftCard(world));
    return { ...target, params: { ...target.params, ...more } };
  },
});

export const RATES: Readonly<Record<string, TenantRow>> = {
  listRateCards: {
    as: 'centre',
    own: 200,
    reach: 'list',
    make: async (world) => ({ query: 'limit=200', secret: (await draftCard(world)).id }),
  },
  getRateCard: reading(200),
  listRateCardVersions: reading(200),
  getRateCardVersion: reading(200, { number: 1 }),
  createRateCard: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: card(own) }),
    otherBody: (body: object) => ({ ...body, name: fresh('Karte') }),
    foreignIds: { ...foreignCentre, ...foreignService },
  },
  createRateCardVersion: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => onto(await cardInForce(world), later(world.own)),
    otherBody: (body: object) => ({ ...body, validFrom: '2033-01-01' }),
    foreignIds: foreignService,
  },
  changeRateCardDraft: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const target = onto(await draftCard(world), later(world.own));
      return { ...target, params: { ...target.params, number: 1 } };
    },
    foreignIds: foreignService,
  },
  approveRateCard: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const draft = await draftCard(world);
      const { contentHash } = await must<CardVersionBody>(
        world.own.centre,
        'GET',
        `/rate-cards/${draft.id}/versions/1`,
      );
      const caller = await world.test.caller(world.own.centre.hat, allRoles(world.own.centre.hat));
      return { ...onto(draft, { number: 1, contentHash }), caller };
    },
  },
  previewRates: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { id } = await draftCard(world);
      return { body: { rateCardId: id, number: 1 } };
    },
    foreignIds: foreignCentre,
  },
  importUsage: {
    as: 'centre',
    own: 200,
    reach: 'self',
    make: async ({ own }) => ({
      body: `AGS;Leistung;Menge;Datum\n${own.member.hat.id};${own.serviceId};1;2026-01-05\n`,
      contentType: 'text/csv',
    }),
  },
};
