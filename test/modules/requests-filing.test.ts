import tap, { type Test } from 'tap';
import { fixedClock, plusSeconds } from '../../src/platform/clock.ts';
import { type Caller, startTestApp } from '../support/app.ts';
import { bodyOf } from '../support/bodies.ts';
import {
  anotherService,
  BODIES,
  eventsOf,
  FORM,
  type RequestAnswer,
  requestDriver,
  type Scene,
} from '../support/requests.ts';
import { created, makeOrderable, must } from '../support/services.ts';
import { until } from '../support/waiting.ts';

const NOW = '2026-11-22T10:00:00.000Z';
const clock = fixedClock(NOW);

tap.test('filing, finding and claiming requests', async (t) => {
  const test = await startTestApp(t, { clock });
  const world = await makeOrderable(test);
  const scene = { test, world, drive: requestDriver(test, world, clock) };
  for (const part of [forms, versions, lists, claiming, atOnce, texts]) {
    clock.set(NOW);
    await t.test(part.name, (t) => part(t, scene));
  }
});

const NESTED_FORM = {
  type: 'object',
  title: 'Trauung',
  required: ['persons'],
  properties: {
    persons: {
      type: 'array',
      title: 'Personen',
      minItems: 2,
      maxItems: 2,
      items: {
        type: 'object',
        required: ['name', 'born'],
        properties: {
          name: { type: 'string', title: 'Name', maxLength: 50 },
          born: { type: 'string', title: 'Geboren', format: 'date' },
          a_b: { type: 'boolean', title: 'AB' },
        },
      },
    },
    email: { type: 'string', title: 'E-Mail', maxLength: 100 },
    phone: { type: 'string', title: 'Telefon', maxLength: 100 },
  },
  anyOf: [{ required: ['email'] }, { required: ['phone'] }],
};

async function forms(t: Test, { world, drive }: Scene): Promise<void> {
  const { requester } = world;
  const serviceId = await anotherService(world, 'marriage', NESTED_FORM);
  const file = (formData: unknown, submit = true) =>
    requester.call('POST', '/service-requests', { serviceId, subject: 'Trauung', formData, submit });
  const person = { name: 'A', born: '1990-01-31' };
  const whole = { persons: [person, person], email: 'a@example.org' };
  await t.test('400: every wrong place by pointer', async (t) => {
    t.equal((await file(whole)).statusCode, 201);
    const cases: [unknown, string[]][] = [
      [{}, ['/formData/persons']],
      [{ ...whole, persons: 'A' }, ['/formData/persons']],
      [{ ...whole, colour: 1 }, ['/formData/colour']],
      [{ ...whole, persons: [person, { ...person, born: '1990-02-31' }] }, ['/formData/persons/1/born']],
      [
        { ...whole, persons: [{ born: '1990-01-31', shoe: 44 }, person] },
        ['/formData/persons/0/name', '/formData/persons/0/shoe'],
      ],
      [{ ...whole, persons: [{ ...person, a_b: 'true' }, person] }, ['/formData/persons/0/a_b']],
      [{ ...whole, 'a/b~c': 1 }, ['/formData/a~1b~0c']],
    ];
    for (const [formData, pointers] of cases) {
      const answer = await file(formData);
      t.equal(answer.statusCode, 400, answer.body);
      t.equal(bodyOf(answer).code, 'FORM_INVALID');
      const found = bodyOf(answer).errors.map(({ pointer }: { pointer: string }) => pointer);
      for (const pointer of pointers) t.ok(found.includes(pointer), `${pointer} in ${found.join(' ')}`);
    }
  });
  await t.test('201: a draft may be incomplete, but not wrong; 400: submitting it', async (t) => {
    for (const formData of [{}, { persons: [] }, { persons: [{ name: 'A' }] }, { email: 'a@example.org' }]) {
      const answer = await file(formData, false);
      t.equal(answer.statusCode, 201, answer.body);
      const submit = await drive.tryAction(requester, bodyOf(answer).id, 'submit', 1);
      t.equal(submit.statusCode, 400, 'submitting needs the whole form');
      t.equal(bodyOf(submit).code, 'FORM_INVALID');
    }
    t.equal((await file({ persons: [{ name: 5 }] }, false)).statusCode, 400, 'a draft holds no wrong types');
    const draft = bodyOf(await file({}, false));
    const edit = (formData: object, version: number) =>
      requester.call('PATCH', `/service-requests/${draft.id}`, { formData }, { 'if-match': `"${version}"` });
    t.equal((await edit({ colour: 1 }, 1)).statusCode, 400);
    t.equal((await edit(whole, 1)).statusCode, 200);
    t.equal((await drive.tryAction(requester, draft.id, 'submit', 2)).statusCode, 200);
  });
}

