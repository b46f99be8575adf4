import { test } from 'tap';
import {
  atPointer,
  priorityName,
  priorityNumber,
  teamFor,
} from '../../src/modules/requests/routing.rules.ts';
import {
  ACTIONS,
  availableActions,
  OPEN_STATUSES,
  refusal,
  STATUSES,
  TRANSITIONS,
  takesMessages,
} from '../../src/modules/requests/transitions.rules.ts';

const NOW = '2026-11-22T10:00:00.000Z';
const BEFORE = '2026-11-22T09:59:59.999Z';
const AFTER = '2026-11-22T10:00:00.001Z';

test('rules of requests', async (t) => {
  t.test('for every status, hat and action: offered exactly when it would not be refused', async (t) => {
    for (const status of STATUSES)
      for (const hatKind of ['centre', 'organisation', 'platform'] as const)
        for (const closesAt of [null, BEFORE, NOW, AFTER]) {
          const permissions = new Set(ACTIONS.map((action) => TRANSITIONS[action].permission));
          const subject = { status, closesAt };
          const offered = availableActions(subject, { hatKind, permissions, now: NOW });
          const taken = ACTIONS.filter(
            (action) => refusal(action, subject, { hatKind, now: NOW }) === undefined,
          );
          t.strictSame(offered, taken, `${status} ${hatKind} ${closesAt}`);
          t.strictSame(availableActions(subject, { hatKind, permissions: new Set(), now: NOW }), []);
        }
  });

  t.test('nothing leads out of an end, and every way is by one party', async (t) => {
    const ends = ['closed', 'rejected', 'cancelled', 'merged'];
    for (const action of ACTIONS) {
      const { from, by, permission } = TRANSITIONS[action];
      t.strictSame(
        from.filter((status) => ends.includes(status)),
        [],
        action,
      );
      t.equal(permission, by === 'centre' ? 'requests:work' : 'requests:file', action);
    }
    t.strictSame(
      STATUSES.filter((status) => !takesMessages(status)),
      ['draft', ...ends],
    );
    t.strictSame(
      OPEN_STATUSES.filter((status) => ends.includes(status) || ['draft', 'resolved'].includes(status)),
      [],
    );
  });

  t.test('the centre closes from the moment on that the time for objections is over', async (t) => {
    const close = (closesAt: string | null) =>
      refusal('close', { status: 'resolved', closesAt }, { hatKind: 'centre', now: NOW });
    t.equal(close(AFTER), 'too-early');
    t.equal(close(null), 'too-early');
    t.equal(close(NOW), undefined);
    t.equal(close(BEFORE), undefined);
  });

  t.test('the first route whose field has its value wins', async (t) => {
    const routes = [
      { when: { formField: '/kind', equals: 'a' }, teamId: 'team-a' },
      { when: { formField: '/deep/a~1b', equals: 1 }, teamId: 'team-deep' },
      { when: { formField: '/kind', equals: 'a' }, teamId: 'team-late' },
    ];
    const rule = { teamId: 'team', autoAccept: true, objectionDays: 14, routes };
    t.equal(teamFor(rule, { kind: 'a', deep: { 'a/b': 1 } }), 'team-a');
    t.equal(teamFor(rule, { kind: 'b', deep: { 'a/b': 1 } }), 'team-deep');
    t.equal(teamFor(rule, { kind: 'b', deep: { 'a/b': '1' } }), 'team', '"1" is not 1');
    t.equal(teamFor(rule, {}), 'team');
    t.equal(teamFor(rule, null), 'team');
  });

  t.test('a pointer reads own fields only', async (t) => {
    t.equal(atPointer({ a: [{ b: 7 }] }, '/a/0/b'), 7);
    t.equal(atPointer({ '~': { '/': 1 } }, '/~0/~1'), 1);
    t.equal(atPointer({}, '/constructor'), undefined);
    t.equal(atPointer({ a: 'text' }, '/a/length'), undefined);
    t.strictSame(atPointer({ a: 1 }, ''), { a: 1 });
  });

  t.test('priorities have one number each', async (t) => {
    const names = ['urgent', 'high', 'normal', 'low'] as const;
    t.strictSame(names.map(priorityNumber), [1, 2, 3, 4]);
    t.strictSame([1, 2, 3, 4].map(priorityName), [...names]);
    t.throws(() => priorityName(5));
  });
});
