export const WRITE_OFF_STATUSES = ['requested', 'confirmed', 'rejected', 'revoked'] as const;
export type WriteOffStatus = (typeof WRITE_OFF_STATUSES)[number];

export const WRITE_OFF_ACTIONS = ['confirm', 'reject', 'revoke'] as const;
export type WriteOffAction = (typeof WRITE_OFF_ACTIONS)[number];

const ALLOWED: Readonly<Record<WriteOffStatus, readonly WriteOffAction[]>> = {
  requested: ['confirm', 'reject'],
  confirmed: ['revoke'],
  rejected: [],
  revoked: [],
};

export const allowedSteps = (status: WriteOffStatus): readonly WriteOffAction[] => ALLOWED[status];

interface Deeds {
  readonly confirmedAt: string | null;
  readonly endedAt: string | null;
}

export function statusOf({ confirmedAt, endedAt }: Deeds): WriteOffStatus {
  if (endedAt === null) return confirmedAt === null ? 'requested' : 'confirmed';
  return confirmedAt === null ? 'rejected' : 'revoked';
}
