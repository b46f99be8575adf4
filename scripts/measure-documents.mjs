// Renders a year's statements of a large centre one after the other, and prints what it took: `npm run build`, then
// `node scripts/measure-documents.mjs [how many]`. The memory at the end has to be about that after the first tenth.
const { allSamples } = await import('../build/test/support/documents.js');
const { renderCii, renderCsv, renderPdf, renderUbl, renderXlsx, renderZugferd } = await import(
  '../build/src/modules/billing/documents/index.js'
);
const renderers = {
  pdf: renderPdf,
  zugferd: renderZugferd,
  ubl: renderUbl,
  cii: renderCii,
  csv: renderCsv,
  xlsx: renderXlsx,
};

const wanted = Number(process.argv[2] ?? 400);
const megabytes = () => Math.round(process.memoryUsage.rss() / 1024 / 1024);
const documents = Object.values(allSamples());
const times = Object.fromEntries(Object.keys(renderers).map((name) => [name, 0]));
let bytes = 0;
let peak = 0;
for (let at = 0; at < wanted; at++) {
  const document = { ...documents[at % documents.length], number: `SZB-2026-${String(at).padStart(6, '0')}` };
  for (const [name, render] of Object.entries(renderers)) {
    const started = performance.now();
    bytes += (await render(document)).length;
    times[name] += performance.now() - started;
  }
  peak = Math.max(peak, megabytes());
  if ((at + 1) % Math.ceil(wanted / 10) === 0) console.log(`${at + 1} documents: ${megabytes()} MB resident`);
}
for (const [name, milliseconds] of Object.entries(times)) {
  console.log(`${name.padEnd(8)} ${(milliseconds / wanted).toFixed(1).padStart(6)} ms a document`);
}
console.log(
  `${wanted} documents in ${Object.keys(times).length} formats, ${bytes} bytes, peak ${peak} MB resident`,
);
