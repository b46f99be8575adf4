import { systemContext } from '../../src/platform/context.ts';
import { newId } from '../../src/platform/ids.ts';
import { camt } from './camt.ts';
import { created, must } from './services.ts';
import { mailTo } from './statement-sending.ts';
import { foreignCentre, list, onto, type TenantRow, withBody, withQuery } from './tenant-row.ts';
import { issuedStatement, parties } from './tenant-rows-statements.ts';
import { allRoles, type Made, type Side, type TenantWorld } from './tenant-world.ts';

interface PlanMade extends Made {
  readonly contentHash: string;
}

let nextYear = 2301;

/** A year of its own, for periods of a centre share no day. */
async function freshYear(own: Side): Promise<{ id: string; year: number }> {
  const year = nextYear++;
  const { id } = await created(own.centre, '/billing-periods', { code: String(year) });
  return { id, year };
}

let nextPastYear = 1901;

/** A year long gone, that can be ended without holding up what others date. */
async function pastYear(own: Side): Promise<{ id: string; year: number }> {
  const year = nextPastYear++;
  const { id } = await created(own.centre, '/billing-periods', { code: String(year) });
  return { id, year };
}

async function planBody(own: Side) {
  const { id: periodId, year } = await freshYear(own);
  const amounts = [{ organisationId: own.member.hat.id, serviceId: own.serviceId, amountCents: 1200 }];
  return { periodId, dueOn: [`${year}-06-30`], amounts };
}

const plan = async ({ own }: TenantWorld): Promise<PlanMade> =>
  must<PlanMade>(own.centre, 'POST', '/instalment-plans', await planBody(own));

async function submitted(world: TenantWorld): Promise<PlanMade> {
  const made = await plan(world);
  const etag = { 'if-match': `"${made.version}"` };
  return must<PlanMade>(world.own.centre, 'POST', `/instalment-plans/${made.id}/actions/submit`, {}, etag);
}

async function approved(world: TenantWorld): Promise<PlanMade> {
  const made = await submitted(world);
  const { own, test } = world;
  const second = await test.caller(own.centre.hat, allRoles(own.centre.hat));
  const etag = { 'if-match': `"${made.version}"` };
  const { contentHash } = made;
  return must<PlanMade>(
    second,
    'POST',
    `/instalment-plans/${made.id}/actions/approve`,
    { contentHash },
    etag,
  );
}

const partOfPlan: TenantRow = {
  as: 'member',
  own: 200,
  reach: 'hidden',
  make: async (world) => ({ params: { id: (await approved(world)).id } }),
  foreignIds: {
    'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
  },
};

const foreignMember = {
  'a member of the other side': [withBody((other) => ({ organisationId: other.member.hat.id })), 422],
} satisfies TenantRow['foreignIds'];

const paymentBody = (own: Side) => ({
  organisationId: own.member.hat.id,
  amountCents: 100,
  bookedOn: '2026-01-05',
  text: 'Überweisung',
});

const payment = ({ own }: TenantWorld) => created(own.centre, '/payments', paymentBody(own));

/** A payment that counts for a document, and the match. */
async function matched(world: TenantWorld): Promise<{ id: string; matchId: string }> {
  const { id: statementId } = await issuedStatement(world);
  const { centre } = world.own;
  const body = { ...paymentBody(world.own), matches: [{ statementId, amountCents: 100 }] };
  const { id } = await created(centre, '/payments', body);
  const { items } = await must<{ items: Made[] }>(centre, 'GET', `/payments/${id}/matches`);
  return { id, matchId: items[0]?.id ?? '' };
}

const account = ({ own }: TenantWorld, iban = freshIban()) =>
  created(own.centre, '/payer-accounts', { organisationId: own.member.hat.id, iban });

let nextAccount = 1;

/** Check digits as ISO 13616 has them: 98 - (n * 100 mod 97), with DE as 1314. */
function freshIban(): string {
  const number = `37040044${String(nextAccount++).padStart(10, '0')}`;
  const check = 98n - (BigInt(`${number}131400`) % 97n);
  return `DE${check.toString().padStart(2, '0')}${number}`;
}

async function bankFile(world: TenantWorld): Promise<string> {
  await parties(world);
  return camt({ statementId: newId(), entries: [{ amount: '1.00', reference: newId(), text: ['Umlage'] }] });
}

