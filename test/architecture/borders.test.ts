import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import t from 'tap';
import { readText, repository } from '../support/repository.ts';

interface RuleSet {
  readonly forbidden: readonly { readonly name: string }[];
}

/** Rule -> [file, what it imports]: each pair breaks that rule. */
const violations: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'edge-organisations': ['src/modules/organisations/a.service.ts', 'src/modules/identity/index.ts'],
  'edge-identity': ['src/modules/identity/a.service.ts', 'src/modules/agreements/index.ts'],
  'edge-agreements': ['src/modules/agreements/a.service.ts', 'src/modules/catalogue/index.ts'],
  'edge-catalogue': ['src/modules/catalogue/a.service.ts', 'src/modules/requests/index.ts'],
  'edge-requests': ['src/modules/requests/a.service.ts', 'src/modules/usage/index.ts'],
  'edge-usage': ['src/modules/usage/a.service.ts', 'src/modules/costing/index.ts'],
  'edge-costing': ['src/modules/costing/a.service.ts', 'src/modules/billing/index.ts'],
  'edge-grants': ['src/modules/grants/a.service.ts', 'src/modules/billing/index.ts'],
  'edge-billing': ['src/modules/billing/a.service.ts', 'src/modules/notifications/index.ts'],
  'edge-audit': ['src/modules/audit/a.service.ts', 'src/modules/organisations/index.ts'],
  'edge-cooperation': ['src/modules/cooperation/a.service.ts', 'src/modules/requests/index.ts'],
  'edge-notifications': ['src/modules/notifications/a.service.ts', 'src/modules/privacy/index.ts'],
  'edge-privacy': ['src/modules/privacy/a.service.ts', 'src/modules/operations/index.ts'],
  'edge-operations': ['src/modules/operations/a.service.ts', 'src/modules/requests/index.ts'],
  'table-edge-organisations': ['src/modules/organisations/b.table.ts', 'src/modules/identity/a.table.ts'],
  'table-edge-identity': ['src/modules/identity/b.table.ts', 'src/modules/agreements/a.table.ts'],
  'table-edge-agreements': ['src/modules/agreements/b.table.ts', 'src/modules/requests/a.table.ts'],
  'table-edge-catalogue': ['src/modules/catalogue/b.table.ts', 'src/modules/requests/a.table.ts'],
  'table-edge-requests': ['src/modules/requests/b.table.ts', 'src/modules/usage/a.table.ts'],
  'table-edge-usage': ['src/modules/usage/b.table.ts', 'src/modules/costing/a.table.ts'],
  'table-edge-costing': ['src/modules/costing/b.table.ts', 'src/modules/billing/a.table.ts'],
  'table-edge-grants': ['src/modules/grants/b.table.ts', 'src/modules/billing/a.table.ts'],
  'table-edge-billing': ['src/modules/billing/b.table.ts', 'src/modules/privacy/a.table.ts'],
  'table-edge-audit': ['src/modules/audit/b.table.ts', 'src/modules/requests/a.table.ts'],
  'table-edge-cooperation': ['src/modules/cooperation/b.table.ts', 'src/modules/requests/a.table.ts'],
  'table-edge-notifications': ['src/modules/notifications/b.table.ts', 'src/modules/privacy/a.table.ts'],
  'table-edge-privacy': ['src/modules/privacy/b.table.ts', 'src/modules/operations/a.table.ts'],
  'table-edge-operations': ['src/modules/operations/b.table.ts', 'src/modules/requests/a.table.ts'],
  'module-unknown': ['src/modules/surprise/index.ts', 'src/platform/ids.ts'],
  'module-through-index': ['src/modules/requests/c.service.ts', 'src/modules/identity/a.service.ts'],
  'module-through-index-outside': ['workers/processors/requests.ts', 'src/modules/requests/a.service.ts'],
  'platform-knows-no-domain': ['src/platform/http/domain.ts', 'src/modules/requests/index.ts'],
  'module-knows-no-entry': ['src/modules/requests/d.service.ts', 'src/app.ts'],
  'workers-started-by-entries': ['src/app.ts', 'workers/main.ts'],
  'demo-is-for-commands': ['src/modules/requests/h.service.ts', 'src/demo/seed/index.ts'],
  'nothing-imports-tests': ['src/modules/requests/e.service.ts', 'test/support/x.ts'],
  'rules-are-pure': ['src/modules/requests/a.rules.ts', 'node:fs'],
  'routes-see-no-sql': ['src/modules/requests/a.routes.ts', 'src/modules/requests/a.repo.ts'],
  'repo-knows-no-use-case': ['src/modules/requests/a.repo.ts', 'src/modules/requests/a.service.ts'],
  'table-sees-tables-only': ['src/modules/requests/c.table.ts', 'src/modules/requests/a.service.ts'],
  'sql-stays-in-services-and-repos': ['src/modules/requests/a.schemas.ts', 'drizzle-orm/pg-core'],
  'queue-behind-one-door': ['src/modules/requests/f.service.ts', 'bullmq'],
  'http-stays-at-the-edge': ['src/modules/requests/g.service.ts', '@fastify/helmet'],
  'no-cycles': ['src/platform/cycle-a.ts', 'src/platform/cycle-b.ts'],
  'no-orphans': ['src/platform/orphan.ts', ''],
  resolvable: ['src/platform/missing.ts', './nowhere.ts'],
  'production-needs-no-dev-package': ['src/platform/dev.ts', 'tap'],
};

