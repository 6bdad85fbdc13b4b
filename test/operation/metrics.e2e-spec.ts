import { withoutTables } from '../openapi/broken-database.js';
import { ScriptedLine } from '../doubles/scripted-line.js';
import { makeCall, openDesk } from '../support/calls.js';
import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const METRICS_TOKEN = 'a token for metrics alone';

describe('Metrics', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp({ METRICS_TOKEN })));
  afterAll(() => service.close());

  const read = () => service.api.as({ token: METRICS_TOKEN }).get('/metrics');

  it('are shown to who knows their token, and to nobody else', async () => {
    for (const api of [service.api, service.api.as({ token: 'another token' })]) {
      expect(await api.get('/metrics')).toMatchObject({ status: 401, body: { code: 'METRICS_TOKEN_INVALID' } });
    }
    const spelled = service.api.with({ authorization: `bEARER  ${METRICS_TOKEN}` });
    expect((await spelled.get('/metrics')).status).toBe(200);
    const { status, headers } = await read();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('have durations by route, hashes, messages by state, and cache hits', async () => {
    const ada = await join(service);
    const asAda = service.api.as(ada);
    await asAda.get('/user/me');
    await asAda.get('/user/me');
    const text = (await read()).body as string;
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="POST",route="\/auth\/signup",status="200"\} 1\n/,
    );
    expect(text).toMatch(/\npassword_hashes_waiting 0\n/);
    expect(text).toMatch(/\npassword_hashes_begun [2-9]\n/);
    expect(text).toMatch(/\nletters\{state="sent"\} 1\n/);
    expect(text).toMatch(/\nsession_cache_hits [1-9]/);
  });

  it('never name a URL, only its route', async () => {
    await service.api.get('/nowhere/secret-in-the-path');
    await service.api.delete('/user/sessions/secret-in-the-path');
    const text = (await read()).body as string;
    expect(text).not.toContain('secret-in-the-path');
    expect(text).toContain('route="none"');
  });

  it('respond while the database is away, and say that it is', async () => {
    expect((await read()).body).toMatch(/\ntalkstack_database_up 1\n/);
    await withoutTables(service, async () => {
      const { status, body } = await read();
      expect(status).toBe(200);
      expect(body).toMatch(/\ntalkstack_database_up 0\n/);
      expect(body).toMatch(/\npassword_hashes_waiting 0\n/);
      expect(body).not.toContain('letters{');
    });
    expect((await read()).body).toMatch(/\nletters\{state="sent"\} /);
  });

  it('are absent without METRICS_TOKEN', async () => {
    const plain = await service.another({ METRICS_TOKEN: '' });
    expect((await plain.api.as({ token: 'undefined' }).get('/metrics')).status).toBe(404);
  });
});

describe('Metrics of calls', () => {
  it('tell calls by status, the age of the queue, outcomes, and how long a turn took', async () => {
    const line = new ScriptedLine((call) => call.listener.answered());
    const settings = { METRICS_TOKEN, CALL_POLL_MS: '20', CALLS_PER_PROJECT: '1' };
    const service = await startApp(settings, line);
    const ada = await join(service);
    const desk = await openDesk(service, ada);
    await makeCall(service, ada, desk);
    await makeCall(service, ada, desk);
    const shown = (pattern: RegExp) =>
      until(async () => {
        const { body } = await service.api.as({ token: METRICS_TOKEN }).get('/metrics');
        return pattern.test(body);
      });
    await shown(/\ncalls\{status="in-progress"\} 1\n/);
    await shown(/\ncalls\{status="queued"\} 1\n/);
    service.clock.advance(5000);
    await shown(/\ncall_queue_age_seconds [5-9]/);
    line.call().listener.typed('Hello?');
    await shown(/\ncall_turn_seconds_count\{stage="total"\} 1\n/);
    await shown(/\ncall_turn_seconds_count\{stage="text_to_speech"\} 1\n/);
    line.call().end('hung-up-there');
    await shown(/\ncalls_ended_total\{status="completed"\} 1\n/);
    await shown(/\ncall_frames_late_total 0\n/);
    await shown(/\n# TYPE call_recordings_total counter\n/);
    await service.close();
  });
});
