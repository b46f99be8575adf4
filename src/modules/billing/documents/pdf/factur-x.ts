import { group, leaf, writeXml, type XmlElement } from '../xml.ts';

export const FACTUR_X_FILE = 'factur-x.xml';
const NAMESPACE = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#';
const VERSION = '1.0';
const PROFILE = 'EN 16931';

const properties = [
  ['DocumentFileName', 'name of the embedded XML invoice file', FACTUR_X_FILE],
  ['DocumentType', 'INVOICE', 'INVOICE'],
  ['Version', 'The actual version of the Factur-X XML schema', VERSION],
  ['ConformanceLevel', 'The conformance level of the embedded Factur-X data', PROFILE],
] as const;

/** XMP that says which file is the invoice, and, as PDF/A asks, what the words it is said in mean. */
export function facturXMetadata(): string {
  const about = (prefix: string, namespace: string, ...children: XmlElement[]): XmlElement => ({
    ...group('rdf:Description', ...children),
    attributes: { 'rdf:about': '', [`xmlns:${prefix}`]: namespace },
  });
  const values = about('fx', NAMESPACE, ...properties.map(([name, , value]) => leaf(`fx:${name}`, value)));
  const schema = resource(
    leaf('pdfaSchema:schema', 'Factur-X PDFA Extension Schema'),
    leaf('pdfaSchema:namespaceURI', NAMESPACE),
    leaf('pdfaSchema:prefix', 'fx'),
    group(
      'pdfaSchema:property',
      group(
        'rdf:Seq',
        properties.map(([name, description]) =>
          resource(
            leaf('pdfaProperty:name', name),
            leaf('pdfaProperty:valueType', 'Text'),
            leaf('pdfaProperty:category', 'external'),
            leaf('pdfaProperty:description', description),
          ),
        ),
      ),
    ),
  );
  const extension = about(
    'pdfaExtension',
    'http://www.aiim.org/pdfa/ns/extension/',
    group('pdfaExtension:schemas', group('rdf:Bag', schema)),
  );
  const namespaces = {
    'xmlns:pdfaSchema': 'http://www.aiim.org/pdfa/ns/schema#',
    'xmlns:pdfaProperty': 'http://www.aiim.org/pdfa/ns/property#',
  };
  return [values, { ...extension, attributes: { ...extension.attributes, ...namespaces } }]
    .map((element) => writeXml(element).replace(/^<\?xml.*\n/, ''))
    .join('');
}

function resource(...children: XmlElement[]): XmlElement {
  return { ...group('rdf:li', ...children), attributes: { 'rdf:parseType': 'Resource' } };
}
