import fc from 'fast-check';
import tap from 'tap';
import { costClausesFor, coveredDaysOf, priceClausesFor } from '../../../src/modules/agreements/index.ts';
import { fixedClock } from '../../../src/platform/clock.ts';
import { withHatTx } from '../../../src/platform/db/hat.ts';
import { agreementTerms, draftAgreement } from '../../support/agreements.ts';
import type { Answer } from '../../support/answers.ts';
import { startTestApp } from '../../support/app.ts';
import { createService, createTeam } from '../../support/catalogue.ts';
import { pricedBy } from '../../support/rates.ts';

/** Months of one year and the first of the next stand for all days; null: without an end. */
const MONTHS = 12;
const dayOf = (month: number) =>
  `${2028 + Math.floor(month / MONTHS)}-${String(((month + MONTHS) % MONTHS) + 1).padStart(2, '0')}-01`;
const COST_CLAUSE = {
  mode: 'cascade',
  tranches: [{ id: 'a', label: 'A', percent: '100', key: { type: 'equal' } }],
};

interface Wording {
  readonly from: number;
  readonly to: number | null;
  /** By place: of the two parties, of the two services; which of the services is paid by price. */
  readonly parties: readonly number[];
  readonly services: readonly number[];
  readonly priced: readonly number[];
}

const some = fc.subarray([0, 1], { minLength: 1 });
const wording: fc.Arbitrary<Wording> = fc
  .record({
    from: fc.nat(MONTHS - 1),
    months: fc.option(fc.integer({ min: 1, max: MONTHS })),
    parties: some,
    services: some,
    priced: fc.subarray([0, 1]),
  })
  .map(({ months, ...rest }) => ({ ...rest, to: months === null ? null : rest.from + months }));

