import { newId } from '../../src/platform/ids.ts';
import { confirming, type ProfileBody, pathOf } from './issuer.ts';
import { must } from './services.ts';
import { PROFILE, recipientOf } from './statements.ts';
import { foreignCentre, list, onto, type Target, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import { allRoles, fresh, publishedService, type TenantWorld } from './tenant-world.ts';
import { determination, inForce } from './vat.ts';

interface Kept {
  readonly id: string;
  readonly version: number;
  readonly contentHash: string;
}

let nextYear = 2101;
let lastYear = 1899;

/** A period of its own, for periods of a centre share no day. */
const period = ({ own }: TenantWorld, year = nextYear++) =>
  must<{ id: string; code: string }>(own.centre, 'POST', '/billing-periods', { code: String(year) });

const first = { 'if-match': '"0"' };

/** Profile, with an account that two people named, and recipient of the own side, as they are now. */
export async function parties({
  own: { centre, member },
  test,
}: TenantWorld): Promise<{ profile: number; recipient: number }> {
  const versionOf = async (path: string, body: object) => {
    const put = await centre.call('PUT', path, body, first);
    return put.statusCode === 200 ? 1 : (await must<{ version: number }>(centre, 'GET', path)).version;
  };
  let profile = await versionOf(pathOf(centre), PROFILE);
  const { seller } = await must<ProfileBody>(centre, 'GET', pathOf(centre));
  if (seller.bank === null) {
    const second = await test.caller(centre.hat, allRoles(centre.hat));
    profile = (await confirming(second, profile)).json<ProfileBody>().version;
  }
  return {
    profile,
    recipient: await versionOf(`/billing-recipients/${member.hat.id}`, recipientOf('Gemeinde', 'M')),
  };
}

/** A batch in the state a job would leave it in. */
async function batch(world: TenantWorld, status: 'ready' | 'issued' = 'ready'): Promise<Kept> {
  const { own, test } = world;
  await parties(world);
  const { id: periodId, code } = await period(world);
  const id = newId();
  const contentHash = 'a'.repeat(64);
  await test.owner
    .sql`insert into statement_batches (id, centre_id, period_id, period_code, status, notes, content_hash, created_by,
      created_by_name, created_at)
    values (${id}, ${own.centre.hat.id}, ${periodId}, ${code}, ${status}, '{}', ${contentHash}, ${own.centre.userId}, 'F', now())`;
  return must<Kept>(own.centre, 'GET', `/statement-batches/${id}`);
}

/** A draft over one euro, made by nobody in particular; of a batch, unless it takes another person to issue it. */
export async function draft(
  world: TenantWorld,
  more: { readonly batchId?: string | null } = {},
): Promise<Kept> {
  const { own, test } = world;
  await parties(world);
  const { id: serviceId } = await publishedService({ side: own });
  const colleague = await test.caller(own.centre.hat, allRoles(own.centre.hat));
  const { id: determinationId } = await inForce(own.centre, colleague, {
    ...determination(serviceId, [own.member.hat.id]),
    validFrom: '2026-01-01',
    validTo: '2027-01-01',
  });
  const { batchId = (await batch(world, 'issued')).id } = more;
  const id = newId();
  const contentHash = 'b'.repeat(64);
  const line = {
    service: { code: fresh('c'), title: 'Leistung' },
    text: 'Alles',
    quantity: '1',
    unit: 'LS',
    netCents: 100,
    vat: { category: 'S', ratePercent: '19' },
  };
  const { sql } = test.owner;
  // What a batch drafted is issued while its period is frozen; a past one, for no price begins within or before it.
  const { id: periodId, code } = await period(world, lastYear--);
  await sql`update billing_periods set state = 'frozen', frozen_at = now() - interval '1 day' where id = ${periodId}`;
  await sql`update statement_batches b set recorded_until = p.recorded_until from billing_periods p where p.id = ${periodId} and b.id = ${batchId}::uuid`;
  await sql`insert into statements (id, centre_id, organisation_id, batch_id, kind, vat_group, status, period_id, period_code, starts_on, ends_on,
      agreement_reference, notes, preceding, net_cents, vat_cents, gross_cents, prepaid_cents, payable_cents, content_hash, created_by,
      created_by_name, created_at)
    values (${id}, ${own.centre.hat.id}, ${own.member.hat.id}, ${batchId}, 380, 'S', 'draft', ${periodId}, ${code}, '2026-01-01', '2027-01-01',
      'Vereinbarung', '{}', '[]', 100, 19, 119, 0, 119, ${contentHash}, ${own.centre.userId}, 'F', now())`;
  await sql`insert into statement_lines (statement_id, position, centre_id, organisation_id, service_id, vat_determination_id, net_cents,
      usage_links, line)
    values (${id}, 0, ${own.centre.hat.id}, ${own.member.hat.id}, ${serviceId}, ${determinationId}, 100, '{}', ${JSON.stringify(line)}::text::jsonb)`;
  return must<Kept>(own.centre, 'GET', `/statements/${id}`);
}

export async function issuedStatement(world: TenantWorld): Promise<Kept> {
  const kept = await draft(world);
  const etag = { 'if-match': `"${kept.version}"` };
  return must<Kept>(
    world.own.centre,
    'POST',
    `/statements/${kept.id}/actions/issue`,
    { contentHash: kept.contentHash },
    etag,
  );
}

const signed = ({ contentHash, ...kept }: Kept): Target => onto(kept, { contentHash });

export const STATEMENTS: Readonly<Record<string, TenantRow>> = {
  getBillingProfile: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { own } = world;
      await parties(world);
      return { params: { centreId: own.centre.hat.id }, secret: own.centre.hat.id };
    },
  },
  putBillingProfile: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({
      params: { centreId: world.own.centre.hat.id },
      body: PROFILE,
      ifMatch: (await parties(world)).profile,
    }),
  },
  confirmPayeeAccount: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { hat } = world.own.centre;
      const { profile } = await parties(world);
      const second = await world.test.caller(hat, allRoles(hat));
      const bank = { ...PROFILE.seller.bank, holder: fresh('kasse') };
      const other = { ...PROFILE, seller: { ...PROFILE.seller, bank } };
      const put = await second.call('PUT', pathOf(second), other, { 'if-match': `"${profile}"` });
      return { params: { centreId: hat.id }, ifMatch: put.json<ProfileBody>().version, body: {} };
    },
  },
  listBillingRecipients: list('member', ({ own }) => own.member.hat.id, {
    make: async (world) => {
      const { own } = world;
      await parties(world);
      return { query: 'limit=200', secret: own.member.hat.id };
    },
  }),
  getBillingRecipient: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { own } = world;
      await parties(world);
      return { params: { organisationId: own.member.hat.id } };
    },
  },
  putBillingRecipient: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({
      params: { organisationId: world.own.member.hat.id },
      ifMatch: (await parties(world)).recipient,
      body: recipientOf('Gemeinde', 'N'),
    }),
  },
  listStatementBatches: list('centre', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await batch(world)).id }),
    foreignIds: {
      'a period of the other side': [withQuery((other) => `periodId=${other.serviceId}`), 200],
    },
  }),
  createStatementBatch: {
    as: 'centre',
    own: 202,
    reach: 'self',
    make: async (world) => ({ body: { periodId: (await period(world)).id } }),
    foreignIds: {
      ...foreignCentre,
      'a period that is none of the centre': [withBody((other) => ({ periodId: other.serviceId })), 422],
    },
    otherBody: (sent: object) => ({ ...sent, dueOn: '2102-01-01' }),
  },
  getStatementBatch: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await batch(world)),
  },
  issueStatementBatch: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { id: batchId, version, contentHash } = await batch(world);
      await draft(world, { batchId });
      return signed({ id: batchId, version, contentHash });
    },
  },
  discardStatementBatch: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await batch(world), {}),
  },
  listStatements: list('member', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await issuedStatement(world)).id }),
    foreignIds: {
      'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
    },
  }),
  getStatement: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await issuedStatement(world)),
  },
  listStatementLines: {
    as: 'member',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({ params: { id: (await issuedStatement(world)).id } }),
  },
  getStatementDocument: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => ({ params: { id: (await draft(world)).id, format: 'csv' } }),
  },
  issueStatement: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => signed(await draft(world)),
  },
  discardStatement: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await draft(world), {}),
  },
  createCreditNote: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => {
      const { id } = await issuedStatement(world);
      return { params: { id }, body: { reason: 'Irrtum' }, secret: id };
    },
    otherBody: (sent: object) => ({ ...sent, reason: 'Anderer Irrtum' }),
  },
};
