import fc from 'fast-check';
import { Operation } from './openapi/api-document.js';
import { ApiDriver } from './openapi/api-driver.js';
import { makeThings } from './openapi/features.js';
import { CredentialKind, HostileCall, hostileCalls, own } from './openapi/hostile-calls.js';
import { VICTIM } from './openapi/hostile-values.js';
import { randomRuns } from './openapi/seed.js';
import { MANY_REQUESTS } from './openapi/settings.js';
import { ApiAnswer, ApiCredentials } from './support/api-client.js';
import { makeApiKey } from './support/credentials.js';
import { join, Person, signUp } from './support/people.js';
import { logIn } from './support/sessions.js';
import { startApp, TestApp } from './support/start-app.js';

/** For as many runs as FUZZ_RUNS may ask for. */
const PATIENCE_MS = 600_000;
/** A success of these may have taken away what the attacker's next calls need. */
const CONSUMING = /logOut|deleteAccount|deleteProject|deleteAgent|removeNumber|Password|endSession|ApiKey|refreshToken/;

/** Somebody with an account of their own, who sends what the service never expected. */
class Attacker {
  private constructor(
    readonly person: Person,
    private readonly apiKey: string,
    private readonly inertToken: string,
    private readonly ids: Record<string, string>,
  ) {}

  static async enter(service: TestApp): Promise<Attacker> {
    const { body } = await signUp(service);
    return Attacker.as(await join(service), service, body.token);
  }

  /** Logs in again, or enters under another name if the account is gone. */
  async comeBack(service: TestApp): Promise<Attacker> {
    const { status, body } = await logIn(service, this.person);
    if (status !== 200) return Attacker.enter(service);
    const { token, refreshToken } = body;
    return Attacker.as({ ...this.person, token, refreshToken }, service, this.inertToken);
  }

  private static async as(person: Person, service: TestApp, inertToken: string): Promise<Attacker> {
    const ids = await makeThings(service, person);
    return new Attacker(person, await makeApiKey(service, person), inertToken, ids);
  }

  credentials(kind: CredentialKind, forged: string): ApiCredentials {
    const { apiKey, inertToken } = this;
    const { token } = this.person;
    const all = {
      token: { token },
      apiKey: { apiKey },
      both: { token, apiKey },
      inert: { token: inertToken },
      none: {},
    };
    return kind === 'forged' ? { token: forged, apiKey: forged } : all[kind];
  }

  /** What this attacker has, by the names under which operations take it. */
  get owned(): Record<string, string> {
    const { email, password, refreshToken } = this.person;
    return { email, password, oldPassword: password, refreshToken, ...this.ids };
  }

  /** Puts the attacker's own values where the call leaves room for them. */
  fill<Value>(value: Value): Value {
    const known = Object.entries(this.owned).map(([name, text]) => [own(name), text] as const);
    const fields = Object.entries(value ?? {}).map(([name, field]) => {
      const [, text] = known.find(([place]) => place === field) ?? [];
      return [name, text ?? field];
    });
    return typeof value === 'object' && value !== null ? (Object.fromEntries(fields) as Value) : value;
  }
}

describe('Whatever is sent', () => {
  let service: TestApp;
  let api: ApiDriver;
  let attacker: Attacker;
  const statuses = new Set<number>();

  beforeAll(async () => {
    service = await startApp(MANY_REQUESTS);
    api = await ApiDriver.on(service);
    attacker = await Attacker.enter(service);
  });
  afterAll(() => service.close());

  async function send(operation: Operation, call: HostileCall): Promise<ApiAnswer> {
    const as = attacker.credentials(call.as, call.forged);
    const params = attacker.fill(call.params);
    const answer = await api.send(operation, { ...call, as, params, body: attacker.fill(call.body) });
    if (answer.status === 200 && CONSUMING.test(operation.id)) attacker = await attacker.comeBack(service);
    return answer;
  }

  it(
    'is answered as the OpenAPI document says, and never with a failure of ours',
    async () => {
      const { seed, numRuns } = randomRuns('FUZZ', 240);
      const { operations } = api.document;
      const owned = Object.keys(attacker.owned);
      for (const operation of operations) {
        const property = fc.asyncProperty(hostileCalls(api.document, operation, owned), async (call) => {
          const answer = await send(operation, call);
          statuses.add(answer.status);
          expect(answer.status).toBeLessThan(500);
          expect(api.checker.faults(operation, answer)).toEqual([]);
        });
        await fc.assert(property, { seed, numRuns: Math.ceil(numRuns / operations.length) });
      }
      expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401]));
    },
    PATIENCE_MS,
  );

  it('leaves tables, prototypes and messages intact', async () => {
    const [{ users }] = await service.query('SELECT COUNT(*) AS users FROM users');
    expect(Number(users)).toBeGreaterThan(0);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(service.mailbox.to(VICTIM)).toEqual([]);
    const failures = service.logs.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
    expect(failures).toEqual([]);
  });
});
