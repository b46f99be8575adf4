import type { Hat } from '../../platform/context.ts';

export type Method = 'GET' | 'POST';

export interface CallOptions {
  readonly body?: unknown;
  /** Version the change is meant for. */
  readonly version?: number;
  /** Sent as it is, instead of a JSON body. */
  readonly file?: { readonly text: string; readonly contentType: string };
}

/** Somebody signed in under one hat, who works through the HTTP API like everybody else. */
export interface Client {
  readonly name: string;
  call<T>(method: Method, path: string, options?: CallOptions): Promise<T>;
  text(path: string): Promise<string>;
  bytes(path: string): Promise<Buffer>;
}

/** An answer that the play did not expect ends it. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
}

/** Signs in with e-mail address and password. */
export async function signIn(
  address: string,
  account: { readonly email: string; readonly password: string; readonly name: string },
  hat: Hat,
): Promise<Client> {
  const body = { email: account.email, password: account.password, hat: { kind: hat.kind, id: hat.id } };
  const { accessToken } = await fetchJson<{ accessToken: string }>(
    `${address}/api/v1/auth/token`,
    'POST',
    {},
    { body },
  );
  return clientWith(address, account.name, accessToken);
}

/** Signs a program in with its client credentials. */
export async function signInProgram(
  address: string,
  account: { readonly clientId: string; readonly clientSecret: string; readonly name: string },
): Promise<Client> {
  const body = {
    grant_type: 'client_credentials',
    client_id: account.clientId,
    client_secret: account.clientSecret,
  };
  const token = await fetchJson<{ access_token: string }>(
    `${address}/api/v1/auth/client-token`,
    'POST',
    {},
    { body },
  );
  return clientWith(address, account.name, token.access_token);
}

function clientWith(address: string, name: string, token: string): Client {
  const headers = { authorization: `Bearer ${token}` };
  return {
    name,
    call: (method, path, options) => fetchJson(`${address}/api/v1${path}`, method, headers, options),
    text: async (path) => (await fetchOk(`${address}/api/v1${path}`, 'GET', headers)).text(),
    bytes: async (path) =>
      Buffer.from(await (await fetchOk(`${address}/api/v1${path}`, 'GET', headers)).arrayBuffer()),
  };
}

async function fetchJson<T>(
  url: string,
  method: Method,
  headers: Record<string, string>,
  options?: CallOptions,
): Promise<T> {
  const answer = await fetchOk(url, method, headers, options);
  const text = await answer.text();
  if (text === '') return undefined as T;
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return (isJson ? JSON.parse(text) : text) as T;
}

async function fetchOk(
  url: string,
  method: Method,
  headers: Record<string, string>,
  { body, version, file }: CallOptions = {},
): Promise<Response> {
  const content =
    file ??
    (body === undefined ? undefined : { text: JSON.stringify(body), contentType: 'application/json' });
  const answer = await fetch(url, {
    method,
    headers: {
      ...headers,
      ...(content !== undefined && { 'content-type': content.contentType }),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
    },
    ...(content !== undefined && { body: content.text }),
  });
  if (answer.ok) return answer;
  const path = new URL(url).pathname;
  throw new UnexpectedAnswerError(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
}