/** What the rules must let through: the intended way to write each of these. */
const permitted: readonly (readonly [from: string, to: string])[] = [
  ['src/modules/requests/ok.service.ts', 'src/modules/identity/index.ts'],
  ['src/modules/requests/ok.service.ts', 'src/modules/audit/index.ts'],
  ['src/modules/requests/ok.service.ts', 'drizzle-orm'],
  ['src/modules/requests/ok.table.ts', 'src/modules/organisations/a.table.ts'],
  ['src/modules/requests/ok.table.ts', 'drizzle-orm/pg-core'],
  ['src/modules/requests/ok.rules.ts', 'src/platform/money/index.ts'],
  ['src/modules/requests/ok.rules.ts', 'src/platform/clock.ts'],
  ['src/modules/requests/ok.routes.ts', 'fastify'],
  ['src/modules/requests/ok.routes.ts', 'src/modules/requests/ok.service.ts'],
  ['src/modules/audit/ok.table.ts', 'src/modules/organisations/a.table.ts'],
  ['src/platform/jobs/ok.ts', 'bullmq'],
  ['src/platform/http/ok.ts', 'fastify'],
  ['workers/ok.ts', 'src/modules/requests/index.ts'],
  ['workers/ok.ts', 'bullmq'],
  ['src/cli.ts', 'workers/main.ts'],
  ['src/commands/ok.ts', 'src/demo/seed/index.ts'],
  ['src/demo/ok.ts', 'src/modules/requests/index.ts'],
  ['test/ok.test.ts', 'src/modules/requests/a.service.ts'],
];

/** Type-only imports count: an edge that vanishes at run time is still knowledge of the other side. */
function importLine(from: string, to: string): string {
  if (to === '') return '';
  const isOurs = /^(src|workers|test)\//.test(to);
  const relative = isOurs ? path.posix.relative(path.posix.dirname(from), to) : to;
  return `import type {} from '${isOurs && !relative.startsWith('.') ? `./${relative}` : relative}';\n`;
}

function plantTree(root: string): void {
  const files = new Map<string, string>();
  const edges = [
    ...Object.values(violations),
    ...permitted,
    ['src/platform/cycle-b.ts', 'src/platform/cycle-a.ts'],
  ];
  for (const [from = '', to = ''] of edges) {
    files.set(from, (files.get(from) ?? '') + importLine(from, to));
    if (/^(src|workers|test)\//.test(to) && !files.has(to)) files.set(to, '');
  }
  files.set('package.json', readText('package.json'));
  files.set('tsconfig.json', readText('tsconfig.json'));
  for (const [file, text] of files) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), file.endsWith('.ts') ? `${text}export const planted = 1;\n` : text);
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
}

function cruise(root: string) {
  const run = spawnSync(process.execPath, [path.join(repository, 'scripts/borders.mjs'), root], {
    encoding: 'utf8',
  });
  return { status: run.status, lines: run.stdout.split('\n'), text: run.stdout + run.stderr };
}

t.test('borders: a planted tree', async (t) => {
  const root = t.testdir({});
  plantTree(root);
  const found = cruise(root);
  const require = createRequire(import.meta.url);
  const rules = require(path.join(repository, '.dependency-cruiser.cjs')) as RuleSet;

  t.equal(found.status, 1, 'a violation fails the check');
  t.same(
    rules.forbidden.map((rule) => rule.name).toSorted(),
    Object.keys(violations).toSorted(),
    'each rule has a violation here',
  );
  for (const [rule, [from]] of Object.entries(violations)) {
    t.ok(
      found.lines.some((line) => line.startsWith(`${rule}: ${from} -> `)),
      `${rule}: found in ${from}`,
    );
  }
  for (const [from, to] of permitted) {
    const blamed = found.lines.filter(
      (line) => line.includes(`: ${from} -> ${to}`) || line.includes(`: ${from} -> `),
    );
    t.same(blamed, [], `permitted: ${from} -> ${to}`);
  }
});

t.test('borders: a tree without a module of ours is a failure, not a success', async (t) => {
  const root = t.testdir({
    'package.json': '{}',
    'tsconfig.json': '{}',
    test: { 'x.test.ts': 'export const x = 1;\n' },
  });
  t.equal(cruise(root).status, 1);
});

t.test('borders: this repository keeps them', async (t) => {
  const found = cruise(repository);
  t.equal(found.status, 0, found.text);
});
