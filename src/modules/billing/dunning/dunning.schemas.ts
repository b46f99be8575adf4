import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import {
  Cents,
  closed,
  Day,
  named,
  nullable,
  PageQuery,
  pageOf,
  Uuid,
} from '../../../platform/http/schemas.ts';
import { SeenDeed } from '../receivables.schemas.ts';
import { SKIP_REASONS } from './dunning.rules.ts';

const Level = Type.Integer({
  minimum: 1,
  maximum: 3,
  description: '1 reminder, 2 second reminder, 3 last one',
});
const Item = named('DunningItem', {
  statementId: Uuid,
  chainId: Uuid,
  number: Type.String(),
  dueOn: Day,
  openCents: Cents,
});

const amounts = {
  amountCents: { ...Cents, description: 'What is asked for: the items less the credit' },
  creditCents: {
    ...Cents,
    description:
      'What the centre has of the member (unmatched payments, credits), up to the sum of the items',
  },
};

export const CreateNotices = named('CreateDunningNotices', {
  centreId: OwnCentreId,
  organisationIds: Type.Optional(
    Type.Array(Uuid, {
      minItems: 1,
      maxItems: 1000,
      description: 'Left out: all members with something overdue',
    }),
  ),
  payWithinDays: Type.Integer({ minimum: 1, maximum: 90, default: 14 }),
  minDaysBetween: Type.Integer({
    minimum: 1,
    maximum: 365,
    default: 14,
    description: 'A member whose last notice is younger gets none',
  }),
});
export type CreateNotices = Static<typeof CreateNotices>;

export const NoticesQuery = closed({
  dryRun: Type.Boolean({ default: false, description: 'Only say who would be written to' }),
});

export const NoticesPreview = named('DunningNoticesPreview', {
  dryRun: Type.Boolean(),
  issuedOn: Day,
  payUntil: Day,
  notices: Type.Array(
    closed({
      organisationId: Uuid,
      memberName: Type.String(),
      level: Level,
      ...amounts,
      items: Type.Array(Item),
      blockedItems: Type.Array(Item, { description: 'Overdue, but not asked for: see `/dunning-blocks`' }),
      skipped: nullable(
        Type.Enum([...SKIP_REASONS], {
          description:
            'Why no letter is written: `OPERATOR` is the centre itself, `BLOCKED` and `CREDIT_COVERS` that nothing is left after blocks or credits',
        }),
      ),
    }),
  ),
});
export type NoticesPreview = Static<typeof NoticesPreview>;

export const NoticeView = named('DunningNotice', {
  id: Uuid,
  centreId: Uuid,
  organisationId: Uuid,
  memberName: Type.String(),
  number: Type.String({ examples: ['SOE-M-2026-001'] }),
  level: Level,
  issuedOn: Day,
  payUntil: Day,
  ...amounts,
  items: Type.Array(Item),
  sha256: Type.String({ description: 'Of the letter' }),
  issued: SeenDeed,
});
export type NoticeView = Static<typeof NoticeView>;
export const NoticePage = pageOf(NoticeView);
export const NoticeQuery = closed({ ...PageQuery, organisationId: Type.Optional(Uuid) });
export type NoticeQuery = Static<typeof NoticeQuery>;
