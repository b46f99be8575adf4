import tap from 'tap';
import { must } from '../../support/services.ts';
import { type Body, startUsageWorld } from '../../support/usage.ts';

interface Warned {
  readonly status?: string;
  readonly id?: string;
  readonly unit?: string;
  readonly warnings?: readonly {
    readonly code: string;
    readonly detail?: string;
    readonly column?: string;
  }[];
}
interface Imported {
  readonly createdCount: number;
  readonly existingCount: number;
  readonly warningCount: number;
  readonly results: readonly Warned[];
}

tap.test('units that were left out, and units that differ (numbers in brackets: invariants)', async (t) => {
  const world = await startUsageWorld(t);
  const { test, finance, centre, serviceId, otherServiceId, event } = world;
  const { sql } = test.owner;
  await sql`update services set code = 'call' where id = ${serviceId}`;
  const rule = (service: string, unit: string, number = 1) =>
    sql`insert into service_versions (id, centre_id, service_id, number, status, title, description, form_schema, usage_rule, processing_rule,
        published_at, version)
      select gen_random_uuid(), ${centre.id}, ${service}, ${number}, 'published', 'x', '', '{}',
        ${JSON.stringify({ meter: 'cases', unit, quantity: { fixed: '1' } })}::text::jsonb, '{}', now(), 1`;
  await rule(serviceId, 'Fall');
  const post = (change: object) =>
    must<Warned & { id: string }>(finance, 'POST', '/usage-events', event({ ...change }));
  const send = (file: string, query = '') =>
    must<Imported>(finance, 'POST', `/usage-imports${query}`, file, { 'content-type': 'text/csv' });
  const rows = (...lines: string[]) => ['Mitglied;Leistung;Menge;Datum;Einheit', ...lines].join('\n');
  const unitsOf = async (query: string) =>
    (await must<Body>(finance, 'GET', `/usage-events?${query}`)).items.map(({ unit }) => unit);
  const rollUp = () => test.modules.rollups.fold();

  await t.test(
    '201: without a unit usage of the meter of the rule is counted in that of the rule',
    async (t) => {
      t.equal((await post({})).unit, 'Fall');
      t.equal((await post({ meter: 'minutes' })).unit, 'minute', 'another meter has its own');
      t.equal((await post({ serviceId: otherServiceId })).unit, 'case', 'no version, no rule');
      const batch = await must<{ results: object[] }>(finance, 'POST', '/usage-events', [
        event({ source: 'batch' }),
      ]);
      t.equal(batch.results.length, 1);
      t.same(await unitsOf('source=batch'), ['Fall']);
      const stream = await finance.call(
        'POST',
        '/usage-events',
        `${JSON.stringify(event({ source: 'stream' }))}\n`,
        {
          'content-type': 'application/x-ndjson',
        },
      );
      t.match(stream.body, /created/);
      t.same(await unitsOf('source=stream'), ['Fall']);
      const file = 'Mitglied;Leistung;Menge;Datum\nErwitte;call;3;02.11.2026\n';
      t.match(await send(file, '?source=file'), { createdCount: 1, warningCount: 0 });
      t.same(await unitsOf('source=file'), ['Fall']);
      t.match(await send(file, '?source=file'), { createdCount: 0, existingCount: 1 });
    },
  );

  await t.test(
    '200: a unit that is not that of the rule is said and recorded, in a dry run too (14)',
    async (t) => {
      const file = rows(
        'Erwitte;call;1;03.11.2026;case',
        'Erwitte;call;1;03.11.2026;Fall',
        'Erwitte;call;1;04.11.2026;',
      );
      const tried = await send(file, '?source=slip&dryRun=true');
      t.match(tried, {
        createdCount: 3,
        warningCount: 1,
        results: [
          {
            status: 'created',
            errors: [],
            warnings: [
              { column: 'Einheit', code: 'UNIT_DIFFERS', reason: /is case; cases .* is counted in Fall/ },
            ],
          },
          { warnings: [] },
          { warnings: [] },
        ],
      });
      t.same(
        (await send(file, '?source=slip')).results.map(({ warnings }) => warnings),
        tried.results.map((one) => one.warnings),
      );
      const single = await post({ unit: 'Vorgang' });
      t.match(single, { unit: 'Vorgang', warnings: [{ pointer: '/unit', code: 'UNIT_DIFFERS' }] });
      t.equal((await must<Warned>(finance, 'GET', `/usage-events/${single.id}`)).warnings, undefined);
      const other = event({ unit: 'Vorgang' });
      const batch = await must<{ results: Warned[] }>(finance, 'POST', '/usage-events', [other, event()]);
      t.match(batch.results[0]?.warnings, [{ code: 'UNIT_DIFFERS' }]);
      t.equal(batch.results[1]?.warnings, undefined);
      const stream = await finance.call(
        'POST',
        '/usage-events',
        `${JSON.stringify(event({ unit: 'X' }))}\n`,
        {
          'content-type': 'application/x-ndjson',
        },
      );
      t.match(JSON.parse(stream.body), { line: 1, status: 'created', warnings: [{ code: 'UNIT_DIFFERS' }] });
    },
  );

  await t.test('201: a unit typed wrongly once is said at once and never copied', async (t) => {
    const slip = await post({ meter: 'minutes', serviceId: otherServiceId, unit: 'Stunde' });
    t.match(slip.warnings, [
      {
        code: 'UNIT_DIFFERS',
        detail:
          'is Stunde; minutes of this service is counted in minute, and a run takes one unit only: reverse and record anew what is not in minute',
      },
    ]);
    await rollUp();
    const next = await post({ meter: 'minutes', serviceId: otherServiceId });
    t.equal(next.unit, 'minute');
    t.match(next.warnings, [
      { code: 'UNIT_DIFFERS', detail: /is minute; minutes .* was recorded in Stunde, .* not in minute/ },
    ]);
    await must(finance, 'POST', `/usage-events/${slip.id}/reversal`, { reason: 'Stunde statt Minute' });
    await rollUp();
    t.equal((await post({ meter: 'minutes', serviceId: otherServiceId })).warnings, undefined);
    t.equal((await post({ meter: 'cases', unit: 'Vorgang' })).unit, 'Vorgang');
    await rollUp();
    t.equal((await post({})).unit, 'Fall', 'that of the rule, whatever was recorded');
  });

  await t.test('201: a rule that changes during the year is followed, and said', async (t) => {
    const before = event({ serviceId: otherServiceId });
    const first = await must<Warned>(finance, 'POST', '/usage-events', before);
    t.equal(first.unit, 'case');
    await rollUp();
    await rule(otherServiceId, 'Fall');
    const again = await finance.call('POST', '/usage-events', before);
    t.match([again.statusCode, again.json<Warned>().id], [200, first.id], 'sent again it is the first one');
    const next = await post({ serviceId: otherServiceId });
    t.match(next, { unit: 'Fall', warnings: [{ detail: /is Fall; cases .* was recorded in case,/ }] });
    t.match((await post({ serviceId: otherServiceId, unit: 'case' })).warnings, [
      { detail: /is case; cases of this service is counted in Fall, / },
    ]);
  });

  await t.test('201: a meter that nobody counts by itself goes on in its single unit', async (t) => {
    const letters = { meter: 'Briefe', serviceId: otherServiceId };
    t.equal((await post({ ...letters, unit: 'Brief' })).warnings, undefined);
    await rollUp();
    t.match(await post(letters), { unit: 'Brief', warnings: undefined });
    t.match((await post({ ...letters, unit: 'Seite' })).warnings, [
      { detail: /is Seite; Briefe .* was recorded in Brief, .* not in Brief$/ },
    ]);
    await rollUp();
    t.match(await post(letters), {
      unit: 'piece',
      warnings: [{ detail: /is piece; .* in Brief and Seite, .* not in one of them$/ }],
    });
  });

  await t.test(
    '200: an event without a unit that is sent again is the first one, whatever is known by now (1)',
    async (t) => {
      const first = event({ serviceId: otherServiceId, meter: 'Anrufe', source: 'again' });
      const { id, unit } = await must<Warned>(finance, 'POST', '/usage-events', first);
      t.equal(unit, 'piece');
      await must(finance, 'POST', `/usage-events/${id}/reversal`, { reason: 'falsche Einheit' });
      await post({ serviceId: otherServiceId, meter: 'Anrufe', unit: 'Anruf' });
      await rollUp();
      t.equal(
        (await post({ serviceId: otherServiceId, meter: 'Anrufe' })).unit,
        'Anruf',
        'what was taken back is no unit',
      );
      const again = await finance.call('POST', '/usage-events', first);
      t.match([again.statusCode, again.json<Warned>().id], [200, id]);
      const changed = await finance.call('POST', '/usage-events', { ...first, quantity: '2' });
      t.equal(changed.json<Body>().code, 'USAGE_KEY_REUSED');
      const given = await finance.call('POST', '/usage-events', { ...first, unit: 'Anruf' });
      t.equal(given.json<Body>().code, 'USAGE_KEY_REUSED');
    },
  );
});