async function versions(t: Test, { world, drive }: Scene): Promise<void> {
  const { admin, requester } = world;
  await t.test('pinned: a new version of service or agreement does not change what was filed', async (t) => {
    const schema = (required: string[]) => ({
      type: 'object',
      title: 'Formular',
      required,
      additionalProperties: false,
      properties: {
        a: { type: 'string', title: 'A', maxLength: 10 },
        b: { type: 'string', title: 'B', maxLength: 10 },
      },
    });
    const serviceId = await anotherService(world, 'pinned', schema(['a']));
    const filed = await drive.file({ serviceId, formData: { a: 'x' }, submit: true });
    const draft = await drive.file({ serviceId, formData: { a: 'x' } });
    await must(admin, 'POST', `/services/${serviceId}/versions`, {
      title: 'Neuer Titel',
      description: 'Zur Probe',
      formSchema: schema(['a', 'b']),
      usageRule: { meter: 'pieces', unit: 'piece', quantity: { fixed: '1' } },
      processingRule: { teamId: world.teamId, autoAccept: false },
    });
    const publish = `/services/${serviceId}/versions/2/actions/publish`;
    await must(admin, 'POST', publish, undefined, { 'if-match': '"1"' });
    t.strictSame(await drive.get(filed.id, requester), filed);
    await drive.process(filed.id);
    t.equal((await drive.get(filed.id)).status, 'accepted', 'worked off by the rule it was filed under');
    const submitted = await drive.tryAction(requester, draft.id, 'submit', 1);
    t.equal(submitted.statusCode, 200, 'a draft keeps the form it was filled in by');
    t.equal(bodyOf(submitted).serviceVersion, 1);
    const again = { serviceId, subject: 'x', formData: { a: 'x' }, submit: true };
    t.equal(
      (await requester.call('POST', '/service-requests', again)).statusCode,
      400,
      'new ones take version 2',
    );
    const fresh = await drive.file({ serviceId, formData: { a: 'x', b: 'y' } });
    t.equal(fresh.serviceVersion, 2);
    await drive.process((await drive.act(requester, fresh.id, 'submit')).id);
    t.equal((await drive.get(fresh.id)).status, 'submitted', 'the new rule waits for a person');
  });
}

