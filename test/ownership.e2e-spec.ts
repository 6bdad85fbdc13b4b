import { v7 as uuid } from 'uuid';
import { ApiDocument, exampleOf, Operation } from './openapi/api-document.js';
import type { Ids } from './openapi/feature.js';
import { makeThings } from './openapi/features.js';
import { ApiAnswer } from './support/api-client.js';
import { makeApiKey } from './support/credentials.js';
import { join, Person } from './support/people.js';
import { newProjectName } from './support/projects.js';
import { startApp, TestApp } from './support/start-app.js';

let service: TestApp;
let ada: Person;
let bob: Person & { apiKey: string };
let hers: Ids;
let his: Ids;
let operations: Operation[];
let document: ApiDocument;

/** The ids that an operation takes, in its path or its body. */
function idsOf({ params, request }: Operation): string[] {
  const fields = Object.keys(request ? document.resolve(request).properties : {});
  return Object.keys(his).filter((name) => params.includes(name) || fields.includes(name));
}

beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  const person = await join(service);
  bob = { ...person, apiKey: await makeApiKey(service, person) };
  [hers, his] = [await makeThings(service, ada), await makeThings(service, bob)];
  document = await ApiDocument.of(service);
  operations = document.operations.filter((operation) => idsOf(operation).length > 0);
});
afterAll(() => service.close());

/** Calls as Bob, with his own ids but for those that are given. */
function call(operation: Operation, ids: Record<string, string | undefined>, as: object): Promise<ApiAnswer> {
  const all: Record<string, string | undefined> = { ...his, ...ids };
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => String(all[name]));
  const known = Object.fromEntries(idsOf(operation).map((name) => [name, all[name]]));
  // A name and a number that nobody has, so that these are no reason to refuse.
  const free = { name: newProjectName(), phoneNumber: undefined, e164: '+12025550199', cascade: true };
  const fresh = operation.id === 'makeCall' ? {} : free;
  const body = operation.request && { ...exampleOf(operation), ...fresh, ...known };
  return service.api.as(as).send(operation.method, path, body);
}

/** All of an answer that could tell whether there is such a thing. */
function told({ status, body, headers }: ApiAnswer): object {
  return { status, body: { ...body, requestId: '' }, headers: [...headers.keys()].sort() };
}

describe('What somebody else owns', () => {
  it('is asked for by many operations', () => {
    expect(operations.length).toBeGreaterThanOrEqual(21);
  });

  it.each(['token', 'apiKey'] as const)(
    'is as if it did not exist, in every operation and place of an id, with a %s',
    async (kind) => {
      const as = { [kind]: bob[kind] };
      for (const operation of operations.filter(({ accepts }) => kind === 'token' || accepts.includes('apiKey'))) {
        for (const name of idsOf(operation)) {
          // The look-up of a number goes by one id alone.
          const others =
            operation.id === 'findNumber' ? Object.fromEntries(Object.keys(his).map((id) => [id, undefined])) : {};
          const foreign = await call(operation, { ...others, [name]: hers[name] }, as);
          const unknown = await call(operation, { ...others, [name]: uuid() }, as);
          expect([operation.id, name, told(foreign)]).toEqual([operation.id, name, told(unknown)]);
          expect([operation.id, name, [400, 404].includes(foreign.status)]).toEqual([operation.id, name, true]);
        }
      }
    },
  );

  it('is as it was after all that', async () => {
    const { api } = service;
    const { projectId, agentId, phoneNumberId } = hers;
    const project = (await api.as(ada).get(`/project/${projectId}`)).body.data;
    expect(project).toMatchObject({ id: projectId, active_agent: null, call_status_webhook: null });
    expect((await api.as(ada).post('/agent', { projectId, agentId })).body.id).toBe(agentId);
    const { data } = (await api.as(ada).post('/phone-number', { phoneNumberId })).body;
    expect(data).toMatchObject({ projectId, agentId });
    expect((await api.as(ada).get('/user/sessions')).body.sessions).toHaveLength(1);
    expect((await api.as(ada).post('/call', { sid: hers.sid })).body.endedReason).toBeNull();
  });
});
