import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { HOUR_MS } from '../src/common/clock.js';
import { atOnce } from './support/credentials.js';
import { newAddress, PASSWORD, signUp } from './support/people.js';
import { startApp, TEST_SETTINGS, TestApp } from './support/start-app.js';
import { program, runProcess } from './support/start-process.js';

const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
};

const RIGHT = `import { createTalkstackClient, nextPage, type Tokens } from './index.js';
const talkstack = createTalkstackClient({ baseUrl: 'http://localhost:3000', onTokens: (tokens: Tokens | null) => void tokens });
const { data, error } = await talkstack.POST('/project/create-project', { body: { name: 'Clinic', description: '' } });
export const told: [string | undefined, string | undefined] = [data?.data.name, error?.code];
export const listed = await talkstack.GET('/project', { params: { query: { pageSize: 5 } } });
const projectId = data?.data.id ?? '';
const first = await talkstack.GET('/agent/{projectId}', { params: { path: { projectId } } });
const query = nextPage(first.response) ?? {};
export const second = await talkstack.GET('/agent/{projectId}', { params: { path: { projectId }, query } });
export const read = await talkstack.GET('/project/{projectId}', { params: { path: { projectId: data?.data.id ?? '' } } });
const kept = (await talkstack.GET('/user/export')).data?.data;
export const owned: (string | undefined)[] = [kept?.projects[0].name, kept?.agents[0].voice_id ?? '', kept?.phoneNumbers[0].e164];
`;

/** A fault in each line after the second. */
const WRONG = `import { createTalkstackClient } from './index.js';
const talkstack = createTalkstackClient({ baseUrl: 'http://localhost:3000' });
export const a = createTalkstackClient({ url: 'http://localhost:3000' });
export const b = talkstack.POST('/project/create-project', { body: { nam: 'Clinic', description: '' } });
export const c = talkstack.POST('/project/create-project', { body: { name: 5, description: '' } });
export const d = talkstack.GET('/projects');
export const e = talkstack.DELETE('/project/create-project');
export const f = (await talkstack.GET('/user/me')).data?.user.mail;
export const g = (await talkstack.GET('/user/export')).data?.data.agents[0].phoneNumber;
`;

