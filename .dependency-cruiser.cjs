'use strict';

/**
 * The borders of the house. Each rule bears the name that test/architecture/borders.test.ts plants a violation of;
 * a new edge between modules is a change of `uses` below, with its reason in the commit message.
 */

/** Module -> modules whose `index.ts` it may import. `audit` is a helper inside the caller's transaction: open to all. */
const chain = [
  'organisations',
  'identity',
  'agreements',
  'catalogue',
  'requests',
  'usage',
  'costing',
  'grants',
  'billing',
];
const uses = Object.fromEntries(chain.map((name, at) => [name, [...chain.slice(0, at), 'audit']]));
// Reached from others only by a helper in the same transaction (audit) or by outbox events (the rest).
uses.audit = [];
uses.cooperation = ['organisations', 'agreements', 'catalogue', 'usage', 'costing', 'audit'];
uses.notifications = [...chain, 'audit'];
uses.privacy = [...chain, 'cooperation', 'audit'];
uses.operations = ['organisations', 'identity', 'audit'];

const modules = Object.keys(uses);
/** A foreign key may name the tables of a module that the code may use; audit rows also name who acted, and where. */
const referencedTables = {
  ...uses,
  audit: ['organisations', 'identity'],
  // Coverage names services, though the catalogue is what asks agreements who may order and not the other way round.
  agreements: [...uses.agreements, 'catalogue'],
};

