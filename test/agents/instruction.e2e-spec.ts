import { sendRaw } from '../openapi/raw-request.js';
import { createAgent } from '../support/agents.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';

const LIMIT_BYTES = 65_535;
/** Any character may be spelled with six bytes in JSON; what else a body has, has the room of any other body. */
const BODY_LIMIT_BYTES = 6 * LIMIT_BYTES + 100 * 1024;

let service: TestApp;
let ada: Person;
let projectId: string;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  projectId = (await createProject(service, ada)).id;
});
afterAll(() => service.close());

const create = (systemInstruction: unknown) =>
  service.api.as(ada).post('/agent/create-agent', { name: 'Jo', projectId, systemInstruction });
const send = (method: string, path: string, body: string) =>
  sendRaw(service, path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
    body,
  });
const escaped = (text: string) =>
  [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

describe('The instruction of an agent', () => {
  it.each([
    ['with blanks around it', '  \n Hello. \t\n'],
    ['with every kind of line break', 'a\nb\r\nc\rd\u2028e\u2029f\u0085g\u000bh'],
    ['with NUL and other control characters', '\u0000a\u0000\u0007\u001b[2J\u007f\u0000'],
    ['of NUL alone', '\u0000'],
    ['with emoji and characters beyond the first plane', '😀 👩‍👩‍👧‍👦 𝒜𝒹𝒶 𠜎'],
    ['in accents encoded both ways', 'Café Cafe\u0301 ﬁ Ａ'],
    ['right to left, with invisible marks', '\ufeffשלום \u202eabc\u202c مرحبا\u200d\u200b'],
    ['with what databases escape', `'"\\ %_ \\' \\0 \\n ; -- /* */ \u001a ? :name`],
    ['with what is no variable', '{{ }} {{a b}} {{{}}} {{{{ }}}} ${x} <%= y %> {{__proto__}}'],
    ['that reads like JSON', '{"a":"\\u0041"}'],
    ['with what is no character', '\uffff\ufffe\u{10ffff}'],
  ])('is kept to the byte: text %s', async (_, systemInstruction) => {
    const { status, body } = await create(systemInstruction);
    expect({ status, kept: body.systemInstruction }).toEqual({ status: 200, kept: systemInstruction });
    const read = await service.api.as(ada).post('/agent', { projectId, agentId: body.id });
    expect(read.body.systemInstruction).toBe(systemInstruction);
  });

  it.each(['a', 'é', '한', '😀'])('may have up to 65,535 bytes of %s, and not one more', async (character) => {
    const bytes = Buffer.byteLength(character);
    const longest = character.repeat(LIMIT_BYTES / bytes) + 'a'.repeat(LIMIT_BYTES % bytes);
    expect(Buffer.byteLength(longest)).toBe(LIMIT_BYTES);
    const { id } = await createAgent(service, ada, projectId, { systemInstruction: longest });
    const read = await service.api.as(ada).post('/agent', { projectId, agentId: id });
    expect(read.body.systemInstruction === longest).toBe(true);
    const field = 'systemInstruction';
    const errors = [{ field, message: `${field} must be at most 65535 bytes in UTF-8` }];
    const longer = { projectId, agentId: id, systemInstruction: `a${longest}` };
    expect(await create(longer.systemInstruction)).toMatchObject({ status: 400, body: { errors } });
    expect(await service.api.as(ada).put('/agent', longer)).toMatchObject({ status: 400, body: { errors } });
  });

  it('may be sent as JSON with six bytes per character', async () => {
    const text = escaped('a'.repeat(LIMIT_BYTES));
    const made = await send(
      'POST',
      '/agent/create-agent',
      `{"name":"Jo","projectId":"${projectId}","systemInstruction":"${text}"}`,
    );
    expect({ status: made.status, length: made.body.systemInstruction?.length }).toEqual({
      status: 200,
      length: LIMIT_BYTES,
    });
    const other = escaped('b'.repeat(LIMIT_BYTES));
    const changed = await send(
      'PUT',
      '/agent',
      `{"projectId":"${projectId}","agentId":"${made.body.id}","systemInstruction":"${other}"}`,
    );
    expect(changed.body.systemInstruction === 'b'.repeat(LIMIT_BYTES)).toBe(true);
  });

  it.each(['\ud800', 'a\udfffb', '\udc00\ud800', '😀\ud83d'])('cannot have half a character: %j', async (text) => {
    expect(await create(text)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'systemInstruction', message: 'systemInstruction must be well-formed Unicode' }] },
    });
  });

  it.each([5, true, ['a'], { a: 1 }])('cannot be %j', async (value) => {
    const message = 'systemInstruction must be a string';
    expect(await create(value)).toMatchObject({ status: 400, body: { errors: [{ message }] } });
  });
});

describe('A body with an instruction', () => {
  it.each([
    ['POST', '/agent/create-agent'],
    ['PUT', '/agent'],
  ])('may be larger than others, though not larger than it can need: %s %s', async (method, path) => {
    const ofLength = (length: number) => `{"x":"${'a'.repeat(length - 8)}"}`;
    expect(await send(method, path, ofLength(BODY_LIMIT_BYTES))).toMatchObject({ status: 400 });
    const answer = await send(method, path, ofLength(BODY_LIMIT_BYTES + 1));
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  });

  it.each([
    ['POST', '/agent'],
    ['DELETE', '/agent'],
    ['POST', '/project/create-project'],
  ])('is too large for everybody else: %s %s', async (method, path) => {
    expect((await send(method, path, `{"x":"${'a'.repeat(100 * 1024)}"}`)).status).toBe(413);
  });
});
