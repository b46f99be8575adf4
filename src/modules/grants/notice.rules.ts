import { type Day, plusMonths } from '../../platform/clock.ts';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import { GRANT_NOTICE_REFUSED } from './grants.errors.ts';

/** What the authority wrote (Zuwendungsbescheid). Periods are half open. */
export interface NoticeInput {
  readonly number: string;
  readonly noticeOn: Day;
  readonly awardedCents: number;
  readonly approvedFrom: Day;
  readonly approvedTo: Day;
  /** Day after the last on which the purpose is bound; left out: as the rule says. */
  readonly purposeEndsOn?: Day | undefined;
  /** Left out: as the rule says. */
  readonly proofDueOn?: Day | undefined;
}

export type Notice = NoticeInput & { readonly purposeEndsOn: Day; readonly proofDueOn: Day };

export interface NoticeFacts {
  readonly today: Day;
  readonly appliedOn: Day;
  readonly plannedGrantCents: number;
  readonly purposeYears: number;
  readonly proofDueMonths: number;
}

/** The notice with the deadlines of the rule where it names none. @throws DomainError GRANT_NOTICE_REFUSED */
export function noticeOf(input: NoticeInput, facts: NoticeFacts): Notice {
  const { approvedTo } = input;
  const notice = {
    ...input,
    purposeEndsOn: input.purposeEndsOn ?? plusMonths(approvedTo, 12 * facts.purposeYears),
    proofDueOn: input.proofDueOn ?? plusMonths(approvedTo, facts.proofDueMonths),
  };
  const checks: readonly (readonly [isRight: boolean, field: keyof Notice, detail: string])[] = [
    [notice.noticeOn <= facts.today, 'noticeOn', 'is in the future'],
    [notice.noticeOn >= facts.appliedOn, 'noticeOn', `is before the application of ${facts.appliedOn}`],
    [
      notice.awardedCents <= facts.plannedGrantCents,
      'awardedCents',
      `is above the ${facts.plannedGrantCents} cents that the rule gives for the planned cost`,
    ],
    [approvedTo > notice.approvedFrom, 'approvedTo', 'is not after the first day'],
    [notice.purposeEndsOn >= approvedTo, 'purposeEndsOn', 'is before the end of the approved period'],
    [notice.proofDueOn >= approvedTo, 'proofDueOn', 'is before the end of the approved period'],
  ];
  const errors = checks.flatMap(([isRight, field, detail]): FieldError[] =>
    isRight ? [] : [{ pointer: `/${field}`, code: 'refused', detail: `${field} ${detail}` }],
  );
  if (errors.length > 0) throw new DomainError(GRANT_NOTICE_REFUSED, `${errors[0]?.detail}.`, { errors });
  return notice;
}
