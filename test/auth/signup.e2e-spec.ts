import { newAddress, PASSWORD, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

describe('Signing up', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  it('answers the documented example, with the tokens that the text promises', async () => {
    const email = newAddress();
    const { status, body } = await signUp(service, ` ${email.toUpperCase()} `);
    expect(status).toBe(200);
    expect(body).toEqual({
      message: expect.any(String),
      status: 'success',
      user: {
        email,
        name: 'Ada',
        active_project: null,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updated_at: body.user.created_at,
        company_name: null,
      },
      signupStatus: 3,
      token: expect.any(String),
      refreshToken: expect.any(String),
      expirationTime: expect.any(String),
    });
  });

  it('makes one account of 50 parallel signups, with at most three attempts alive', async () => {
    const email = newAddress();
    const answers = await Promise.all(Array.from({ length: 50 }, () => signUp(service, email)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ body }) => body.signupStatus === 3)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.signupStatus === 2)).toHaveLength(49);
    const rows = await service.query(`SELECT id FROM signup_attempts WHERE email = '${email}'`);
    expect(rows).toHaveLength(3);
    expect(PASSWORD).toBeDefined();
  });
});
