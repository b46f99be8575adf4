import { group, leaf, writeXml, type XmlElement } from '../xml.ts';

/** Properties of XMP that PDF/A does not know by itself, so that a file has to say what they mean. */
export interface MetadataSchema {
  readonly name: string;
  readonly namespace: string;
  readonly prefix: string;
  readonly category: 'internal' | 'external';
  readonly properties: readonly {
    readonly name: string;
    readonly type: 'Text' | 'Integer';
    readonly description: string;
    readonly value: string;
  }[];
}

/** The file can be read with assistive technology: tagged, described, in a sensible order (ISO 14289-1). */
export const PDF_UA: MetadataSchema = {
  name: 'PDF/UA Universal Accessibility Schema',
  namespace: 'http://www.aiim.org/pdfua/ns/id/',
  prefix: 'pdfuaid',
  category: 'internal',
  properties: [{ name: 'part', type: 'Integer', description: 'Part of the PDF/UA standard', value: '1' }],
};

/** Values and, in the one list there may be, meanings of the schemas: RDF for the metadata of a PDF. */
export function metadataOf(schemas: readonly MetadataSchema[]): string {
  const values = schemas.map(({ prefix, namespace, properties }) =>
    description(
      { [prefix]: namespace },
      properties.map(({ name, value }) => leaf(`${prefix}:${name}`, value)),
    ),
  );
  const meanings = description(
    {
      pdfaExtension: 'http://www.aiim.org/pdfa/ns/extension/',
      pdfaSchema: 'http://www.aiim.org/pdfa/ns/schema#',
      pdfaProperty: 'http://www.aiim.org/pdfa/ns/property#',
    },
    [group('pdfaExtension:schemas', group('rdf:Bag', schemas.map(meaningOf)))],
  );
  return [...values, meanings].map((element) => writeXml(element).replace(/^<\?xml.*\n/, '')).join('');
}

function description(
  namespaces: Readonly<Record<string, string>>,
  children: readonly XmlElement[],
): XmlElement {
  const declared = Object.entries(namespaces).map(([prefix, namespace]) => [`xmlns:${prefix}`, namespace]);
  return {
    name: 'rdf:Description',
    attributes: { 'rdf:about': '', ...(Object.fromEntries(declared) as Record<string, string>) },
    children,
  };
}

function meaningOf({ name, namespace, prefix, category, properties }: MetadataSchema): XmlElement {
  const listed = properties.map((property) =>
    resource(
      leaf('pdfaProperty:name', property.name),
      leaf('pdfaProperty:valueType', property.type),
      leaf('pdfaProperty:category', category),
      leaf('pdfaProperty:description', property.description),
    ),
  );
  return resource(
    leaf('pdfaSchema:schema', name),
    leaf('pdfaSchema:namespaceURI', namespace),
    leaf('pdfaSchema:prefix', prefix),
    group('pdfaSchema:property', group('rdf:Seq', listed)),
  );
}

function resource(...children: XmlElement[]): XmlElement {
  return { name: 'rdf:li', attributes: { 'rdf:parseType': 'Resource' }, children };
}
