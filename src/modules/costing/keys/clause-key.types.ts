import type { PopulationGrade } from './key-formulas.rules.ts';

/** What a tranche is shared out by, as the cost clause says it. */
export interface ClauseKey {
  readonly type:
    | 'equal'
    | 'fixed'
    | 'seat'
    | 'population'
    | 'graded_population'
    | 'cases'
    | 'minutes'
    | 'weighted_cases'
    | 'area'
    | 'head_count'
    | 'values';
  readonly values?: Readonly<Record<string, string>>;
  readonly meter?: string;
  readonly basis?: string;
  readonly keyName?: string;
  readonly seat?: string;
  readonly equivalents?: Readonly<Record<string, string>>;
  readonly grades?: readonly PopulationGrade[];
}
