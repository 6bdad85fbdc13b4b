import { ApiClient } from '../support/api-client.js';
import { Desk, openDesk, writeCalls } from '../support/calls.js';
import { join, Person } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const DAYS = ['2026-01-01', '2026-01-02', '2026-01-03'];

let service: TestApp;
let ada: Person;
let desk: Desk;
let api: ApiClient;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  api = service.api.as(ada);
  desk = await openDesk(service, ada);
  const userId = (await api.get('/user/me')).body.user.id;
  // Sixty calls, twenty a day; each lasts a minute, and every fifth one was busy.
  await writeCalls(service, { userId, ...desk }, 60, (i) => {
    const at = Date.parse(`${DAYS[Math.floor(i / 20)]}T00:00:00Z`) + (i % 20) * 60_000;
    const [dialStartedAt, endedAt] = [new Date(at), new Date(at + 60_000)];
    const isBusy = i % 5 === 0;
    return { dialStartedAt, endedAt, ...(isBusy && { status: 'busy', toNumber: '+15550100009' }) };
  });
});
afterAll(() => service.close());

const list = (body: object, query = '') =>
  api.post(`/call/get-call-history${query && `?${query}`}`, { projectId: desk.projectId, ...body });

/** All calls, page by page as a client gets them. */
async function followed(filters: object): Promise<string[]> {
  const sids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { status, body } = await list({ ...filters, cursor });
    expect(status).toBe(200);
    expect(body.data).toEqual(body.calls);
    sids.push(...body.calls.map(({ sid }: any) => sid));
    cursor = body.nextCursor;
  }
  return sids;
}

describe('The history of calls', () => {
  it.each([
    ['by creation', { pageSize: 7 }, 60],
    ['by start', { pageSize: 7, startTimeAfter: '2026-01-01' }, 60],
    ['by end', { pageSize: 7, endTimeAfter: '2026-01-02' }, 40],
    ['of one status', { pageSize: 5, status: 'busy' }, 12],
  ])('lists every call once over all pages: %s', async (_, filters, count) => {
    const sids = await followed(filters);
    expect([sids.length, new Set(sids).size]).toEqual([count, count]);
    expect(sids).toEqual([...sids].sort().reverse());
  });

  it.each([
    ['to=%2B15550100009', 12],
    ['from=%2B15550100002', 60],
    ['from=%2B15550100009', 0],
    ['status=busy', 12],
    ['status=completed', 48],
    ['status=voicemail', 0],
    ['startTime=2026-01-02', 20],
    ['startTimeBefore=2026-01-02', 21],
    ['startTimeAfter=2026-01-02', 40],
    ['startTimeAfter=2026-01-02&startTimeBefore=2026-01-03', 21],
    ['endTime=2026-01-03', 20],
    ['.endTime=2026-01-03', 20],
    ['endTimeBefore=2026-01-02', 20],
    ['.endTimeAfter=2026-01-03', 20],
    ['startTime=2026-01-02&status=busy&to=%2B15550100009', 4],
  ])('lists, filtered by %s in the query of the POST, %i calls', async (query, count) => {
    const { status, body } = await list({ pageSize: 100 }, query);
    expect({ status, total: body.total, listed: body.calls.length }).toEqual({
      status: 200,
      total: count,
      listed: count,
    });
  });

  it('accepts the same filters in the body, which override those in the query', async () => {
    expect((await list({ status: 'busy' }, 'status=completed')).body.total).toBe(12);
  });

  it('supports page numbers, and has a nextCursor when more calls follow', async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => list({ page, pageSize: 25 })));
    expect(pages.map(({ body }) => [body.calls.length, body.nextCursor === null])).toEqual([
      [25, false],
      [25, false],
      [10, true],
    ]);
  });

  it('has twenty calls a page by default, and none in a project without calls', async () => {
    expect((await list({})).body.calls).toHaveLength(20);
    const { projectId } = await openDesk(service, ada);
    const { status, body } = await list({ projectId });
    expect({ status, body }).toMatchObject({ status: 200, body: { calls: [], data: [], total: 0, nextCursor: null } });
  });

  it.each([
    'startTime=2026-02-30',
    'endTimeAfter=2026-1-1',
    '.endTime=yesterday',
    'status=gone',
    'pageSize=0',
    'pageSize=101',
    'page=x',
    'cursor=none',
    'startTime=2026-01-01&startTime=2026-01-02',
  ])('refuses the query %s', async (query) => {
    expect(await list({}, query)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });
});
