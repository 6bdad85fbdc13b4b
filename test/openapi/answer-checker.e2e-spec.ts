import { ApiAnswer } from '../support/api-client.js';
import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { AnswerChecker } from './answer-checker.js';
import { ApiDocument } from './api-document.js';

const USER = {
  email: 'ada@example.com',
  name: 'Ada',
  active_project: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  company_name: null,
};

describe('The comparison of answers with the document', () => {
  let service: TestApp;
  let checker: AnswerChecker;
  let document: ApiDocument;
  let success: ApiAnswer;
  let failure: ApiAnswer;

  beforeAll(async () => {
    service = await startApp();
    document = await ApiDocument.of(service);
    checker = new AnswerChecker(document);
    const { email, password } = await join(service);
    success = await service.api.post('/auth/login', { email, password });
    failure = await service.api.post('/auth/login', { email, password: 'not hers' });
  });
  afterAll(() => service.close());

  const faults = (answer: ApiAnswer, change: object = {}) =>
    checker.faults(document.operation('logIn'), { ...answer, body: { ...answer.body, ...change } });

  it('finds nothing wrong with what the service really answers', () => {
    expect(faults(success, { user: USER })).toEqual([]);
    expect(faults(success)).toEqual([]);
    expect(faults(failure)).toEqual([]);
  });

  it.each<[string, object]>([
    ['a field that is not in the document', { secret: 1 }],
    ['such a field further down', { user: { ...USER, password_hash: 'x' } }],
    ['a field that is missing', { token: undefined }],
    ['a field of another type', { token: 5 }],
    ['a null that is not announced', { expirationTime: null }],
    ['a time in another format', { expirationTime: '1 January 2026' }],
    ['a number outside its enum', { loginStatus: 10 }],
  ])('notices %s in a success', (_, change) => expect(faults(success, change)).not.toEqual([]));

  it.each<[string, object]>([
    ['an error code that the operation does not have', { code: 'INVALID_CODE' }],
    ['a number that does not go with the code', { loginStatus: 8 }],
    ['a requestId that is not the header’s', { requestId: '00000000-0000-7000-8000-000000000000' }],
    ['a cause that came along', { stack: 'Error: …' }],
  ])('notices %s in an error', (_, change) => expect(faults(failure, change)).not.toEqual([]));

  it('notices an undeclared status, a missing header and another content type', () => {
    const without = (name: string) => new Headers([...success.headers].filter(([other]) => other !== name));
    expect(faults({ ...success, status: 201 })).not.toEqual([]);
    expect(faults({ ...success, headers: without('x-request-id') })).not.toEqual([]);
    expect(faults({ ...success, headers: without('content-type') })).not.toEqual([]);
    expect(faults({ ...failure, status: 503 })).not.toEqual([]);
  });
});