async function lists(t: Test, { test, world }: Scene): Promise<void> {
  const search = await makeOrderable(test, 'SUCH');
  const { requester, caseworker } = search;
  const other = requestDriver(test, search, clock);
  const subjects = ['Häuser in der Hauptstraße', 'Eheschließung', 'Namensänderung', 'Sterbefall', 'Auskunft'];
  const filed: RequestAnswer[] = [];
  for (const subject of subjects)
    filed.push(await other.file({ subject, externalReference: `AZ ${subject}` }));
  const list = async (query: string, caller: Caller = requester) =>
    must<{ items: RequestAnswer[]; nextCursor: string | null }>(caller, 'GET', `/service-requests?${query}`);
  const found = async (query: string, caller?: Caller) =>
    (await list(query, caller)).items.map(({ subject }) => subject);

  await t.test('filters and search', async (t) => {
    await other.act(requester, filed[0]?.id ?? '', 'submit');
    await other.process(filed[0]?.id ?? '');
    t.strictSame(await found('open=true'), [subjects[0]]);
    t.strictSame(await found('open=false&sort=oldest'), subjects.slice(1));
    t.strictSame(await found('status=accepted&status=rejected'), [subjects[0]]);
    t.strictSame(await found(`teamId=${search.teamId}`), [subjects[0]]);
    t.strictSame(await found(`organisationId=${search.otherMember.id}`), []);
    t.strictSame(await found(`serviceId=${world.serviceId}`), []);
    t.equal((await found(`centreId=${search.centre.id}`, requester)).length, 5);
    t.strictSame(await found(`externalReference=${encodeURIComponent('AZ Auskunft')}`), ['Auskunft']);
    t.strictSame(await found('q=Haus'), [subjects[0]], 'Haus finds Häuser');
    t.strictSame(await found('q=eheschließungen'), ['Eheschließung'], 'the plural finds the singular');
    t.strictSame(await found(`q=${filed[3]?.number}`), ['Sterbefall'], 'by number');
    t.strictSame(await found('q=Sterbefall%20-AZ'), [], 'a minus leaves out');
    for (const q of ['%22', "'", '(', '!!', '%26%7C', '%25', '*', '\\', 'a%20OR'])
      t.equal((await caseworker.call('GET', `/service-requests?q=${q}`)).statusCode, 200, q);
  });
  await t.test('pages: every row once, whatever is filed meanwhile', async (t) => {
    for (const sort of ['newest', 'oldest']) {
      const before = new Set((await list('limit=200')).items.map(({ id }) => id));
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let page = 0; cursor !== null && page < 50; page += 1) {
        const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const { items, nextCursor } = await list(`limit=2&sort=${sort}${from}`);
        seen.push(...items.map(({ id }) => id));
        cursor = nextCursor;
        if (page < 3) await other.file();
      }
      t.equal(new Set(seen).size, seen.length, 'none twice');
      t.ok(
        [...before].every((id) => seen.includes(id)),
        'none missing',
      );
      const sorted = seen.toSorted();
      t.strictSame(seen, sort === 'oldest' ? sorted : sorted.toReversed());
    }
    const all = (await list('limit=200')).items.length;
    t.equal((await list(`limit=${all}`)).nextCursor, null, 'the last page says so');
  });
}

async function claiming(t: Test, { test }: Scene): Promise<void> {
  const world = await makeOrderable(test, 'CLAIM');
  const drive = requestDriver(test, world, clock);
  const claim = (caller: Caller) => caller.call('POST', '/service-requests/claim');
  const fill = async (priorities: readonly string[]) => {
    const ids: string[] = [];
    for (const [age, priority] of priorities.entries()) {
      clock.set(plusSeconds(NOW, age));
      const { id } = await drive.file({ priority, submit: true });
      await drive.process(id);
      ids.push(id);
    }
    return ids;
  };
  await t.test('204: nothing to claim, and nobody’s team', async (t) => {
    t.equal((await claim(world.caseworker)).statusCode, 204);
    const [id = ''] = await fill(['normal']);
    const stranger = await test.caller(world.centre, ['caseworker']);
    t.equal((await claim(stranger)).statusCode, 204, 'in no team');
    const answer = await claim(world.caseworker);
    t.equal(bodyOf(answer).id, id);
    t.equal(bodyOf(answer).assigneeId, world.caseworker.userId);
    t.equal(bodyOf(answer).status, 'accepted');
    t.equal((await claim(world.caseworker)).statusCode, 204, 'what is assigned is not claimed again');
  });
  await t.test('200: the most urgent first, then the oldest, over both teams', async (t) => {
    const second = await created(world.admin, '/teams', {
      name: 'Zweites',
      memberIds: [world.caseworker.userId],
    });
    const ids = await fill(['low', 'normal', 'urgent', 'normal', 'high', 'urgent']);
    await test.owner
      .sql`update service_requests set team_id = ${second.id} where id in ${test.owner.sql([ids[1] ?? '', ids[5] ?? '', ids[4] ?? ''])}`;
    const order: string[] = [];
    for (let i = 0; i < ids.length; i += 1) order.push(bodyOf(await claim(world.caseworker)).id);
    t.strictSame(
      order.map((id) => ids.indexOf(id)),
      [2, 5, 4, 1, 3, 0],
    );
  });
  await t.test(
    '200: while others are claiming, the best of what they leave, whichever team it is',
    async (t) => {
      const { sql } = test.owner;
      const ids = await fill([...Array<string>(16).fill('urgent'), 'normal', 'low']);
      const [low = '', normal = ''] = ids.toReversed();
      const team = sql`select id from teams where name = 'Zweites'`;
      await sql`update service_requests set team_id = (${team}) where id = ${normal}`;
      const urgent = ids.slice(0, 16);
      const whileHeld = () =>
        sql.begin(async (tx) => {
          await tx`select from service_requests where id in ${tx(urgent)} for update`;
          return bodyOf(await claim(world.caseworker)).id;
        });
      t.equal(await whileHeld(), normal, 'not the next of the team whose best are held');
      t.equal(await whileHeld(), low, 'also behind more than are looked at first');
      t.equal(
        bodyOf(await claim(world.caseworker)).id,
        urgent[0],
        'what was held and not claimed is still there',
      );
      await sql`update service_requests set assignee_id = ${world.caseworker.userId} where id in ${sql(ids)}`;
    },
  );
  await t.test('200: twenty at once on fifteen requests get fifteen different ones', async (t) => {
    const claimers = await Promise.all(
      Array.from({ length: 20 }, () => test.caller(world.centre, ['caseworker'])),
    );
    const { sql } = test.owner;
    for (const { userId } of claimers)
      await sql`insert into team_members (centre_id, team_id, user_id) values (${world.centre.id}, ${world.teamId}, ${userId})`;
    const ids = await fill(Array.from({ length: 15 }, (_, i) => ['normal', 'high'][i % 2] ?? 'normal'));
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(claimers.map(claim));
      const got = answers.filter(({ statusCode }) => statusCode === 200).map((answer) => bodyOf(answer));
      t.equal(got.length, 15, `round ${round}`);
      t.strictSame(got.map(({ id }) => id).toSorted(), ids.toSorted(), 'each once');
      t.equal(answers.filter(({ statusCode }) => statusCode === 204).length, 5);
      await sql`update service_requests set assignee_id = null where id in ${sql(ids)}`;
    }
  });
}