/** Paths of an npm package: found in node_modules at any height, or left as written when it is not installed. */
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})(/|$)|^(${names.join('|')})(/|$)`;
const group = (names) => (names.length === 0 ? '(?!)' : `(${names.join('|')})`);

const moduleEdges = modules.map((name) => ({
  name: `edge-${name}`,
  comment: `${name} may use ${uses[name].join(', ') || 'no other module'}; a new edge belongs into the table with a reason.`,
  severity: 'error',
  from: { path: `^src/modules/${name}/`, pathNot: '\\.table\\.ts$' },
  to: { path: '^src/modules/', pathNot: [`^src/modules/${name}/`, `^src/modules/${group(uses[name])}/`] },
}));

const tableEdges = modules.map((name) => ({
  name: `table-edge-${name}`,
  comment: `Tables of ${name} may have foreign keys to tables of ${referencedTables[name].join(', ') || 'no other module'}.`,
  severity: 'error',
  from: { path: `^src/modules/${name}/.*\\.table\\.ts$` },
  to: {
    path: '^src/modules/',
    pathNot: [`^src/modules/${name}/`, `^src/modules/${group(referencedTables[name])}/.*\\.table\\.ts$`],
  },
}));

const faces = [
  {
    name: 'module-unknown',
    comment: 'A new module first gets its row in the table of edges above.',
    severity: 'error',
    from: { path: `^src/modules/(?!${group(modules)}/)` },
    to: { path: '.' },
  },
  {
    name: 'module-through-index',
    comment: 'A module is used through its index.ts; only tables see tables, for foreign keys.',
    severity: 'error',
    from: { path: '^src/modules/([^/]+)/', pathNot: '\\.table\\.ts$' },
    to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
  },
  {
    name: 'module-through-index-outside',
    comment: 'Composition root, portal and workers use a module through its index.ts too.',
    severity: 'error',
    from: { path: '^(src/(?!modules/)|workers/|bench/)' },
    // `verbund compute` starts anew for each file; the index would load routes and tables that it never needs.
    to: {
      path: '^src/modules/',
      pathNot: ['^src/modules/[^/]+/(index|compute)\\.ts$'],
    },
  },
  {
    name: 'platform-knows-no-domain',
    comment: 'The platform carries no business meaning: it could be lifted into another product.',
    severity: 'error',
    from: { path: '^src/platform/' },
    to: { path: '^(src/(modules|portal)/|src/(app|cli|modules|server)\\.ts$|workers/)' },
  },
  {
    name: 'module-knows-no-entry',
    comment:
      'Modules get what they need handed in; they know neither the pages nor the processes that use them.',
    severity: 'error',
    from: { path: '^src/modules/' },
    to: { path: '^(src/portal/|src/(app|cli|config|modules|server)\\.ts$|workers/)' },
  },
  {
    name: 'workers-started-by-entries',
    comment: 'The API process never pulls worker code in; only the process entries start workers.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(cli|server)\\.ts$' },
    to: { path: '^workers/' },
  },
  {
    name: 'demo-is-for-commands',
    comment:
      'The demo world is one user of the product among others: nothing but a command knows that there is one.',
    severity: 'error',
    from: { path: '^(src|workers|bench)/', pathNot: '^src/(demo|commands)/' },
    to: { path: '^src/demo/' },
  },
  {
    name: 'nothing-imports-tests',
    comment: 'Test support is for tests.',
    severity: 'error',
    from: { path: '^(src|workers|bench|scripts)/' },
    to: { path: '^test/' },
  },
];

const layers = [
  {
    name: 'rules-are-pure',
    comment: 'Rules decide without input or output: everything, time included, is an argument.',
    severity: 'error',
    from: { path: '^src/modules/([^/]+)/.*\\.rules\\.ts$' },
    to: {
      pathNot: [
        '^src/modules/$1/.*\\.(rules|errors|types)\\.ts$',
        '^src/platform/(money|clock|collections|errors|hash|printable)(/|\\.ts$)',
        '^src/platform/context\\.ts$',
        // Days and time zones as values; that nobody asks it for the present is a source rule.
        packages('temporal-polyfill'),
      ],
    },
  },
  {
    name: 'routes-see-no-sql',
    comment: 'A route calls one use case; SQL behind its back would escape the transaction and its hat.',
    severity: 'error',
    from: { path: '\\.routes\\.ts$' },
    to: { path: '\\.(repo|table)\\.ts$' },
  },
  {
    name: 'repo-knows-no-use-case',
    comment:
      'A repository is called by services, never the other way round. Audit is no use case: it gives the values of a row that is written in the same statement.',
    severity: 'error',
    from: { path: '\\.repo\\.ts$' },
    to: {
      path: '\\.(service|routes)\\.ts$|^src/modules/[^/]+/index\\.ts$',
      pathNot: '^src/modules/audit/index\\.ts$',
    },
  },
  {
    name: 'table-sees-tables-only',
    comment: 'A table file names columns, other tables and the types of its own module.',
    severity: 'error',
    from: { path: '^src/modules/([^/]+)/.*\\.table\\.ts$' },
    to: {
      path: '^(src|workers)/',
      pathNot: ['\\.table\\.ts$', '^src/platform/db/', '^src/modules/$1/.*\\.(rules|types)\\.ts$'],
    },
  },
  {
    name: 'sql-stays-in-services-and-repos',
    comment: 'What decides, describes or answers does not speak SQL.',
    severity: 'error',
    from: { path: '\\.(routes|rules|schemas|errors|permissions|jobs)\\.ts$|^src/portal/' },
    to: { path: packages('drizzle-orm', 'postgres', 'pg') },
  },
  {
    name: 'queue-behind-one-door',
    comment:
      'BullMQ and Redis are reached through platform/jobs and the workers, so that the backend stays a setting.',
    severity: 'error',
    from: { path: '^(src|workers|bench)/', pathNot: '^(src/platform/jobs/|workers/)' },
    to: { path: packages('bullmq', 'ioredis') },
  },
  {
    name: 'http-stays-at-the-edge',
    comment: 'Use cases, rules and jobs work without a web server.',
    severity: 'error',
    from: {
      path: '^(src|workers)/',
      pathNot: '^src/platform/http/|\\.routes\\.ts$|^src/portal/|^src/(app|server)\\.ts$',
    },
    to: { path: packages('fastify', 'fastify-plugin', '@fastify/[^/]+') },
  },
];

const hygiene = [
  {
    name: 'no-cycles',
    comment: 'A cycle has no order in which it can be read, loaded or tested.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A file that uses nothing and is used by nobody is dead.',
    severity: 'error',
    from: { orphan: true, pathNot: '\\.d\\.ts$' },
    to: {},
  },
  {
    name: 'resolvable',
    comment: 'An import that cannot be followed cannot be held to the rules above.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'production-needs-no-dev-package',
    comment: 'The image is built without development packages.',
    severity: 'error',
    from: { path: '^(src|workers)/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
];

module.exports = {
  forbidden: [...moduleEdges, ...tableEdges, ...faces, ...layers, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|out)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
