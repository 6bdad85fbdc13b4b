import { Database } from '../src/database/database.js';
import { MAX_ANSWER_BYTES } from '../src/http/paging.js';
import { PhoneNumber } from '../src/phone-numbers/phone-number.entity.js';
import { createAgent, writeAgents } from './support/agents.js';
import { ApiAnswer, ApiClient } from './support/api-client.js';
import { addNumber } from './support/numbers.js';
import { join, Person } from './support/people.js';
import { createProject } from './support/projects.js';
import { openSession } from './support/sessions.js';
import { startApp, TestApp } from './support/start-app.js';

let service: TestApp;
let ada: Person;
let api: ApiClient;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  api = service.api.as(ada);
});
afterAll(() => service.close());

/** The URL of the next page, resolved as RFC 8288 says. */
function nextOf(path: string, { headers }: ApiAnswer): string | null {
  const [, reference] = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '') ?? [];
  if (reference === undefined) return null;
  const { pathname, search } = new URL(reference, `http://talkstack.test${path}`);
  return pathname + search;
}

/** All pages from this one on, as a client gets them that follows Link. */
async function followed(path: string, ask: (path: string) => Promise<ApiAnswer>): Promise<ApiAnswer[]> {
  const pages: ApiAnswer[] = [];
  for (let next: string | null = path; next !== null; next = nextOf(next, pages[pages.length - 1])) {
    pages.push(await ask(next));
    expect(pages[pages.length - 1].status).toBe(200);
  }
  return pages;
}

const get = (path: string) => api.get(path);
const totalsOf = (pages: ApiAnswer[]) => [...new Set(pages.map(({ headers }) => headers.get('x-total-count')))];

describe('A client that follows Link', () => {
  it('gets all agents of a project, a hundred a page, though some are deleted and created meanwhile', async () => {
    const { id: projectId, user_id: userId } = await createProject(service, ada);
    await writeAgents(service, userId, projectId, 250);
    const first = await get(`/agent/${projectId}`);
    expect(first.body).toHaveLength(100);
    for (const { id: agentId } of first.body.slice(0, 3)) await api.delete('/agent', { projectId, agentId });
    await createAgent(service, ada, projectId);
    const rest = await followed(nextOf(`/agent/${projectId}`, first) ?? '', get);
    const ids = [first, ...rest].flatMap(({ body }) => body.map(({ id }: { id: string }) => id));
    expect([ids.length, new Set(ids).size]).toEqual([250, 250]);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(totalsOf([first, ...rest])).toEqual(['250', '248']);
    expect((await get(`/agent/${projectId}?page=9`)).body).toEqual([]);
  });

  it('gets all agents with the longest instructions, no page over 8 MB', async () => {
    const { id: projectId, user_id: userId } = await createProject(service, ada);
    // JSON spells each of these bytes with six.
    await writeAgents(service, userId, projectId, 50, '\u0001'.repeat(65_535));
    const pages = await followed(`/agent/${projectId}`, get);
    expect(pages.map(({ body }) => body.length)).toEqual([21, 21, 8]);
    for (const { body } of pages) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(MAX_ANSWER_BYTES);
    expect(new Set(pages.flatMap(({ body }) => body.map(({ id }: any) => id))).size).toBe(50);
    expect(totalsOf(pages)).toEqual(['50']);
  });

  it('gets all numbers of a project, with the newest beside each page', async () => {
    const { id: projectId } = await createProject(service, ada);
    const { id: agentId } = await createAgent(service, ada, projectId);
    const newest = await addNumber(service, ada, { projectId, agentId });
    await writeNumbers(projectId, newest.id, 120);
    const pages = await followed('/phone-number', (path) => api.post(path, { projectId }));
    expect(pages.map(({ body }) => body.numbers.length)).toEqual([100, 21]);
    expect(pages.map(({ body }) => body.data)).toEqual([newest, newest]);
    expect(new Set(pages.flatMap(({ body }) => body.numbers.map(({ id }: any) => id))).size).toBe(121);
    expect(totalsOf(pages)).toEqual(['121']);
  });

  it('gets all sessions, projects and voices', async () => {
    for (let i = 0; i < 4; i += 1) await openSession(service, ada);
    const sessions = await followed('/user/sessions?pageSize=2', get);
    expect(sessions.map(({ body }) => body.sessions.length)).toEqual([2, 2, 1]);
    expect(totalsOf(sessions)).toEqual(['5']);
    const projects = await followed('/project?pageSize=2', get);
    expect(projects.map(({ body }) => body.data.length)).toEqual([2, 1]);
    const voices = await followed('/voices?pageSize=2', get);
    const names = voices.flatMap(({ body }) => body.voices.map(({ name }: any) => name));
    expect(names).toEqual((await get('/voices')).body.voices.map(({ name }: any) => name));
    expect([new Set(names).size, totalsOf(voices)]).toEqual([names.length, [String(names.length)]]);
  });

  it('is told what is wrong with a page', async () => {
    const paths = [`/agent/none`, '/user/sessions', '/voices'];
    for (const path of paths) {
      for (const wrong of ['page=0', 'pageSize=101', 'pageSize=x']) {
        expect(await get(`${path}?${wrong}`)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
      }
    }
    for (const wrong of ['none', '%00', '1&after=2']) {
      expect((await get(`/user/sessions?after=${wrong}`)).body.errors).toMatchObject([{ field: 'after' }]);
    }
    expect((await get('/user/sessions?page=&pageSize=&after=')).status).toBe(200);
  });
});

/** Writes numbers past the flow, older than the one with this id. */
async function writeNumbers(projectId: string, newestId: string, count: number): Promise<void> {
  const { manager } = service.app.get(Database).reader;
  const newest = await manager.findOneByOrFail(PhoneNumber, { id: newestId });
  const rows = Array.from({ length: count }, (_, i) => {
    const [id, e164] = [`0${newestId.slice(1, -3)}${String(i).padStart(3, '0')}`, `+4930${1_000_000 + i}`];
    return {
      ...newest,
      project: undefined,
      agent: undefined,
      id: id.replace(/^01/, '00'),
      e164,
      agentId: null,
      projectId,
    };
  });
  await service.app.get(Database).write(({ manager }) => manager.insert(PhoneNumber, rows));
}