async function imported(world: TenantWorld): Promise<{ id: string }> {
  const { own, test } = world;
  const answer = await test.inject({
    method: 'POST',
    url: '/api/v1/bank-statement-imports?dryRun=false',
    payload: await bankFile(world),
    headers: { authorization: `Bearer ${own.centre.token}`, 'content-type': 'application/xml' },
  });
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json();
}

const NOTHING_SETTLED = {
  memberName: 'Mitglied',
  invoicedCents: 0,
  paidCents: 0,
  actualCents: 0,
  settlementCents: 0,
  openCents: 0,
  netDueCents: 0,
  documents: [],
  credit: null,
};

/** A period that is settled, as far as reading goes. */
async function settled({ own, test }: TenantWorld): Promise<{ id: string }> {
  const { id: periodId, year } = await pastYear(own);
  const id = newId();
  await test.owner
    .sql`insert into settlements (id, centre_id, period_id, period_code, starts_on, ends_on, members, content_hash, settled_by,
      settled_by_name, settled_at)
    values (${id}, ${own.centre.hat.id}, ${periodId}, ${String(year)}, ${`${year}-01-01`}, ${`${year + 1}-01-01`},
      ${JSON.stringify([{ ...NOTHING_SETTLED, organisationId: own.member.hat.id }])}::text::jsonb, ${'a'.repeat(64)},
      ${own.centre.userId}, 'F', now())`;
  return { id };
}

/** A notice about a document that was due long ago. */
async function notice(world: TenantWorld): Promise<{ id: string }> {
  const { own, test } = world;
  const { sql } = test.owner;
  await issuedStatement(world);
  const [known] = await sql<
    { id: string }[]
  >`select id from dunning_notices where organisation_id = ${own.member.hat.id}`;
  if (known !== undefined) return known;
  const asked = {
    issuedOn: '2999-01-01',
    payUntil: '2999-02-01',
    minDaysBetween: 1,
    organisationIds: [own.member.hat.id],
    askedBy: { id: own.centre.userId, name: 'F' },
  };
  const ctx = systemContext(own.centre.hat, '2999-01-01T09:00:00.000Z', newId());
  await test.modules.receivables.dunning.issue(ctx, asked);
  const [made] = await sql<
    { id: string }[]
  >`select id from dunning_notices where organisation_id = ${own.member.hat.id}`;
  if (made === undefined) throw new Error('no notice');
  return made;
}

let nextBlock = 1;

/** About a document of its own, for a chain has one block at a time. */
async function blockBody(world: TenantWorld) {
  const { id: statementId } = await issuedStatement(world);
  const reason = `Stundung ${nextBlock++}`;
  return { organisationId: world.own.member.hat.id, statementId, reason, untilOn: '2999-12-31' };
}

const block = async (world: TenantWorld): Promise<Made> =>
  created(world.own.centre, '/dunning-blocks', await blockBody(world));

/** About a document of its own, of which nothing is paid; what other rows left as credits of the member would stand in the way. */
async function writeOffBody(world: TenantWorld) {
  const { own, test } = world;
  await test.owner.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`delete from payment_matches where organisation_id = ${own.member.hat.id}`;
    await sql`delete from payments where organisation_id = ${own.member.hat.id}`;
    await sql`update statements set superseded_by = id where organisation_id = ${own.member.hat.id} and payable_cents < 0`;
  });
  const { id: statementId } = await issuedStatement(world);
  return { statementId, amountCents: 1, ground: 'minor', reason: 'Kleinbetrag' };
}

/** Asked for by a second person of the centre, so that the first one may confirm it. */
async function writeOff(world: TenantWorld): Promise<{ id: string; version: number }> {
  const { hat } = world.own.centre;
  const second = await world.test.caller(hat, allRoles(hat));
  return created(second, '/write-offs', await writeOffBody(world));
}

async function confirmedWriteOff(world: TenantWorld): Promise<{ id: string; version: number }> {
  const { id, version } = await writeOff(world);
  const answer = await world.own.centre.call(
    'POST',
    `/write-offs/${id}/actions/confirm`,
    {},
    {
      'if-match': `"${version}"`,
    },
  );
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json();
}

const readingOne = (
  make: (world: TenantWorld) => Promise<{ id: string }>,
  as: TenantRow['as'] = 'centre',
): TenantRow => ({
  as,
  own: 200,
  reach: 'hidden',
  make: async (world) => ({ params: { id: (await make(world)).id } }),
});

