import type { HatTx } from '../../../platform/db/hat.ts';
import type { FieldError } from '../../../platform/errors.ts';
import type { ClauseCheck } from '../../agreements/index.ts';
import { KEY_LIST_MISSING, KEY_LIST_TYPE } from '../costing.errors.ts';
import { newestTypes } from './allocation-lists.repo.ts';

/**
 * The value lists that a cost clause names and the centre does not have, or has of another type. A warning and no refusal: lists are
 * recorded when their figures are known, often after the agreement. Runs refuse what is still missing then.
 */
export const missingLists: ClauseCheck = async (tx: HatTx, centreId, { costClause }) => {
  const named = (costClause?.tranches ?? []).flatMap(({ key }, index) => {
    const pointer = `/costClause/tranches/${index}/key/keyName`;
    return key.keyName === undefined ? [] : [{ pointer, name: key.keyName, type: key.type }];
  });
  if (named.length === 0) return [];
  const found = await newestTypes(
    tx,
    centreId,
    named.map(({ name }) => name),
  );
  return named.flatMap(({ pointer, name, type }): FieldError[] => {
    const has = found.get(name);
    if (has === undefined) {
      const detail = `There is no value list “${name}” yet; runs are refused until it is recorded.`;
      return [{ pointer, code: KEY_LIST_MISSING.code, detail }];
    }
    if (type === 'values' || type === has) return [];
    const detail = `The value list “${name}” counts ${has}, the clause says ${type}; runs are refused until one of this type is recorded.`;
    return [{ pointer, code: KEY_LIST_TYPE.code, detail }];
  });
};
