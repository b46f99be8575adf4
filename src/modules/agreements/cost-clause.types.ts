/** What a tranche is shared out by. Which of the optional fields a type needs is said by the rules. */
export interface TrancheKey {
  type:
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
  /** fixed: shares as agreed, exact decimals by AGS or id of the organisation. */
  values?: Record<string, string>;
  /** cases, minutes: the usage meter that is counted. */
  meter?: string;
  /** population, graded_population: the census the figures build on. */
  basis?: string;
  /** values, area, head_count: name of the allocation key list of the centre. */
  keyName?: string;
  /** seat: AGS or id of the party that bears the whole tranche before the others share the rest. */
  seat?: string;
  /** weighted_cases: equivalence number of each usage meter that is counted. */
  equivalents?: Record<string, string>;
  /** graded_population: what an inhabitant counts in each grade, from the smallest on. */
  grades?: Grade[];
}

/** Inhabitants above the last grade up to `upTo` count `factor` each. */
export interface Grade {
  /** Inhabitants; null in the last grade, which has no end. */
  upTo: string | null;
  /** Exact decimal. */
  factor: string;
}

/** A part of the cost, for example of being ready, with its own key. */
export interface Tranche {
  id: string;
  label: string;
  /** Exact decimal. */
  percent: string;
  key: TrancheKey;
}

/** The machine-readable allocation rule inside an agreement. */
export interface CostClause {
  /** How cents are rounded: tranche by tranche, or once over the combined shares. */
  mode: 'cascade' | 'composite';
  tranches: Tranche[];
}
