// Holds sample e-invoices of every kind and VAT category against the official rules. Development only: neither the rules
// nor the XSLT processor are part of Verbund. DEVELOPERS.md says what to put into the folder that is given as argument.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));
const rules = path.resolve(process.argv[2] ?? '');
if (process.argv[2] === undefined || !existsSync(path.join(rules, 'node_modules/saxon-js'))) {
  console.error(
    'node scripts/validate-einvoices.mjs <folder with the rules>: see DEVELOPERS.md, "E-invoices"',
  );
  process.exit(2);
}
const saxon = createRequire(path.join(rules, 'package.json'))('saxon-js');
const built = (file) => import(path.join(home, 'build', file));
const { allSamples } = await built('test/support/documents.js');
const { renderCii, renderUbl } = await built('src/modules/billing/documents/index.js');
const { renderFacturX } = await built('src/modules/billing/documents/einvoice/cii.js');

const ublSchema = (xml) =>
  `ubl-2.1/xsd/maindoc/UBL-${xml.includes('<CreditNote ') ? 'CreditNote' : 'Invoice'}-2.1.xsd`;
const syntaxes = [
  {
    name: 'ubl',
    render: renderUbl,
    schema: ublSchema,
    rules: [
      'eInvoicing-EN16931/ubl/xslt/EN16931-UBL-validation.xslt',
      'xrechnung-schematron/schematron/ubl/XRechnung-UBL-validation.xsl',
    ],
  },
  {
    name: 'cii',
    render: renderCii,
    schema: () => 'cii-d16b/CrossIndustryInvoice_100pD16B.xsd',
    rules: [
      'eInvoicing-EN16931/cii/xslt/EN16931-CII-validation.xslt',
      'xrechnung-schematron/schematron/cii/XRechnung-CII-validation.xsl',
    ],
  },
  {
    name: 'zugferd',
    render: renderFacturX,
    schema: () => 'factur-x/FACTUR-X_EN16931.xsd',
    rules: ['factur-x/FACTUR-X_EN16931.xslt'],
  },
];

/** Spoiled invoices that some rule has to find: rules that find nothing at all may not have been run. */
const spoiled = [
  { name: 'no Leitweg-ID', find: /<(cbc|ram):BuyerReference>.*\n/, put: '' },
  { name: 'a wrong total', find: /(<(?:cbc:PayableAmount|ram:DuePayableAmount)[^>]*>-?)(\d)/, put: '$19$2' },
  { name: 'a wrong category', find: /(<(?:cbc:ID|ram:CategoryCode)>)[SEO]</, put: '$1Z<' },
];

/** The schema of CII asks for an element of which our documents have nothing to say: no delivery but that of the period. */
const tolerated =
  /\[PEPPOL-EN16931-R008\]-Document MUST not contain empty elements\. \(still status warning\)/;

/** Compiled once: compiling takes a minute, running a fraction of a second. */
function compiled(sheet) {
  const file = path.join(
    rules,
    'compiled',
    `${path.basename(path.dirname(sheet))}-${path.basename(sheet)}.json`,
  );
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    const compiler = path.join(rules, 'node_modules/xslt3/xslt3.js');
    const options = [
      `-xsl:${path.join(rules, sheet)}`,
      `-export:${file}`,
      '-nogo',
      '-relocate:on',
      '-ns:##html5',
    ];
    const run = spawnSync(process.execPath, [compiler, ...options], { encoding: 'utf8' });
    if (!existsSync(file)) throw new Error(`${sheet} cannot be compiled:\n${run.stderr}${run.stdout}`);
  }
  return readFileSync(file, 'utf8');
}
const cache = new Map();

/** What the rules object to, and how many of them looked at something. */
function validate(xml, sheet) {
  if (!cache.has(sheet)) cache.set(sheet, compiled(sheet));
  const answer = saxon.transform({
    stylesheetText: cache.get(sheet),
    stylesheetBaseURI: `file://${path.join(rules, sheet)}`,
    sourceText: xml,
    destination: 'serialized',
  }).principalResult;
  const objections = [...answer.matchAll(/<svrl:(failed-assert|successful-report)\b[\s\S]*?<\/svrl:\1>/g)];
  return {
    fired: answer.match(/<svrl:fired-rule/g)?.length ?? 0,
    faults: objections
      .map(([text]) =>
        text
          .replace(/<[^>]*>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      )
      .filter((text) => !tolerated.test(text)),
  };
}

function validateSchema(file, schema) {
  const run = spawnSync('xmllint', ['--noout', '--nonet', '--schema', path.join(rules, schema), file], {
    encoding: 'utf8',
  });
  if (run.error) throw new Error('xmllint is missing (Debian: libxml2-utils)', { cause: run.error });
  return run.status === 0 ? [] : run.stderr.trim().split('\n').slice(0, -1);
}

let checks = 0;
let faulty = 0;
function report(name, faults) {
  checks += 1;
  if (faults.length > 0) faulty += 1;
  for (const fault of faults) console.log(`${name}: ${fault}`);
}

const out = path.join(home, 'out/einvoices');
mkdirSync(out, { recursive: true });
for (const [sample, document] of Object.entries(allSamples())) {
  for (const syntax of syntaxes) {
    const xml = syntax.render(document);
    const file = path.join(out, `${sample}.${syntax.name}.xml`);
    writeFileSync(file, xml);
    report(`${sample} ${syntax.name} schema`, validateSchema(file, syntax.schema(xml)));
    for (const sheet of syntax.rules) {
      const { fired, faults } = validate(xml, sheet);
      report(`${sample} ${sheet}`, fired === 0 ? ['no rule looked at it'] : faults);
    }
  }
}
const [document] = Object.values(allSamples());
for (const { name, find, put } of spoiled) {
  for (const syntax of syntaxes.filter(({ name: own }) => own !== 'zugferd' || name !== 'no Leitweg-ID')) {
    const xml = syntax.render(document).replace(find, put);
    const found = syntax.rules.flatMap((sheet) => validate(xml, sheet).faults);
    report(`${name} in ${syntax.name}`, found.length > 0 ? [] : ['was not found: do the rules run?']);
  }
}
console.log(`${checks} checks, ${faulty} with faults; files in ${path.relative(process.cwd(), out)}`);
process.exitCode = faulty === 0 ? 0 : 1;
