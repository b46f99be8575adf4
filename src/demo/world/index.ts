import { hellweg } from './hellweg.ts';
import { nordlippe } from './nordlippe.ts';
import { payroll } from './payroll.ts';
import { social } from './social.ts';
import { telephone } from './telephone.ts';
import type { Ags, CentreSpec } from './types.ts';
import { veterinary } from './veterinary.ts';

export { emailOf, people } from './people.ts';
export type * from './types.ts';

/** The co-operations that the motion of the state parliament names, and a payroll centre. */
export const centres: readonly CentreSpec[] = [hellweg, social, veterinary, telephone, nordlippe, payroll];

/** Every municipality that is member of a centre, each once. */
export const memberAgs: readonly Ags[] = [...new Set(centres.flatMap(({ members }) => members))].sort();

/** First day of all agreements and memberships of the demo world. */
export const IN_FORCE_FROM = '2024-01-01';
