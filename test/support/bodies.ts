/** What tests look at in the bodies of answers. Each body has some of it: whether it has what a test wants, the test tells. */
export interface Body {
  readonly id: string;
  readonly number: string;
  readonly code: string;
  readonly status: string;
  readonly subject: string;
  readonly body: string;
  readonly instance: string;
  readonly version: number;
  readonly serviceVersion: number;
  readonly followsId: string;
  readonly assigneeId: string;
  readonly availableActions: string[];
  readonly actor: { readonly id: string; readonly name: string } | null;
  readonly author: { readonly name: string };
  readonly items: Body[];
  readonly errors: { readonly pointer: string }[];
  readonly checks: { readonly ok: boolean }[];
  readonly hat: { readonly id: string; readonly roles: string[] };
  readonly temporaryPassword: string | null;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: string;
  readonly expiresInSeconds: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly access_token: string;
  readonly scope: string;
}

export function bodyOf(answer: { json(): unknown }): Body {
  return answer.json() as Body;
}