const PLANS: Readonly<Record<string, TenantRow>> = {
  listInstalmentPlans: list('member', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await approved(world)).id }),
    foreignIds: { 'a period of the other side': [withQuery((other) => `periodId=${other.periodId}`), 200] },
  }),
  createInstalmentPlan: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: await planBody(own) }),
    foreignIds: {
      ...foreignCentre,
      'a period of the other side': [withBody((other) => ({ periodId: other.periodId })), 422],
      'a member of the other side': [
        (target, other) => {
          const { amounts } = target.body as { amounts: object[] };
          const changed = amounts.map((amount) => ({ ...amount, organisationId: other.member.hat.id }));
          return { ...target, body: { ...(target.body as object), amounts: changed } };
        },
        422,
      ],
      'a service of the other side': [
        (target, other) => {
          const { amounts } = target.body as { amounts: object[] };
          const changed = amounts.map((amount) => ({ ...amount, serviceId: other.serviceId }));
          return { ...target, body: { ...(target.body as object), amounts: changed } };
        },
        422,
      ],
    },
    otherBody: (sent: object) => ({ ...sent, issueDaysBefore: 7 }),
  },
  getInstalmentPlan: readingOne(approved, 'member'),
  listInstalmentPlanShares: partOfPlan,
  listInstalments: partOfPlan,
  submitInstalmentPlan: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await plan(world), {}),
  },
  approveInstalmentPlan: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const made = await submitted(world);
      const { own, test } = world;
      const caller = await test.caller(own.centre.hat, allRoles(own.centre.hat)); // four eyes
      return { ...onto(made, { contentHash: made.contentHash }), caller };
    },
  },
  issueDueInstalments: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => {
      const { id } = await approved(world);
      return { params: { id }, body: {}, secret: id };
    },
  },
  rejectInstalmentPlan: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await plan(world), { reason: 'Erledigt' }),
  },
  endInstalmentPlan: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await approved(world), { from: '2026-01-01', reason: 'Erledigt' }),
  },
};

const PAYMENTS: Readonly<Record<string, TenantRow>> = {
  listOpenItems: list('member', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await issuedStatement(world)).id }),
    foreignIds: {
      'a period of the other side': [withQuery((other) => `periodId=${other.periodId}`), 200],
      'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
    },
  }),
  listPayments: list('member', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await payment(world)).id }),
    foreignIds: {
      'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
    },
  }),
  createPayment: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: paymentBody(own) }),
    foreignIds: { ...foreignCentre, ...foreignMember },
    otherBody: (sent: object) => ({ ...sent, amountCents: 101 }),
  },
  getPayment: { ...readingOne(payment, 'member'), reach: 'hidden' },
  reversePayment: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => ({ params: { id: (await payment(world)).id }, body: { reason: 'Irrtum' } }),
    otherBody: () => ({ reason: 'Anderer Irrtum' }),
  },
  createPaymentOffset: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async (world) => {
      const { id: fromStatementId } = await issuedStatement(world);
      const { id: toStatementId } = await issuedStatement(world);
      // A credit, as if more had been paid than is asked for since.
      await world.test.owner.sql.begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        await sql`update statements set payable_cents = -119, gross_cents = -119, net_cents = -100, vat_cents = -19 where id = ${fromStatementId}`;
      });
      return { body: { fromStatementId, toStatementId, amountCents: 60 } };
    },
    otherBody: (sent: object) => ({ ...sent, amountCents: 1 }),
  },
  listPaymentMatches: readingOne(matched, 'member'),
  createPaymentMatches: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => {
      const { id } = await payment(world);
      const { id: statementId } = await issuedStatement(world);
      return { params: { id }, body: { matches: [{ statementId, amountCents: 60 }] } };
    },
    foreignIds: foreignMember,
    otherBody: (sent: { matches: { statementId: string }[] }) => ({
      matches: [{ statementId: sent.matches[0]?.statementId, amountCents: 1 }],
    }),
  },
  releasePaymentMatch: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => ({ params: await matched(world), body: { reason: 'Irrtum' } }),
    otherBody: () => ({ reason: 'Anderer Irrtum' }),
  },
  listPayerAccounts: list('centre', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await account(world)).id }),
    foreignIds: {
      'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
    },
  }),
  createPayerAccount: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own }) => ({ body: { organisationId: own.member.hat.id, iban: freshIban() } }),
    foreignIds: { ...foreignCentre, ...foreignMember },
    otherBody: (sent: object) => ({ ...sent, iban: freshIban() }),
  },
  getPayerAccount: readingOne(account),
  confirmPayerAccount: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own, test }) => {
      const { hat } = own.centre;
      const second = await test.caller(hat, allRoles(hat));
      const body = { organisationId: own.member.hat.id, iban: freshIban() };
      return onto(await created(second, '/payer-accounts', body), {});
    },
  },
  retirePayerAccount: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await account(world), {}),
  },
  listBankStatementImports: list('centre', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await imported(world)).id }),
  }),
  getBankStatementImport: readingOne(imported),
  importBankStatement: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async (world) => ({
      query: 'dryRun=false',
      body: await bankFile(world),
      contentType: 'application/xml',
    }),
    otherBody: (text: string) => text.replace('Umlage', 'Anderes'),
  },
};