tap.test('wordings of one agreement', async (t) => {
  const test = await startTestApp(t, { clock: fixedClock('2028-01-10T10:00:00.000Z') });
  const parties = await Promise.all([
    test.organisation('Erwitte', '05974016'),
    test.organisation('Anröchte', '05974004'),
  ]);
  const centreHat = await test.centre('SOE', parties);
  const centre = await test.caller(centreHat, ['catalogue-manager', 'team-lead']);
  const team = await createTeam(centre, 'Standesamt');
  let made = 0;
  const twoServices = async () => {
    made += 2;
    const [one, two] = [
      await createService(centre, team, `s-${made}`),
      await createService(centre, team, `s-${made + 1}`),
    ];
    return [one.id, two.id];
  };

  /** An agreement of two services, whose wordings are brought into force one after the other. */
  async function agreement() {
    const services = await twoServices();
    const termsOf = ({ from, to, ...given }: Wording) => {
      const own = given.services.map((place) => services[place] as string);
      const priced = given.priced.filter((place) => given.services.includes(place));
      const prices = priced.map((place) => services[place] as string);
      return agreementTerms(
        given.parties.map((place) => parties[place]?.id as string),
        own,
        {
          validFrom: dayOf(from),
          validTo: to === null ? null : dayOf(to),
          costClause: prices.length === own.length ? null : COST_CLAUSE,
          priceClause: prices.length === 0 ? null : pricedBy('Karte', prices),
        },
      );
    };
    const partyIds = parties.map((one) => one.id);
    const { id, versionId } = await draftAgreement(centre, partyIds, services);
    const at = `/agreements/${id}`;
    const versionIds = [versionId];
    const etag = async () => ({ 'if-match': String((await centre.call('GET', at)).headers.etag) });
    let draft: number | undefined = 1;
    /** Drafts the wording, or rewrites the draft with it, and brings it into force. */
    const enforce = async (given: Wording): Promise<Answer & { statusCode: number }> => {
      if (draft === undefined) {
        const drafted = (await centre.call('POST', `${at}/versions`, termsOf(given))).json<Answer>();
        versionIds.push(drafted.id);
        draft = Number(drafted['number']);
      } else await centre.call('PUT', `${at}/versions/${draft}`, termsOf(given), await etag());
      const answer = await centre.call('POST', `${at}/actions/bring-into-force`, {}, await etag());
      if (answer.statusCode === 200) draft = undefined;
      return { ...answer.json<Answer>(), statusCode: answer.statusCode };
    };
    const shown = async () => (await centre.call('GET', at)).json<Answer>();
    const terminate = async (validTo: string) =>
      centre.call('POST', `${at}/actions/terminate`, { validTo }, await etag());
    /** Under which statuses the list finds it. */
    const listed = async () => {
      const found: string[] = [];
      for (const status of ['draft', 'in_force', 'terminated']) {
        const page = (await centre.call('GET', `/agreements?limit=200&status=${status}`)).json<Answer>();
        if (page.items.some((one) => one.id === id)) found.push(status);
      }
      return found;
    };
    return { enforce, terminate, shown, listed, services, read: () => facts(services, versionIds) };
  }

  /** What holds: for each month, party and service the place of its wording and the clause it falls under. */
  async function facts(services: string[], versionIds: string[]): Promise<Map<string, string>> {
    const whole = [dayOf(0), dayOf(3 * MONTHS)] as const;
    return withHatTx(test.db, centre.context, async (tx) => {
      const days = await coveredDaysOf(tx, centreHat.id, services, ...whole);
      const held = new Map<string, string>();
      for (let month = 0; month < 3 * MONTHS; month += 1) {
        const [day, next] = [dayOf(month), dayOf(month + 1)];
        const costs = await costClausesFor(tx, centreHat.id, services, day, next);
        const prices = await priceClausesFor(tx, centreHat.id, day, next);
        for (const { agreementVersionId: version, organisationId, serviceId, validFrom, validTo } of days) {
          if (validFrom > day || (validTo !== null && validTo <= day)) continue;
          const shared = costs.filter((one) => one.costClause !== null && one.serviceIds.includes(serviceId));
          const priced = prices.filter(({ rateCards }) => rateCards.has(serviceId));
          const clauses = [
            ...shared.map((one) => ['cost', one] as const),
            ...priced.map((one) => ['price', one] as const),
          ];
          const own = clauses.filter(([, one]) => one.agreementVersionId === version).map(([kind]) => kind);
          const key = `${month} ${parties.findIndex((one) => one.id === organisationId)} ${services.indexOf(serviceId)}`;
          held.set(
            key,
            `${held.get(key) ?? ''}${versionIds.indexOf(version)} ${own.join('+')}${clauses.length === own.length ? '' : ' and others'}`,
          );
        }
      }
      return held;
    });
  }

  /** What holds once a wording is in force: on its days what it says, and on all others what held before. */
  function changedBy(held: ReadonlyMap<string, string>, given: Wording, place: number): Map<string, string> {
    const isWithin = (key: string) =>
      Number.parseInt(key, 10) >= given.from && Number.parseInt(key, 10) < (given.to ?? 3 * MONTHS);
    const after = new Map([...held].filter(([key]) => !isWithin(key)));
    for (let month = given.from; month < (given.to ?? 3 * MONTHS); month += 1)
      for (const party of given.parties)
        for (const service of given.services)
          after.set(
            `${month} ${party} ${service}`,
            `${place} ${given.priced.includes(service) ? 'price' : 'cost'}`,
          );
    return after;
  }

  const plain = (from: number, to: number | null): Wording => ({
    from,
    to,
    parties: [0, 1],
    services: [0, 1],
    priced: [1],
  });

  await t.test('200: one that ends before the next begins leaves it alone (3)', async (t) => {
    const { enforce, shown, read } = await agreement();
    await enforce(plain(0, null));
    await enforce(plain(9, null));
    const before = await read();
    t.match(await enforce(plain(6, 9)), { statusCode: 200 });
    t.strictSame(await read(), changedBy(before, plain(6, 9), 2));
    t.equal((await read()).get('20 1 1'), '1 price', 'the days after it are those of the later wording');
    t.equal((await shown())['versionNumber'], 1);
  });

  await t.test('of wordings to come the next one is shown, whenever it was drafted', async (t) => {
    const cases: [Wording[], object][] = [
      [[plain(3, null), plain(9, null), plain(6, 9)], { versionNumber: 1, validTo: '2028-07-01' }],
      [[plain(9, null), plain(6, 9)], { versionNumber: 2, validFrom: '2028-07-01' }],
      [[plain(6, 9), plain(9, null)], { versionNumber: 1, validFrom: '2028-07-01' }],
    ];
    for (const [wordings, expected] of cases) {
      const { enforce, shown } = await agreement();
      for (const given of wordings) await enforce(given);
      t.match(await shown(), expected);
    }
  });

  await t.test('200: with an end where the agreement was terminated on it first (3)', async (t) => {
    const { enforce, terminate, read } = await agreement();
    await enforce(plain(0, null));
    t.match(await enforce(plain(6, 9)), { statusCode: 409 });
    t.equal((await terminate(dayOf(9))).statusCode, 200);
    t.match(await enforce(plain(6, 9)), { statusCode: 200 });
    const held = await read();
    const months = Array.from({ length: 12 }, (_, month) => held.get(`${month} 0 0`)?.[0] ?? '-');
    t.equal(months.join(''), '000000111---');
  });

  await t.test('terminated is an agreement only where no version in force comes after', async (t) => {
    const { enforce, terminate, shown, listed } = await agreement();
    await enforce(plain(0, null));
    await terminate(dayOf(9));
    t.match(await shown(), { versionNumber: 1, status: 'terminated' });
    t.strictSame(await listed(), ['terminated']);
    await enforce(plain(6, 9));
    t.match(await shown(), { versionNumber: 1, status: 'in_force', validTo: dayOf(6) });
    await enforce(plain(9, null));
    t.match(await shown(), { versionNumber: 1, status: 'in_force' });
    t.strictSame(await listed(), ['in_force'], 'and is found as what it is shown as');
    await terminate(dayOf(5));
    t.match(await shown(), { versionNumber: 1, status: 'terminated' }, 'with all that follows');
  });

  await t.test('409: an end that is past is not advised to be the day of a termination', async (t) => {
    const { enforce } = await agreement();
    await enforce(plain(-3, null));
    const { detail } = await enforce(plain(-2, 0));
    t.match(
      detail,
      /^The draft ends with 2027-12-31, .* that\. Where the wording of version 1 goes on from 2028-01-01/,
    );
  });

  await t.test(
    '409: inside, across and after one that reaches further; nothing is changed (3)',
    async (t) => {
      const cases: [string, Wording, RegExp][] = [
        [
          'inside',
          plain(6, 9),
          /^The draft ends with 2028-09-30, but version 2 holds from 2028-05-01 without an end and would lose its days after that\. Where nothing shall hold from 2028-10-01 on, first terminate the agreement \(POST …\/actions\/terminate with validTo 2028-10-01\), then bring the draft into force\. Where the wording of version 2 goes on from 2028-10-01, first bring it into force anew with validFrom 2028-10-01: rewrite the draft with it, then draft the present wording as the next version\.$/,
        ],
        [
          'across its start',
          plain(2, 6),
          /version 2 holds from 2028-05-01 without .*, let it end there \(validTo 2028-05-01\)\.$/,
        ],
        ['from its start', plain(4, 6), /the next version\.$/],
        ['inside one with an end', plain(1, 3), /version 1 holds from 2028-01-01 until 2028-04-30/],
      ];
      for (const [name, given, detail] of cases) {
        const { enforce, shown, read } = await agreement();
        await enforce(plain(0, null));
        await enforce(plain(4, null));
        const before = await read();
        t.match(
          await enforce(given),
          { statusCode: 409, code: 'LATER_DAYS_LOST', detail, errors: [{ pointer: '/validTo' }] },
          name,
        );
        t.strictSame(await read(), before, name);
        t.match(await shown(), { draftVersion: 3, status: 'in_force' });
      }
    },
  );

  await t.test(
    '200: what lies within its days never begins, what ends within them ends on its first (3)',
    async (t) => {
      const { enforce, read } = await agreement();
      for (const given of [plain(0, 4), plain(4, 6), plain(6, 8), plain(9, null)]) await enforce(given);
      t.match(await enforce(plain(2, 9)), { statusCode: 200 });
      const held = await read();
      const months = Array.from({ length: 12 }, (_, month) => held.get(`${month} 0 0`)?.[0] ?? '-');
      t.equal(months.join(''), '004444444333');
    },
  );

  await t.test('no order of wordings loses days that the new one does not speak of (3)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wording, { minLength: 2, maxLength: 5 }), async (wordings) => {
        const { enforce, read } = await agreement();
        const made: Wording[] = [];
        let held = new Map<string, string>();
        const hold = async (given: Wording) => {
          held = changedBy(held, given, made.length);
          made.push(given);
          same(await read(), held);
        };
        for (const given of wordings) {
          const answer = await enforce(given);
          if (answer.statusCode === 200) {
            await hold(given);
            continue;
          }
          if (answer.code !== 'LATER_DAYS_LOST') throw new Error(JSON.stringify(answer));
          same(await read(), held);
          // What the refusal advises can be done: the old wording anew for the days after, then this one.
          const onwards = goingOn(answer.detail, made, given);
          if ((await enforce(onwards)).statusCode !== 200) throw new Error('the old one cannot go on');
          await hold(onwards);
          if ((await enforce(given)).statusCode !== 200) throw new Error('the advice does not help');
          await hold(given);
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** The wording that the refusal names, for the days that it would lose. */
function goingOn(detail: string, made: readonly Wording[], { to }: Wording): Wording {
  const [, number, year, month] =
    /version (\d+) holds from \S+ (?:until (\d+)-(\d+)-\d+|without)/.exec(detail) ?? [];
  const end = year === undefined ? null : (Number(year) - 2028) * MONTHS + Number(month);
  return { ...(made[Number(number) - 1] as Wording), from: to as number, to: end };
}

function same(found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): void {
  const text = (held: ReadonlyMap<string, string>) => JSON.stringify([...held].sort());
  if (text(found) !== text(expected)) throw new Error(`${text(found)}\n${text(expected)}`);
}
