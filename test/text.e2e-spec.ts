import { sendRaw } from './openapi/raw-request.js';
import { createAgent, AgentData } from './support/agents.js';
import { ApiAnswer } from './support/api-client.js';
import { join, newAddress, PASSWORD, Person, signUp } from './support/people.js';
import { createProject, ProjectData } from './support/projects.js';
import { startApp, TestApp } from './support/start-app.js';

/** One of each kind that JSON can spell: controls, separators, marks, noncharacters, private use, four bytes of UTF-8. */
const CHARACTERS = [
  ...['\u0000', '\u0007', '\t', '\n', '\u001b', '"', '\\', '\u007f', '\u0085', '\u00a0', '\u00ad', '\u0301', '\u2028'],
  ...['\u2029', '\u202e', '\u200b', '\u200d', '\ufdd0', '\ue000', '\ufeff', '\ufffd', '\ufffe', '\uffff'],
  ...['\u{1f98a}', '\u{1fffe}', '\u{e0041}', '\u{10ffff}'],
];
const HALVES = ['\ud800', '\udfff', '\udc00\ud800'];
const INVISIBLE = ['\u3164', '\u2800', '\u115f', '\u200b\u2060', '\u00ad', '\ufe0f', '\u{e0041}', '\u0000', ' \u2800 '];

describe('Text', () => {
  let service: TestApp;
  let ada: Person;
  let project: ProjectData;
  let agent: AgentData;
  beforeAll(async () => {
    service = await startApp();
    ada = await join(service);
    project = await createProject(service, ada);
    agent = await createAgent(service, ada, project.id);
  });
  afterAll(() => service.close());

  const api = () => service.api.as(ada);
  const updateProject = (change: object) => api().put(`/project/${project.id}`, change);
  const updateAgent = (change: object) => api().put('/agent', { projectId: project.id, agentId: agent.id, ...change });
  const storedProject = async () => (await api().get(`/project/${project.id}`)).body.data;
  const storedAgent = async () => (await api().get(`/agent/${project.id}`)).body[0];

  /** Every field that keeps text: how it is written, and what is read of it then. */
  const FIELDS: [string, (text: string) => Promise<ApiAnswer>, () => Promise<string>][] = [
    ['name of a project', (name) => updateProject({ name }), async () => (await storedProject()).name],
    ['description', (description) => updateProject({ description }), async () => (await storedProject()).description],
    ['name of an agent', (name) => updateAgent({ name }), async () => (await storedAgent()).name],
    [
      'instruction',
      (systemInstruction) => updateAgent({ systemInstruction }),
      async () => (await storedAgent()).systemInstruction,
    ],
  ];

  it.each(FIELDS)(
    'in a %s is kept as it was sent, whatever it is, and refused where it cannot be',
    async (...field) => {
      const [, write, read] = field;
      for (const character of CHARACTERS) {
        const text = `a${character}b`;
        expect([text, (await write(text)).status, await read()]).toEqual([text, 200, text]);
      }
      for (const half of HALVES) {
        const { status, body } = await write(`a${half}b`);
        expect([status, body.errors]).toEqual([400, [{ field: expect.any(String), message: expect.any(String) }]]);
        expect(body.errors[0].message).toBe(`${body.errors[0].field} must be well-formed Unicode`);
      }
    },
  );

  it('of all characters with up to three bytes comes back as it was sent', async () => {
    const points = Array.from({ length: 0x10000 }, (_, point) => point).filter(
      (point) => point < 0xd800 || point > 0xdfff,
    );
    for (let i = 0; i < points.length; i += 20_000) {
      const systemInstruction = `a${String.fromCodePoint(...points.slice(i, i + 20_000))}b`;
      expect((await updateAgent({ systemInstruction })).status).toBe(200);
      expect((await storedAgent()).systemInstruction === systemInstruction).toBe(true);
    }
  });

  it('in the name of a person is kept as it was sent, or refused', async () => {
    for (const character of [...CHARACTERS, ...HALVES]) {
      const name = `a${character}b`;
      const { status, body } = await signUp(service, newAddress(), PASSWORD, name);
      expect([name, status === 400 ? name : body.user.name]).toEqual([name, name]);
    }
  });

  it('that is half a character is refused in a password and in a webhook', async () => {
    for (const half of HALVES) {
      const errors = [{ message: expect.stringMatching(/must be well-formed Unicode$/) }];
      const refused = { status: 400, body: { code: 'VALIDATION_FAILED', errors } };
      expect(await signUp(service, newAddress(), `${PASSWORD}${half}`)).toMatchObject(refused);
      expect(await service.api.post('/auth/login', { email: ada.email, password: half })).toMatchObject(refused);
      expect(await updateProject({ webhookUrl: `https://public.example/${half}` })).toMatchObject(refused);
    }
  });

  it.each(INVISIBLE)('of invisible characters only is no name: %j', async (name) => {
    const missing = { status: 400, body: { errors: [{ field: 'name', message: 'name is missing' }] } };
    expect(await signUp(service, newAddress(), PASSWORD, name)).toMatchObject(missing);
    expect(await api().post('/project/create-project', { name, description: '' })).toMatchObject(missing);
    const agent = { name, systemInstruction: 'Hello.', projectId: project.id };
    expect(await api().post('/agent/create-agent', agent)).toMatchObject(missing);
  });

  describe('that is no UTF-8', () => {
    const logIn = (password: Uint8Array, type = 'application/json') => {
      const before = Buffer.from(`{"email":"${ada.email}","password":"`);
      const body = Buffer.concat([before, password, Buffer.from('"}')]);
      return sendRaw(service, '/auth/login', { headers: { 'content-type': type }, body });
    };
    const password = Buffer.from(PASSWORD);
    const malformed = { status: 400, body: { code: 'REQUEST_MALFORMED', loginStatus: 8 } };

    it.each(['e4', 'c080', 'eda080', 'f5808080', 'e282', '80', 'fffe'])('is refused: %s', async (bytes) => {
      expect(await logIn(Buffer.from(bytes, 'hex'))).toMatchObject(malformed);
    });

    it.each(['iso-8859-1', 'UTF-16', 'us-ascii', '"utf-7"', '', 'utf-8; charset=latin1'])(
      'by the word of its content type is refused: charset=%s',
      async (charset) => expect(await logIn(password, `application/json; charset=${charset}`)).toMatchObject(malformed),
    );

    it.each(['utf-8', 'UTF-8', '"utf-8"', 'utf8'])('is not what charset=%s says', async (charset) => {
      expect(await logIn(password, `application/json ;CharSet=${charset}`)).toMatchObject({ status: 200 });
    });
  });
});
