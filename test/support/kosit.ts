import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

type Mood = 'accept' | 'reject' | 'page' | 'redirect' | 'hang' | 'stall' | 'huge' | number;

export interface KositPeer {
  readonly url: string;
  readonly port: number;
  readonly asked: { method: string; path: string; type: string; authorization: string; body: string }[];
  mood: Mood;
  close(): Promise<void>;
}

export const REPORT =
  '<?xml version="1.0" encoding="UTF-8"?>\n<rep:report xmlns:rep="http://www.xoev.de/de/validator/varl/1" valid="true">geprüft</rep:report>';

/** Speaks as the KoSIT validator does in daemon mode: 200 and 406 with a report, anything else as it is told. */
export async function openKosit(t: Test): Promise<KositPeer> {
  const asked: KositPeer['asked'] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const body = Buffer.concat(parts).toString('utf8');
      const { 'content-type': type = '', authorization = '' } = headers;
      asked.push({ method, path, type, authorization, body });
      if (path.endsWith('/server/health'))
        response
          .writeHead(typeof peer.mood === 'number' ? peer.mood : 200)
          .end('<health><status>UP</status></health>');
      else answer(response, peer.mood);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  const peer: KositPeer = { url: `http://127.0.0.1:${port}`, port, asked, mood: 'accept', close };
  t.teardown(close);
  return peer;
}

const XML = { 'content-type': 'application/xml' };
const MEGABYTE = Buffer.alloc(1024 * 1024, '<');

function answer(response: ServerResponse, mood: Mood): void {
  if (mood === 'hang') return;
  if (mood === 'accept') response.writeHead(200, XML).end(REPORT);
  else if (mood === 'reject') response.writeHead(406, XML).end(REPORT.replace('true', 'false'));
  else if (mood === 'page')
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>login</html>');
  else if (mood === 'redirect') response.writeHead(302, { location: '/elsewhere' }).end();
  else if (mood === 'stall') response.writeHead(200, XML).write('<rep:report');
  else if (mood === 'huge') pour(response.writeHead(200, XML));
  else response.writeHead(mood, XML).end('<error/>');
}

/** Without end: whoever reads has to stop by itself. */
function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(MEGABYTE));
  if (!response.destroyed) response.once('drain', () => pour(response));
}
