import type { Day, Moment } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { ReminderKind } from './grant-deadlines.rules.ts';

export interface Reminder {
  readonly grantId: string;
  readonly number: string;
  readonly kind: ReminderKind;
  readonly dueOn: Day;
}

/** Writes down once for each grant that its proof is due by `until`, and once that it was due before `today`; says what is new. */
export async function insertReminders(
  { sql }: HatTx,
  centreId: string,
  now: Moment,
  { today, until }: { readonly today: Day; readonly until: Day },
): Promise<Reminder[]> {
  return sql<Reminder[]>`
    with due as (
      select g.id, g.number, g.proof_due_on, case when g.proof_due_on < ${today}::date then 'proof_overdue' else 'proof_soon' end as kind
      from grants g where g.centre_id = ${centreId} and g.status = 'awarded' and g.proof_due_on <= ${until}::date
    ), made as (
      insert into grant_reminders (centre_id, grant_id, kind, due_on, reminded_at)
      select ${centreId}::uuid, id, kind, proof_due_on, ${now}::timestamptz from due
      on conflict do nothing returning grant_id, kind)
    select d.id as "grantId", d.number, d.kind, d.proof_due_on as "dueOn" from due d join made m on m.grant_id = d.id and m.kind = d.kind order by d.number`;
}

/** Centres that hold grants; asked under the platform's hat, which sees centres and nothing of theirs. */
export async function listCentreIds({ sql }: HatTx): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from centres order by id`;
  return rows.map(({ id }) => id);
}
