import type { FormSchema, ProcessingRule, UsageRule } from '../../modules/catalogue/index.ts';
import type { Random } from '../random.ts';

/** Municipality by AGS. */
export type Ags = string;

/** `platform`, `centre:<code>` or `organisation:<AGS>`. */
export type HatName = 'platform' | `centre:${string}` | `organisation:${Ags}`;

/** Somebody invented, with the hats and roles the person holds. The e-mail address follows from name and office. */
export interface Person {
  readonly name: string;
  /** Domain below `.example`. */
  readonly office: string;
  readonly hats: Readonly<Partial<Record<HatName, readonly string[]>>>;
  /** Teams of centres: `<code>/<team>`. */
  readonly teams?: readonly string[];
}

export interface MonthlyCost {
  readonly costType: string;
  readonly text: string;
  /** Invented. */
  readonly monthlyCents: number;
}

export interface RequestSample {
  readonly subject: string;
  readonly formData: Readonly<Record<string, unknown>>;
}

export interface ServiceSpec {
  readonly code: string;
  readonly title: string;
  readonly category: string;
  readonly serviceKey?: string;
  readonly description: string;
  readonly form: FormSchema;
  readonly usage: UsageRule;
  readonly team: string;
  readonly routes?: readonly {
    readonly when: ProcessingRule['routes'][number]['when'];
    readonly team: string;
  }[];
  readonly objectionDays?: number;
  readonly autoAccept?: boolean;
  readonly checklist?: readonly {
    readonly id: string;
    readonly label: string;
    readonly isRequired: boolean;
  }[];
  /** Requests that each member files in a quarter. Invented. */
  readonly perQuarter: Readonly<Record<Ags, number>>;
  readonly sample: (random: Random) => RequestSample;
  /** What the centre answers when the work is done. */
  readonly results: readonly string[];
  readonly costs: readonly MonthlyCost[];
}

export type KeySpec =
  | { readonly type: 'equal' }
  | { readonly type: 'fixed'; readonly values: Readonly<Record<Ags, string>> }
  | { readonly type: 'population'; readonly basis: string }
  | { readonly type: 'cases' | 'minutes'; readonly meter: string }
  | { readonly type: 'values'; readonly keyName: string };

export interface AgreementSpec {
  readonly title: string;
  readonly mode: 'delegating' | 'mandating' | 'statutes' | 'private';
  readonly dataProtectionRole: 'controller' | 'processor' | 'joint_controllers';
  readonly services: readonly string[];
  readonly costClause: {
    readonly mode: 'cascade' | 'composite';
    readonly tranches: readonly {
      readonly id: string;
      readonly label: string;
      readonly percent: string;
      readonly key: KeySpec;
    }[];
  };
}

/** Usage that another program reports, for each member and month. */
export interface ReportedUsage {
  readonly service: string;
  readonly account: string;
  readonly source: string;
  readonly meter: string;
  readonly unit: string;
  /** `calls`: one event for each call; `total`: one event a month. */
  readonly shape: 'calls' | 'total';
  readonly perMonth: Readonly<Record<Ags, number>>;
}

export interface ValueList {
  readonly name: string;
  readonly type: 'head_count' | 'area' | 'other';
  readonly asOf: string;
  readonly basis: string;
  readonly source: string;
  readonly values: Readonly<Record<Ags, string>>;
}

export interface CentreSpec {
  readonly code: string;
  readonly name: string;
  readonly operator: Ags;
  readonly members: readonly Ags[];
  readonly teams: readonly string[];
  readonly services: readonly ServiceSpec[];
  readonly agreements: readonly AgreementSpec[];
  /** Case numbers, staff numbers and amounts of this centre are invented. */
  readonly invented: true;
  readonly accounts?: readonly { readonly name: string; readonly scopes: readonly string[] }[];
  readonly reported?: readonly ReportedUsage[];
  readonly lists?: readonly ValueList[];
}
