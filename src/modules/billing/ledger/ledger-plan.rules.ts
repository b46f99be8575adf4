import type { FieldError } from '../../../platform/errors.ts';
import type { AccountRule, MemberAccount } from './ledger.types.ts';
import { plainRate } from './ledger-accounts.rules.ts';

/** What stands against a plan, by its places. */
export function checkPlan(
  { rules, debtors }: { readonly rules: readonly AccountRule[]; readonly debtors: readonly MemberAccount[] },
  services: ReadonlySet<string>,
  members: ReadonlySet<string>,
): FieldError[] {
  const cases = rules.map(caseOf);
  const firstOfCase = new Map(cases.map((name, at) => [name, at] as const).reverse());
  const owners = debtors.map(({ organisationId }) => organisationId.toLowerCase());
  const firstOfMember = new Map(owners.map((id, at) => [id, at] as const).reverse());
  return [
    ...rules.flatMap(({ serviceId, ratePercent, vatCategory }, at) => [
      ...refused(
        serviceId === null || services.has(serviceId.toLowerCase()),
        `/rules/${at}/serviceId`,
        'SERVICE_UNKNOWN',
        'is no service of the centre',
      ),
      ...refused(
        ratePercent === null || vatCategory === 'S',
        `/rules/${at}/ratePercent`,
        'RATE_WITHOUT_CATEGORY',
        'goes with category S only',
      ),
      ...refused(
        firstOfCase.get(cases[at] as string) === at,
        `/rules/${at}`,
        'RULE_TWICE',
        `is for the same case as rule ${firstOfCase.get(cases[at] as string)}`,
      ),
    ]),
    ...owners.flatMap((id, at) => [
      ...refused(
        members.has(id),
        `/debtors/${at}/organisationId`,
        'MEMBER_UNKNOWN',
        'is no member of the centre',
      ),
      ...refused(firstOfMember.get(id) === at, `/debtors/${at}`, 'MEMBER_TWICE', 'has an account above'),
    ]),
  ];
}

function caseOf({ serviceId, kind, vatCategory, ratePercent }: AccountRule): string {
  const rate = ratePercent === null ? null : plainRate(ratePercent);
  return JSON.stringify([serviceId?.toLowerCase() ?? null, kind, vatCategory, rate]);
}

function refused(isFine: boolean, pointer: string, code: string, detail: string): FieldError[] {
  return isFine ? [] : [{ pointer, code, detail }];
}
