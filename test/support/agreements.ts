import type { AgreementView } from '../../src/modules/agreements/index.ts';
import type { Caller } from './app.ts';

/** Terms of an agreement that are sound; `changes` replace fields. */
export function agreementTerms(organisationIds: string[], services: string[], changes: object = {}) {
  return {
    validFrom: '2027-01-01',
    organisationIds,
    services,
    dataProtectionRole: 'processor',
    ...changes,
  };
}

export async function draftAgreement(
  centre: Caller,
  organisationIds: string[],
  services: string[],
  changes: object = {},
): Promise<AgreementView> {
  const terms = agreementTerms(organisationIds, services, changes);
  const answer = await centre.call('POST', '/agreements', {
    title: 'Vereinbarung',
    mode: 'mandating',
    ...terms,
  });
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json<AgreementView>();
}

/** An agreement in force. */
export async function agree(
  centre: Caller,
  organisationIds: string[],
  services: string[],
  changes: object = {},
): Promise<AgreementView> {
  const { id, version } = await draftAgreement(centre, organisationIds, services, changes);
  const answer = await centre.call(
    'POST',
    `/agreements/${id}/actions/bring-into-force`,
    {},
    {
      'if-match': `"${version}"`,
    },
  );
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<AgreementView>();
}
