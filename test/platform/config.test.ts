import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'tap';
import { ConfigError, ConfigSchema, loadConfig } from '../../src/config.ts';
import { authSecretOf, writePrivate } from '../../src/runtime-files.ts';

const OWN_DATABASE = { DATABASE_URL: 'postgres://user:secret@db/verbund' };

test('settings', async (t) => {
  t.test('without any, the defaults of the document hold', async (t) => {
    const config = loadConfig({});
    t.match(config, {
      PORT: 3000,
      HOST: '127.0.0.1',
      VERBUND_DATA_DIR: '.verbund',
      LOG_LEVEL: 'info',
      DEMO_DATA: 'auto',
      TRUST_PROXY: 0,
    });
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'AUTH_SECRET', 'METRICS_TOKEN'])
      t.notOk(name in config, `${name} has no default`);
    t.ok(Object.isFrozen(config));
  });

  t.test('texts become what the schema says', async (t) => {
    const config = loadConfig({ PORT: '8080', TRUST_PROXY: '1', ACCESS_TOKEN_SECONDS: '60', OTHER: 'x' });
    t.match(config, { PORT: 8080, TRUST_PROXY: 1, ACCESS_TOKEN_SECONDS: 60 });
    t.notOk('OTHER' in config, 'only settings are settings');
  });

  t.test('an empty value counts as left out', async (t) => {
    const names = Object.keys(ConfigSchema.properties);
    t.strictSame(loadConfig(Object.fromEntries(names.map((name) => [name, '']))), loadConfig({}));
  });

  t.test('a mail server needs a sender', async (t) => {
    const SMTP_URL = 'smtp://user:geheim@mail.example.org:587';
    t.throws(() => loadConfig({ SMTP_URL }), /^MAIL_FROM is needed/);
    for (const MAIL_FROM of ['a@example.org', 'Zentrum Börde <a@example.org>', '<a@example.org>'])
      t.match(loadConfig({ SMTP_URL, MAIL_FROM }), { SMTP_URL, MAIL_FROM, SMTP_TLS: 'required' });
  });

  t.test('every wrong value is named, none is shown', async (t) => {
    const wrong: Record<string, string[]> = {
      PORT: ['geheim', '-1', '65536', '3000.5', '1e9', ' '],
      TRUST_PROXY: ['geheim', 'ja'],
      LOG_LEVEL: ['geheim'],
      DATABASE_URL: ['mysql://user:geheim@db', 'geheim'],
      REDIS_URL: ['http://geheim'],
      AUTH_SECRET: ['geheim'],
      METRICS_TOKEN: ['geheim'],
      QUEUE_PREFIX: ['geheim:*', 'GEHEIM'],
      PASSWORD_COST: ['11', '21'],
      ACCESS_TOKEN_SECONDS: ['0', '3601'],
      DATABASE_POOL_SIZE: ['1'],
      SMTP_URL: ['http://geheim', 'smtp://geheim/path', 'smtp://geheim?tls=no'],
      SMTP_TLS: ['geheim', 'none'],
      MAIL_FROM: ['geheim', 'geheim@', 'Geheim <a@b', 'Geheim\r\nBcc: a@b <a@b>', 'a@b, c@d'],
      KOSIT_VALIDATOR_URL: ['ftp://geheim', 'http://', 'http://geheim?x'],
    };
    for (const [name, values] of Object.entries(wrong))
      for (const value of values) {
        try {
          loadConfig({ [name]: value });
          t.fail(`${name}=${value} is taken`);
        } catch (error) {
          t.ok(error instanceof ConfigError);
          t.match((error as Error).message, new RegExp(`\\b${name}\\b`));
          t.notMatch((error as Error).message, /geheim/i, `${name} is not shown`);
        }
      }
    t.throws(
      () => loadConfig({ PORT: 'x', LOG_LEVEL: 'x', AUTH_SECRET: 'x' }),
      /PORT.*LOG_LEVEL.*AUTH_SECRET/s,
      'all at once',
    );
  });

  t.test('every setting is described', async (t) => {
    for (const [name, schema] of Object.entries(ConfigSchema.properties))
      t.ok((schema as { description?: string }).description, name);
  });
});

test('secrets', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'verbund-config-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const dataDir = path.join(directory, 'data');
  const file = path.join(dataDir, 'auth-secret');
  const modeOf = (name: string) => statSync(name).mode & 0o777;

  t.test('with a database of one’s own none is invented', async (t) => {
    await t.rejects(authSecretOf(loadConfig({ ...OWN_DATABASE, VERBUND_DATA_DIR: dataDir })), ConfigError);
    const given = 'x'.repeat(32);
    t.equal(await authSecretOf(loadConfig({ ...OWN_DATABASE, AUTH_SECRET: given })), given);
  });

  t.test('with the embedded one it is made once, for the owner’s eyes, by many at once too', async (t) => {
    const config = loadConfig({ VERBUND_DATA_DIR: dataDir });
    const secrets = await Promise.all(Array.from({ length: 8 }, () => authSecretOf(config)));
    t.equal(new Set(secrets).size, 1);
    t.equal(secrets[0]?.length, 64);
    t.equal(modeOf(file), 0o600);
    t.strictSame(readdirSync(dataDir), ['auth-secret'], 'no drafts are left');
    t.equal(readFileSync(file, 'utf8').trim(), secrets[0]);
    t.equal(await authSecretOf(config), secrets[0], 'and kept');
    const given = 'y'.repeat(40);
    t.equal(await authSecretOf(loadConfig({ VERBUND_DATA_DIR: dataDir, AUTH_SECRET: given })), given);
  });

  t.test('an empty or shortened secret file is an error, not a secret', async (t) => {
    for (const text of ['', 'short\n']) {
      writeFileSync(file, text);
      await t.rejects(authSecretOf(loadConfig({ VERBUND_DATA_DIR: dataDir })), ConfigError);
    }
  });

  t.test('a private file is private even where it was open before', async (t) => {
    const open = path.join(directory, 'demo-accounts.json');
    writeFileSync(open, 'old', { mode: 0o644 });
    await writePrivate(open, 'new');
    t.equal(modeOf(open), 0o600);
    t.equal(readFileSync(open, 'utf8'), 'new');
  });
});