const ENDINGS: Readonly<Record<string, TenantRow>> = {
  listSettlements: list('member', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await settled(world)).id }),
    foreignIds: { 'a period of the other side': [withQuery((other) => `periodId=${other.periodId}`), 200] },
  }),
  createSettlement: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async ({ own, test }) => {
      const { id: periodId } = await pastYear(own);
      await test.owner
        .sql`update billing_periods set state = 'frozen', frozen_at = now() where id = ${periodId}`;
      const figures = `/settlements/figures?periodId=${periodId}`;
      const { contentHash } = await must<{ contentHash: string }>(own.centre, 'GET', figures);
      return { body: { periodId, contentHash, credits: 'keep' } };
    },
    foreignIds: {
      ...foreignCentre,
      'a period of the other side': [withBody((other) => ({ periodId: other.periodId })), 422],
    },
    otherBody: (sent: object) => ({ ...sent, credits: 'payout' }),
  },
  getSettlementFigures: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async ({ own }) => ({ query: `periodId=${own.periodId}` }),
  },
  getSettlement: readingOne(settled, 'member'),
  getSettlementPayouts: readingOne(settled),
  listDunningNotices: list('member', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await notice(world)).id }),
    foreignIds: {
      'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
    },
  }),
  requestDunningNotices: {
    as: 'centre',
    own: 200,
    reach: 'self',
    make: async (world) => {
      await parties(world);
      return { query: 'dryRun=true', body: {} };
    },
    foreignIds: {
      ...foreignCentre,
      'a member of the other side': [withBody((other) => ({ organisationIds: [other.member.hat.id] })), 422],
    },
  },
  getDunningNotice: readingOne(notice, 'member'),
  getDunningNoticeLetter: readingOne(notice, 'member'),
  sendDunningNotice: {
    as: 'centre',
    own: 201,
    reach: 'hidden',
    make: async (world) => {
      const { id } = await notice(world);
      const { test, own } = world;
      const { centre: finance, member } = own;
      const job = systemContext(finance.hat, finance.context.now, newId());
      await mailTo({ test, finance, member, job }, 'kaemmerei@ahsetal.example');
      return { params: { id }, secret: id, body: { reason: 'Anschrift berichtigt' } };
    },
    otherBody: (sent: object) => ({ ...sent, reason: 'Noch einmal erbeten' }),
  },
  listDunningBlocks: list('centre', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await block(world)).id }),
    foreignIds: {
      'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
    },
  }),
  createDunningBlock: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async (world) => ({ body: await blockBody(world) }),
    foreignIds: { ...foreignCentre, ...foreignMember },
    otherBody: (sent: object) => ({ ...sent, reason: 'Streit' }),
  },
  getDunningBlock: readingOne(block),
  liftDunningBlock: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await block(world), {}),
  },
  listWriteOffs: list('centre', () => '', {
    make: async (world) => ({ query: 'limit=200', secret: (await writeOff(world)).id }),
    foreignIds: {
      'a member of the other side': [withQuery((other) => `organisationId=${other.member.hat.id}`), 200],
    },
  }),
  createWriteOff: {
    as: 'centre',
    own: 201,
    reach: 'self',
    make: async (world) => ({ body: await writeOffBody(world) }),
    foreignIds: foreignCentre,
    otherBody: (sent: object) => ({ ...sent, ground: 'remission' }),
  },
  getWriteOff: readingOne(writeOff),
  confirmWriteOff: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await writeOff(world), {}),
  },
  rejectWriteOff: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await writeOff(world), { reason: 'Irrtum' }),
  },
  revokeWriteOff: {
    as: 'centre',
    own: 200,
    reach: 'hidden',
    make: async (world) => onto(await confirmedWriteOff(world), { reason: 'Irrtum' }),
  },
};

export const RECEIVABLES: Readonly<Record<string, TenantRow>> = { ...PLANS, ...PAYMENTS, ...ENDINGS };
