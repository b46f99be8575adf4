/** What the tests of agreements and catalogue look at in answers: a resource, a page or a problem. */
export interface Answer {
  readonly id: string;
  readonly code: string;
  readonly detail: string;
  readonly title: string;
  readonly category: string;
  readonly status: string | number;
  readonly number: number;
  readonly version: number;
  readonly versionNumber: number;
  readonly organisationIds: readonly string[];
  readonly orderable?: boolean;
  readonly reason?: string;
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
  readonly items: readonly Answer[];
  readonly nextCursor: string | null;
}
