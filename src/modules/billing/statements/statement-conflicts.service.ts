import { groupBy } from '../../../platform/collections.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import {
  STATEMENT_CHARGED_ALREADY,
  STATEMENT_INSTALMENTS_CHANGED,
  STATEMENT_IS_SET_OFF,
  STATEMENT_SUPERSEDED,
} from './statements.errors.ts';
import * as repo from './statements.repo.ts';
import type { Obstacle, StatementRow } from './statements.types.ts';

/** What the documents that are valid now have against drafts, by the id of each. */
export async function conflictsAmong(
  tx: HatTx,
  centreId: string,
  drafts: readonly StatementRow[],
): Promise<ReadonlyMap<string, readonly Obstacle[]>> {
  const valid = groupBy(await repo.validDocuments(tx, centreId, finalPeriods(drafts)), placeOf);
  const gone = await repo.supersededAmong(
    tx,
    drafts.flatMap(({ correctsId }) => correctsId ?? []),
  );
  return new Map(
    drafts.map((draft) => {
      const beside = valid.get(placeOf(draft)) ?? [];
      return [
        draft.id,
        [
          ...(gone.has(draft.correctsId ?? '') ? [SUPERSEDED] : []),
          ...(setsOffWhatIsValid(draft, beside) ? [] : [INSTALMENTS_CHANGED]),
          ...chargedAlready(draft, beside),
        ],
      ];
    }),
  );
}

type Place = Pick<StatementRow, 'organisationId' | 'periodId' | 'vatGroup'>;

/** One member, period and group of VAT has one valid invoice, which sets off the instalments of the same. */
const placeOf = ({ organisationId, periodId, vatGroup }: Place): string =>
  `${organisationId} ${periodId} ${vatGroup}`;

/** Periods whose final documents are among the drafts. */
const finalPeriods = (drafts: readonly StatementRow[]): string[] => [
  ...new Set(drafts.filter(isFinal).flatMap(({ periodId }) => periodId ?? [])),
];

const isFinal = ({ kind }: Pick<StatementRow, 'kind'>): boolean => kind === 380 || kind === 384;

/** An instalment that was issued or taken back since the draft was made would be asked for twice, or set off without a claim. */
function setsOffWhatIsValid(draft: StatementRow, beside: readonly repo.ValidDocument[]): boolean {
  if (!isFinal(draft)) return true;
  const instalments = beside.filter(({ kind }) => kind === 326);
  const said = draft.preceding.filter(({ kind }) => kind === 326).map(({ statementId }) => statementId);
  return said.length === instalments.length && instalments.every(({ id }) => said.includes(id));
}

/** A 384 takes the place of what it corrects; beside a 380 there is no place. */
function chargedAlready({ kind }: StatementRow, beside: readonly repo.ValidDocument[]): Obstacle[] {
  const invoice = kind === 380 ? beside.find(isFinal) : undefined;
  if (invoice === undefined) return [];
  const detail = `${invoice.number} charges the member for the period and is valid.`;
  return [{ problem: STATEMENT_CHARGED_ALREADY, detail, errors: [] }];
}

const SUPERSEDED: Obstacle = {
  problem: STATEMENT_SUPERSEDED,
  detail: 'What it corrects is no longer valid.',
  errors: [],
};

const INSTALMENTS_CHANGED: Obstacle = {
  problem: STATEMENT_INSTALMENTS_CHANGED,
  detail: 'It does not set off exactly the instalments that are valid.',
  errors: [],
};

/**
 * Drafts that take back an instalment which a valid invoice sets off, with that: it would go on setting off what no longer counts, and
 * the member would get the money twice. An invoice that is taken back by the others of `ready` is none.
 */
export async function setOffAmong(
  tx: HatTx,
  centreId: string,
  ready: readonly StatementRow[],
): Promise<ReadonlyMap<string, Obstacle>> {
  const credits = ready.filter(({ kind }) => kind === 381);
  const takenBack = new Set(credits.map(({ correctsId }) => correctsId));
  const invoices = await repo.listSettingOff(tx, centreId, credits);
  const standing = invoices.filter(({ id }) => !takenBack.has(id));
  return new Map(
    credits.flatMap(({ id, correctsId, preceding }) => {
      const invoice = standing.find(({ setOffIds }) => setOffIds.includes(correctsId ?? ''));
      const corrected = preceding.find(({ statementId }) => statementId === correctsId);
      return invoice === undefined ? [] : [[id, isSetOff(invoice.number, corrected?.number ?? '')] as const];
    }),
  );
}

const isSetOff = (invoice: string, instalment: string): Obstacle => ({
  problem: STATEMENT_IS_SET_OFF,
  detail: `${invoice} sets ${instalment} off.`,
  errors: [],
});
