import tap from 'tap';
import { fixedClock } from '../../../src/platform/clock.ts';
import { systemContext } from '../../../src/platform/context.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type Caller, startTestApp } from '../../support/app.ts';
import { requestDriver } from '../../support/requests.ts';
import { created, makeOrderable, must } from '../../support/services.ts';
import type { Body } from '../../support/usage.ts';

const NOW = '2026-06-15T08:00:00.000Z';

tap.test('what a request used', async (t) => {
  const clock = fixedClock(NOW);
  const test = await startTestApp(t, { clock });
  const world = await makeOrderable(test);
  const { requester, finance } = world;
  const drive = requestDriver(test, world, clock);
  const closed = async () => {
    const { id } = await drive.reach('closed');
    await test.modules.closedRequests.record(systemContext(world.centre, NOW, newId()), id);
    return id;
  };
  const urlOf = (id: string) => `/service-requests/${id}/usage-events`;
  const usageOf = (caller: Caller, id: string, query = '') =>
    must<Body>(caller, 'GET', `${urlOf(id)}${query}`);

  await t.test(
    '200: its own events with their corrections and no others, to both parties alike',
    async (t) => {
      const [id, other] = [await closed(), await closed()];
      const [event] = (await usageOf(finance, id)).items;
      t.match(event, { requestId: id, kind: 'usage', quantity: '2', meter: 'certificates' });
      t.not((await usageOf(finance, other)).items[0]?.id, event?.id);
      const { id: correction } = await created(finance, `/usage-events/${event?.id}/adjustment`, {
        quantity: '-1',
        reason: 'Eine verdruckt',
        idempotencyKey: 'misprint',
      });
      for (const caller of [finance, requester]) {
        const { items } = await usageOf(caller, id);
        t.strictSame(items.map((one) => one.id).toSorted(), [event?.id ?? '', correction].toSorted());
      }
      const page = await usageOf(requester, id, '?limit=1');
      t.equal(page.items.length, 1);
      const rest = await usageOf(requester, id, `?limit=1&cursor=${page.nextCursor}`);
      t.not(rest.items[0]?.id, page.items[0]?.id, 'the next page goes on behind it');
      t.equal(rest.nextCursor, null);
      const elsewhere = await requester.call('GET', `${urlOf(other)}?cursor=${page.nextCursor}`);
      t.equal(elsewhere.json<Body>().code, 'INVALID_CURSOR', 'a cursor belongs to its request');
    },
  );

  await t.test('200: nothing was used before it is closed', async (t) => {
    t.strictSame((await usageOf(requester, (await drive.reach('resolved')).id)).items, []);
  });

  await t.test('404: requests of others, and drafts to the centre, as if there were none', async (t) => {
    const id = await closed();
    const { id: draft } = await drive.reach('draft');
    const neighbour = await test.caller(world.otherMember, ['requester']);
    const stranger = await test.caller(await test.centre('XYZ'), ['finance']);
    const answers = [
      await neighbour.call('GET', urlOf(id)),
      await stranger.call('GET', urlOf(id)),
      await finance.call('GET', urlOf(draft)),
      await finance.call('GET', urlOf(newId())),
    ];
    for (const answer of answers) {
      t.equal(answer.statusCode, 404, answer.body);
      t.equal(answer.json<Body>().detail, 'There is no such request.');
    }
    t.strictSame((await usageOf(requester, draft)).items, [], 'to its member the draft is there');
  });
});
