import { createHash } from 'node:crypto';
import type { StatementDocument } from '../documents/document.types.ts';
import { renderCii, renderCsv, renderPdf, renderUbl, renderXlsx, renderZugferd } from '../documents/index.ts';
import type { NewDocument } from './statement-documents.repo.ts';
import { DOCUMENT_FORMATS, type DocumentFormat } from './statements.types.ts';

type Renderer = (document: StatementDocument) => Promise<Uint8Array | string> | Uint8Array | string;

/** The files of a document, all in German; the same document has the same bytes. */
const RENDERERS: Readonly<Record<DocumentFormat, Renderer>> = {
  pdf: (document) => renderPdf(document),
  csv: (document) => renderCsv(document),
  xlsx: (document) => renderXlsx(document),
  'xrechnung-ubl': renderUbl,
  'xrechnung-cii': renderCii,
  zugferd: renderZugferd,
};

const MEDIA_TYPES: Readonly<Record<DocumentFormat, readonly [type: string, ending: string]>> = {
  pdf: ['application/pdf', '.pdf'],
  csv: ['text/csv; charset=utf-8', '.csv'],
  xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', '.xlsx'],
  'xrechnung-ubl': ['application/xml; charset=utf-8', '-ubl.xml'],
  'xrechnung-cii': ['application/xml; charset=utf-8', '-cii.xml'],
  zugferd: ['application/pdf', '-zugferd.pdf'],
};

export interface FileOfDocument {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export function fileOf(number: string, format: DocumentFormat, bytes: Buffer): FileOfDocument {
  const [mediaType, ending] = MEDIA_TYPES[format];
  return { name: `${number}${ending}`, mediaType, bytes, sha256: sha256Of(bytes) };
}

export async function render(document: StatementDocument, format: DocumentFormat): Promise<Buffer> {
  return Buffer.from(await RENDERERS[format](document));
}

/** One after the other: each takes the processor for some time, and other requests and jobs come in between. */
export async function renderAll(document: StatementDocument): Promise<NewDocument[]> {
  const rendered: NewDocument[] = [];
  for (const format of DOCUMENT_FORMATS) {
    const bytes = await render(document, format);
    rendered.push({ format, bytes, sha256: sha256Of(bytes) });
  }
  return rendered;
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