async function atOnce(t: Test, { test, world, drive }: Scene): Promise<void> {
  const { requester, caseworker } = world;
  const { sql } = test.owner;
  await t.test(
    '201: fifty equal creates with one key make one request and fifty equal answers',
    async (t) => {
      const body = { serviceId: world.serviceId, subject: 'Fünfzig', formData: FORM, submit: true };
      const send = () => requester.call('POST', '/service-requests', body, { 'idempotency-key': 'fifty' });
      const answers = await Promise.all(Array.from({ length: 50 }, send));
      t.strictSame(new Set(answers.map(({ statusCode }) => statusCode)), new Set([201]));
      const [first, ...rest] = answers.map((answer) => bodyOf(answer));
      for (const each of rest) t.strictSame(each, first);
      t.equal(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true').length, 49);
      const rows = await sql`select id from service_requests where subject = 'Fünfzig'`;
      t.equal(rows.length, 1);
      const jobs = await sql`select from outbox_jobs where payload ->> 'requestId' = ${first?.id ?? ''}`;
      t.equal(jobs.length, 1);
    },
  );
  await t.test(
    '201: a repeated create draws no number, in whatever spelling its address comes',
    async (t) => {
      const body = { serviceId: world.serviceId, subject: 'Nummer', formData: FORM, submit: true };
      const send = (url: string, key: string) =>
        requester.call('POST', url, body, { 'idempotency-key': key });
      const numberOf = async (url: string, key: string) =>
        Number(
          bodyOf(await send(url, key))
            .number.split('-')
            .at(-1),
        );
      const first = await numberOf('/service-requests', 'once');
      for (const url of ['/service-requests', '/%73ervice-requests', '/service-requests'])
        t.equal(await numberOf(url, 'once'), first, url);
      t.equal(await numberOf('/service-requests', 'anew'), first + 1, 'the next one has the next number');
    },
  );
  await t.test('412: of many who change the same state one wins', async (t) => {
    for (const [status, action, caller] of [
      ['accepted', 'start', caseworker],
      ['in_progress', 'resolve', caseworker],
      ['resolved', 'accept-result', requester],
    ] as const) {
      const { id, version } = await drive.reach(status);
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => drive.tryAction(caller, id, action, version)),
      );
      const codes = answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b);
      t.equal(codes[0], 200);
      t.ok(
        codes.slice(1).every((code) => code === 412 || code === 409),
        `${action}: ${codes.join(' ')}`,
      );
      const events = (await eventsOf(caseworker, id)).filter(
        ({ expectedVersion }) => expectedVersion === version,
      );
      t.equal(events.length, 1, 'one event');
    }
    const draft = await drive.file();
    const edit = (subject: string) =>
      requester.call('PATCH', `/service-requests/${draft.id}`, { subject }, { 'if-match': '"1"' });
    const edits = await Promise.all([edit('A'), edit('B')]);
    t.strictSame(
      edits.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
      [200, 412],
    );
    const won = edits.filter(({ statusCode }) => statusCode === 200).map((answer) => bodyOf(answer).subject);
    t.strictSame([(await drive.get(draft.id, requester)).subject], won);
  });
  await t.test('processing: a change at the same moment is waited for, not a failure', async (t) => {
    const { id } = await drive.reach('submitted');
    let running: Promise<void> | undefined;
    await sql.begin(async (tx) => {
      await tx`update service_requests set assignee_id = ${caseworker.userId}, version = version + 1 where id = ${id}`;
      running = drive.process(id);
      running.catch(() => undefined);
      const waits = async () => (await test.db.sql`select from pg_locks where not granted`).length > 0;
      await until('the job waits for the row', waits);
    });
    await running;
    t.match(await drive.get(id), { status: 'accepted', assigneeId: caseworker.userId });
  });
}