let folder: string;
let written: { output: string; code: number | null };
beforeAll(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-client-'));
  symlinkSync(joinPath(process.cwd(), 'node_modules'), joinPath(folder, 'node_modules'));
  written = await runProcess('typed-client/write.mjs', [folder], {}, process.cwd());
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('The typed client', () => {
  it('is written with neither a database nor a port', () => {
    expect(written).toMatchObject({ code: 0, output: '' });
  });

  it('lets programs compile that fit the API, and no others', async () => {
    writeFileSync(joinPath(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(joinPath(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
    writeFileSync(joinPath(folder, 'right.ts'), RIGHT);
    writeFileSync(joinPath(folder, 'wrong.ts'), WRONG);
    const { output } = await runProcess('node_modules/typescript/bin/tsc', ['-p', folder], {}, process.cwd());
    const faults = [...output.matchAll(/(\w+)\.ts\((\d+),\d+\): error/g)].map(([, file, line]) => `${file} ${line}`);
    expect(faults).toEqual([3, 4, 5, 6, 7, 8, 9].map((line) => `wrong ${line}`));
  });
});

describe('With the typed client', () => {
  let service: TestApp;
  let makeClient: (options?: object) => any;
  const sent: string[] = [];
  const { fetch } = globalThis;
  beforeAll(async () => {
    service = await startApp();
    globalThis.fetch = (input, init) => {
      sent.push(new URL(input instanceof Request ? input.url : input).pathname);
      return fetch(input, init);
    };
    const { createTalkstackClient } = await import(joinPath(folder, 'index.ts'));
    makeClient = (options) => createTalkstackClient({ baseUrl: `${service.api.url}/`, ...options });
  });
  afterAll(async () => {
    globalThis.fetch = fetch;
    await service?.close();
  });

  /** How often something was sent to a path. */
  const requestsTo = (path: string) => sent.filter((one) => one === path).length;

  /** Signs up, proves the mailbox and logs in. */
  const enter = async (talkstack: any, email = newAddress()): Promise<string> => {
    await talkstack.POST('/auth/signup', { body: { email, password: PASSWORD, name: 'Ada' } });
    const code = await service.mailbox.nextCode(email);
    await talkstack.POST('/auth/verify-email', { body: { email, code } });
    const { data } = await talkstack.POST('/auth/login', { body: { email, password: PASSWORD } });
    expect(data).toMatchObject({ status: 'success', loginStatus: 7 });
    return email;
  };

  const createProject = (talkstack: any, name: string): Promise<any> =>
    talkstack.POST('/project/create-project', { body: { name, description: 'Its phone' } });

  it('a program that logs out is told that its session is over', async () => {
    const told: unknown[] = [];
    const talkstack = makeClient({ onTokens: (tokens: unknown) => told.push(tokens) });
    await enter(talkstack);
    const { data } = await talkstack.POST('/auth/logout');
    expect(data).toMatchObject({ status: 'success' });
    expect(told.at(-1)).toBeNull();
  });

  it('programs are checked against the document that the service itself answers', async () => {
    const settings = { PUBLIC_URL: TEST_SETTINGS.PUBLIC_URL };
    const printed = await runProcess(program('openapi-document'), [], settings, process.cwd());
    // Names of required fields are a set: their order is that in which files were read.
    const withSets = (document: unknown) =>
      JSON.parse(JSON.stringify(document), (key, value) =>
        key === 'required' && Array.isArray(value) ? value.sort() : value,
      );
    expect(withSets(JSON.parse(printed.output))).toEqual(withSets((await service.api.get('/docs-json')).body));
  });

  it('a newcomer signs up, verifies, logs in, and has an agent with a number in an active project at the end', async () => {
    const talkstack = makeClient();
    const email = newAddress();
    const signup = await talkstack.POST('/auth/signup', { body: { email, password: PASSWORD, name: 'Ada' } });
    expect(signup.data).toMatchObject({ signupStatus: 3, user: { email } });
    const early = await talkstack.GET('/user/me');
    expect([early.response.status, early.error.code]).toEqual([401, 'EMAIL_NOT_VERIFIED']);
    const code = await service.mailbox.nextCode(email);
    await signUp(service, email, 'the password of a stranger', 'Eve');
    const verified = await talkstack.POST('/auth/verify-email', { body: { email, code } });
    // The client sends the token of its signup: the stranger's is none of its business.
    expect(verified.data).toMatchObject({ verificationStatus: 2, userData: { name: 'Ada' } });
    expect(verified.data.passwordRequired).toBeUndefined();
    expect((await talkstack.GET('/user/me')).response.status).toBe(200);
    const login = await talkstack.POST('/auth/login', { body: { email, password: PASSWORD } });
    expect(login.data.loginStatus).toBe(7);
    const { data: project } = (await createProject(talkstack, 'Clinic')).data;
    const listed = await talkstack.GET('/project', { params: { query: { pageSize: 5 } } });
    expect(listed.data).toMatchObject({ data: [project], total: 1, pageSize: 5 });
    await talkstack.POST('/user/set-active-project', { body: { projectId: project.id } });
    expect((await talkstack.GET('/user/get-active-project')).data.projectData).toEqual(project);
    const [voice] = (await talkstack.GET('/voices')).data.voices;
    const agent = await talkstack.POST('/agent/create-agent', {
      body: {
        name: 'Jo',
        systemInstruction: 'Greet {{name}}.',
        projectId: project.id,
        voice_id: voice.voice_id,
      },
    });
    expect(agent.data).toMatchObject({ name: 'Jo', variables: ['name'], voice_id: voice.voice_id });
    const ids = { projectId: project.id, agentId: agent.data.id };
    const number = await talkstack.POST('/phone-number/add-number', { body: { ...ids, e164: '+12025550123' } });
    expect(number.data.data).toMatchObject({ e164: '+12025550123', status: 'ASSIGNED', agentId: ids.agentId });
    await talkstack.PATCH('/project/active-agent', { body: { projectId: ids.projectId, active_agent: ids.agentId } });
    const active = await talkstack.POST('/project/active-agent', { body: { projectId: ids.projectId } });
    expect(active.data.active_agent).toBe(ids.agentId);
    const list = await talkstack.GET('/agent/{projectId}', { params: { path: { projectId: ids.projectId } } });
    expect(list.data).toMatchObject([{ id: ids.agentId, phoneNumber: '+12025550123' }]);
  });

  it('20 requests that meet an expired token share one refresh, and all succeed with their bodies', async () => {
    const kept: any[] = [];
    const talkstack = makeClient({ onTokens: (tokens: unknown) => kept.push(tokens) });
    await enter(talkstack);
    const before = requestsTo('/auth/refresh-token');
    service.clock.advance(3 * HOUR_MS);
    const answers = await atOnce<any>(20, (i) =>
      i % 2 === 0 ? createProject(talkstack, `Clinic ${i}`) : talkstack.GET('/user/me'),
    );
    expect(answers.map(({ response }) => response.status)).toEqual(Array(20).fill(200));
    const names = answers.flatMap(({ data }) => data.data?.name ?? []);
    expect(names).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18].map((i) => `Clinic ${i}`));
    expect(requestsTo('/auth/refresh-token') - before).toBe(1);
    expect(kept).toHaveLength(3);
    expect(kept.at(-1)).toEqual({
      token: expect.any(String),
      refreshToken: expect.any(String),
      expirationTime: expect.any(String),
    });
    const later = makeClient(kept.at(-1));
    expect((await later.GET('/user/me')).response.status).toBe(200);
  });

  it('a refresh that is refused hands 401 to all, once, and is not asked for again', async () => {
    const kept: unknown[] = [];
    const talkstack = makeClient({ onTokens: (tokens: unknown) => kept.push(tokens) });
    const email = await enter(talkstack);
    const elsewhere = makeClient();
    await elsewhere.POST('/auth/login', { body: { email, password: PASSWORD } });
    expect((await elsewhere.POST('/auth/logout-all')).response.status).toBe(200);
    const before = [requestsTo('/auth/refresh-token'), requestsTo('/user/me')];
    const answers = await atOnce(20, () => talkstack.GET('/user/me'));
    const again = await talkstack.GET('/user/me');
    for (const { response, error } of [...answers, again]) {
      expect([response.status, error.code]).toEqual([401, 'TOKEN_INVALID']);
    }
    expect([requestsTo('/auth/refresh-token') - before[0], requestsTo('/user/me') - before[1]]).toEqual([1, 21]);
    expect(kept.at(-1)).toBeNull();
    await talkstack.POST('/auth/login', { body: { email, password: PASSWORD } });
    expect((await talkstack.GET('/user/me')).response.status).toBe(200);
  });

  it('a service that cannot refresh for the moment ends no session', async () => {
    const talkstack = makeClient();
    const email = await enter(talkstack);
    const busy = await service.another({ THROTTLE_REFRESHES_PER_MINUTE: '1' });
    const visitor = makeClient({ baseUrl: busy.api.url });
    await visitor.POST('/auth/login', { body: { email, password: PASSWORD } });
    await visitor.POST('/auth/refresh-token', { body: { refreshToken: 'made up' } });
    service.clock.advance(3 * HOUR_MS);
    await visitor.POST('/auth/refresh-token', { body: { refreshToken: 'made up' } });
    expect((await visitor.GET('/user/me')).error.code).toBe('TOKEN_INVALID');
    service.clock.advance(HOUR_MS);
    expect((await visitor.GET('/user/me')).response.status).toBe(200);
  });

  it('a wrong password is sent once, for a refresh would not cure it', async () => {
    const talkstack = makeClient();
    await enter(talkstack);
    const before = [requestsTo('/auth/change-password'), requestsTo('/auth/refresh-token')];
    const { error } = await talkstack.POST('/auth/change-password', {
      body: { oldPassword: 'not hers', newPassword: 'a new and much better password' },
    });
    expect(error.code).toBe('INVALID_PASSWORD');
    expect([requestsTo('/auth/change-password'), requestsTo('/auth/refresh-token')]).toEqual([
      before[0] + 1,
      before[1],
    ]);
  });

  it('a refresh token is enough to begin with, and so is an API key', async () => {
    const kept: any[] = [];
    const talkstack = makeClient({ onTokens: (tokens: unknown) => kept.push(tokens) });
    await enter(talkstack);
    const { apiKey } = (await talkstack.GET('/user/generate-apikey')).data;
    expect((await makeClient({ apiKey }).GET('/user/me')).response.status).toBe(200);
    expect((await makeClient({ apiKey }).GET('/user/sessions')).error.code).toBe('BEARER_REQUIRED');
    expect((await makeClient({ apiKey: '0'.repeat(64) }).GET('/user/me')).error.code).toBe('API_KEY_INVALID');
    expect((await makeClient().GET('/user/me')).error.code).toBe('UNAUTHORIZED');
    const { refreshToken } = kept.at(-1);
    expect((await makeClient({ refreshToken }).GET('/user/sessions')).response.status).toBe(200);
  });
});
