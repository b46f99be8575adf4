import type { ServiceVersionView, ServiceView } from '../../src/modules/catalogue/index.ts';
import type { Caller } from './app.ts';

/** Content of a service that is sound; `changes` replace fields. */
export function serviceContent(teamId: string, changes: object = {}) {
  return {
    title: 'Eheurkunde',
    description: 'Ausstellung von Eheurkunden aus dem Eheregister',
    formSchema: {
      type: 'object',
      properties: {
        copies: {
          type: 'integer',
          title: 'Anzahl',
          description: 'Wie viele Urkunden',
          minimum: 1,
          maximum: 20,
        },
      },
      required: ['copies'],
    },
    usageRule: { meter: 'certificates', unit: 'Stück', quantity: { formField: '/copies' } },
    processingRule: { teamId },
    ...changes,
  };
}

export async function createTeam(centre: Caller, name: string): Promise<string> {
  const answer = await centre.call('POST', '/teams', { name, memberIds: [] });
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json<{ id: string }>().id;
}

/** A service with its first version as a draft. */
export async function createService(
  centre: Caller,
  teamId: string,
  code: string,
  changes: object = {},
): Promise<ServiceView> {
  const body = { code, category: 'standesamt', ...serviceContent(teamId, changes) };
  const answer = await centre.call('POST', '/services', body);
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json<ServiceView>();
}

export async function publish(
  centre: Caller,
  serviceId: string,
  number: number,
): Promise<ServiceVersionView> {
  const at = `/services/${serviceId}/versions/${number}`;
  const { version } = (await centre.call('GET', at)).json<ServiceVersionView>();
  const answer = await centre.call('POST', `${at}/actions/publish`, undefined, {
    'if-match': `"${version}"`,
  });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<ServiceVersionView>();
}

export async function publishedService(
  centre: Caller,
  teamId: string,
  code: string,
  changes: object = {},
): Promise<ServiceView> {
  const { id } = await createService(centre, teamId, code, changes);
  await publish(centre, id, 1);
  return (await centre.call('GET', `/services/${id}`)).json<ServiceView>();
}
