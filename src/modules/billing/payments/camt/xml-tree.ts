import { SaxesParser } from 'saxes';

/** An element with its local name; prefixes and other attributes than those that are read do not matter. */
export interface XmlNode {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
  text: string;
}

/** Why a file is no XML that is read here. */
export class XmlFault extends Error {}

const DEPTH_LIMIT = 32;
const NODE_LIMIT = 400_000;

/**
 * Reads well-formed XML in UTF-8, with namespaces. A document type is refused, so that there are no entities but the five of XML and
 * nothing can grow; depth and number of elements are bounded.
 * @throws XmlFault
 */
export function readXml(bytes: Uint8Array): XmlNode {
  const text = decoded(bytes);
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: XmlNode[] = [];
  let root: XmlNode | undefined;
  let count = 0;
  parser.on('error', (error) => {
    throw new XmlFault(error.message);
  });
  parser.on('doctype', () => {
    throw new XmlFault('a document type is not allowed');
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
      throw new XmlFault(`the encoding is ${encoding} and not UTF-8`);
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    count += 1;
    if (count > NODE_LIMIT) throw new XmlFault(`more than ${NODE_LIMIT} elements`);
    if (open.length === DEPTH_LIMIT)
      throw new XmlFault(`more than ${DEPTH_LIMIT} elements within each other`);
    const values = Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value]));
    const node: XmlNode = { name: local, namespace: uri, attributes: values, children: [], text: '' };
    open.at(-1)?.children.push(node);
    root ??= node;
    open.push(node);
  });
  const addText = (piece: string) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  if (root === undefined) throw new XmlFault('there is no element');
  return root;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new XmlFault('the file is not encoded in UTF-8');
  }
}

/** The children of a name, along a path from the node. */
export function all(node: XmlNode | undefined, ...path: readonly string[]): XmlNode[] {
  let found = node === undefined ? [] : [node];
  for (const name of path)
    found = found.flatMap(({ children }) => children.filter((child) => child.name === name));
  return found;
}

export const first = (node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined =>
  all(node, ...path)[0];

/** Trimmed text at the end of a path; undefined where it is missing or empty. */
export function textAt(node: XmlNode | undefined, ...path: readonly string[]): string | undefined {
  const text = first(node, ...path)?.text.trim();
  return text === '' ? undefined : text;
}
