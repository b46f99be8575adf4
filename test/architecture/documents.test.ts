import tap from 'tap';
import { configurationDocument, problemsDocument } from '../../scripts/documents.ts';
import { openApiDocument } from '../../src/commands/openapi.ts';
import { type Language, textKeys, textPlaces } from '../../src/platform/texts.ts';
import { readText } from '../support/repository.ts';

tap.test('openapi/openapi.json: is what the routes say (npm run openapi)', async (t) => {
  t.same(JSON.parse(readText('openapi/openapi.json')), JSON.parse(await openApiDocument()));
});

tap.test('docs/configuration.md: is what src/config.ts says (npm run docs)', async (t) => {
  t.equal(readText('docs/configuration.md'), configurationDocument());
  t.match(configurationDocument(), /`DATABASE_URL`/);
});

tap.test('docs/problems.md: lists every problem the program knows (npm run docs)', async (t) => {
  t.equal(readText('docs/problems.md'), problemsDocument());
  for (const code of ['NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED', 'SERVICE_NOT_ORDERABLE'])
    t.match(problemsDocument(), new RegExp(`## ${code}\n`), `${code} of its module is among them`);
});

const LANGUAGES = ['de', 'en'] as const satisfies readonly Language[];

tap.test('web/texts: both languages have the same keys and the same places', async (t) => {
  t.ok(textKeys('de').length > 0, 'there are texts');
  t.same(textKeys('de'), textKeys('en'));
  for (const key of textKeys('de'))
    t.same(textPlaces('de', key), textPlaces('en', key), `${key}: the same places`);
  for (const language of LANGUAGES) {
    const catalogue = JSON.parse(readText(`web/texts/${language}.json`)) as Record<string, string>;
    const blank = Object.keys(catalogue).filter((key) => catalogue[key]?.trim() === '');
    t.same(blank, [], `${language}: no text is blank`);
  }
});
