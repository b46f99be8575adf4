import type { MetadataSchema } from '../../../../platform/pdf/metadata.ts';

export const FACTUR_X_FILE = 'factur-x.xml';

/** Which attachment is the invoice (Factur-X 1, ZUGFeRD 2). */
export const FACTUR_X: MetadataSchema = {
  name: 'Factur-X PDFA Extension Schema',
  namespace: 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#',
  prefix: 'fx',
  category: 'external',
  properties: [
    text('DocumentFileName', 'name of the embedded XML invoice file', FACTUR_X_FILE),
    text('DocumentType', 'INVOICE', 'INVOICE'),
    text('Version', 'The actual version of the Factur-X XML schema', '1.0'),
    text('ConformanceLevel', 'The conformance level of the embedded Factur-X data', 'EN 16931'),
  ],
};

function text(name: string, meaning: string, value: string): MetadataSchema['properties'][number] {
  return { name, type: 'Text', description: meaning, value };
}
