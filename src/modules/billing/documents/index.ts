export { withTotals } from './amounts.rules.ts';
export { checkDocument } from './check-document.rules.ts';
export { checkParties } from './checks/parties.rules.ts';
export type * from './document.types.ts';
export { renderCii } from './einvoice/cii.ts';
export { renderUbl } from './einvoice/ubl.ts';
export { renderPdf, renderZugferd } from './pdf/render-pdf.ts';
export { renderCsv } from './tables/render-csv.ts';
export { renderXlsx } from './tables/render-xlsx.ts';
