import { setImmediate } from 'node:timers/promises';
import { SaxesParser } from 'saxes';

const PIECE_BYTES = 256 * 1024;

/** Names and attributes come without their prefixes. */
export interface ElementVisitor {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Walks through an XML document in UTF-8, piece by piece, so that others are served meanwhile. Entities that a document defines are not known.
 * @throws Error for what is not well-formed, and what the visitor throws
 */
export async function readXml(xml: Buffer, visitor: ElementVisitor): Promise<void> {
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) =>
    visitor.open?.(
      local(name),
      Object.fromEntries(Object.entries(attributes).map(([key, value]) => [local(key), value])),
    ),
  );
  parser.on('text', (text) => visitor.text?.(text));
  parser.on('cdata', (text) => visitor.text?.(text));
  parser.on('closetag', ({ name }) => visitor.close?.(local(name)));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let at = 0; at < xml.length; at += PIECE_BYTES) {
    if (at > 0) await setImmediate();
    parser.write(decoder.decode(xml.subarray(at, at + PIECE_BYTES), { stream: true }));
  }
  parser.write(decoder.decode()).close();
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
