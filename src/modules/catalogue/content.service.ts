import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { SERVICE_VERSION_REFUSED } from './catalogue.errors.ts';
import { findTeamIds } from './catalogue.repo.ts';
import type { ServiceVersionView } from './catalogue.schemas.ts';
import type { ServiceVersionContent } from './catalogue.types.ts';
import { checkFormReferences, checkRules, teamsOf } from './content.rules.ts';
import { closeFormSchema } from './form-schema.rules.ts';
import { checkFormSchema } from './form-validators.ts';

/** The content as it is stored: form closed, ids in one spelling. Throws `SERVICE_VERSION_REFUSED`. */
export async function checkedContent(
  tx: HatTx,
  centreId: string,
  content: ServiceVersionContent,
): Promise<ServiceVersionContent> {
  const { processingRule } = content;
  const teamIds = await findTeamIds(tx, centreId, teamsOf(processingRule));
  const errors = checkContent(content, teamIds);
  const [first] = errors;
  if (first !== undefined)
    throw new DomainError(SERVICE_VERSION_REFUSED, `${first.pointer} ${first.detail}.`, { errors });
  return {
    ...content,
    formSchema: closeFormSchema(content.formSchema),
    processingRule: {
      ...processingRule,
      teamId: processingRule.teamId.toLowerCase(),
      routes: processingRule.routes.map((route) => ({ ...route, teamId: route.teamId.toLowerCase() })),
    },
    approvalRule: content.approvalRule ?? null,
  };
}

/** Everything that keeps content from becoming a version. `teamIds` are the teams of the centre. */
export function checkContent(content: ServiceVersionContent, teamIds: ReadonlySet<string>): FieldError[] {
  const formErrors = checkFormSchema(content.formSchema);
  const references = formErrors.length === 0 ? checkFormReferences(content) : [];
  return [...formErrors, ...references, ...checkRules(content, teamIds), ...checkApproval(content)];
}

/** A release that nobody can give yet would be a control in name only. */
function checkApproval({ approvalRule }: ServiceVersionContent): FieldError[] {
  if (!approvalRule?.isRequired) return [];
  return [
    {
      pointer: '/approvalRule/isRequired',
      code: 'NOT_AVAILABLE',
      detail: 'is not possible yet: requests cannot be released',
    },
  ];
}

export function serviceNotFound(): DomainError {
  return new DomainError(NOT_FOUND, 'There is no such service.');
}

/** Teams are the centre's own business, so members do not see who works on what. */
export function versionView({ hat }: HatContext, version: ServiceVersionView): ServiceVersionView {
  if (hat.kind === 'centre') return version;
  const { processingRule: _, ...rest } = version;
  return rest;
}