const NASTY = [
  `'; drop table service_requests; --`,
  `" or 1=1 --`,
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '$1 ${user.name} {{7*7}} %s %n \\u0000 \\',
  `Ümläute ẞ 漢字 👩‍🚒 \u202Erückwärts e\u0301`,
  '=cmd|calc!A1',
  '../../etc/passwd',
  '  Rand\tund\r\nZeilen  ',
];

async function texts(t: Test, { test, world, drive }: Scene): Promise<void> {
  const { requester, caseworker } = world;
  await t.test('every text field gives back what was put in', async (t) => {
    for (const text of NASTY) {
      const serviceId = world.serviceId;
      const formData = { registerNumber: text.slice(0, 40), copies: 1, purpose: text };
      const more = {
        serviceId,
        subject: text,
        description: text,
        externalReference: text,
        formData,
        submit: true,
      };
      const filed = await drive.file(more);
      const { submit: _, ...given } = more;
      t.match(await drive.get(filed.id, requester), given);
      const query = `/service-requests?externalReference=${encodeURIComponent(text)}`;
      t.equal(bodyOf(await requester.call('GET', query)).items[0]?.id, filed.id);
      t.equal(
        (await requester.call('GET', `/service-requests?q=${encodeURIComponent(text)}`)).statusCode,
        200,
      );
      await drive.process(filed.id);
      await drive.act(caseworker, filed.id, 'start');
      await drive.act(caseworker, filed.id, 'hold', { ...BODIES['hold'], reason: text });
      await must(requester, 'POST', `/service-requests/${filed.id}/messages`, { body: text });
      await must(caseworker, 'POST', `/service-requests/${filed.id}/notes`, { body: text });
      await drive.act(caseworker, filed.id, 'resolve', { resultCode: 'done', resultText: text });
      t.equal((await drive.get(filed.id, requester)).resultText, text);
      const events = await eventsOf(requester, filed.id);
      t.equal(events.find(({ type }) => type === 'held')?.reason, text);
      for (const [kind, caller] of [
        ['messages', requester],
        ['notes', caseworker],
      ] as const) {
        const answer = await caller.call('GET', `/service-requests/${filed.id}/${kind}`);
        t.equal(bodyOf(answer).items.at(-1)?.body, text, kind);
        t.match(String(answer.headers['content-type']), /^application\/json/);
        t.equal(answer.headers['x-content-type-options'], 'nosniff');
      }
    }
    t.ok(
      (await test.owner.sql`select count(*)::int as n from service_requests`)[0]?.['n'] > 0,
      'the table is there',
    );
  });
}
