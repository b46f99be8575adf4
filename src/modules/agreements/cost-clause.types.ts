/** What a tranche is shared out by. Which of the optional fields a type needs is said by the rules. */
export interface TrancheKey {
  type: 'equal' | 'fixed' | 'population' | 'cases' | 'minutes' | 'values';
  /** fixed: shares as agreed, exact decimals by AGS or id of the organisation. */
  values?: Record<string, string>;
  /** cases, minutes: the usage meter that is counted. */
  meter?: string;
  /** population: the census the figures build on. */
  basis?: string;
  /** values: name of the allocation key list of the centre. */
  keyName?: string;
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
