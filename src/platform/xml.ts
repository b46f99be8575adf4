/** An element; its children are elements or one text. Of very many children a generator spares the memory. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Iterable<XmlElement> | string;
}

type Child = XmlElement | undefined | false | readonly XmlElement[];

/** An element with others in it. `undefined` and `false` stand for an element that is not there. */
export function group(name: string, ...children: Child[]): XmlElement {
  return { name, attributes: {}, children: children.flatMap((child) => child || []) };
}

/** An element with a text in it. */
export function leaf(
  name: string,
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  return { name, attributes, children: text };
}

/** The file: UTF-8, indented, the same bytes for the same tree. @throws RangeError for characters XML cannot hold */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}`;
}

function write({ name, attributes, children }: XmlElement, indent: string): string {
  const open = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const start = `${indent}<${name}${open.join('')}`;
  if (children === '') return `${start}/>\n`;
  if (typeof children === 'string') return `${start}>${escapeXml(children)}</${name}>\n`;
  const inner: string[] = [];
  for (const child of children) inner.push(write(child, `${indent}  `));
  if (inner.length === 0) return `${start}/>\n`;
  return `${start}>\n${inner.join('')}${indent}</${name}>\n`;
}

/** Most texts: nothing in them has to be looked at twice. */
const PLAIN = /^[\w .,:;()+*/'!-]*$/;
/** XML 1.0, section 2.2. */
const HOLDABLE = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!HOLDABLE.test(text)) throw new RangeError('A text has characters that XML cannot hold');
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
