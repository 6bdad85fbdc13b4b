import { Call } from '../../src/calls/call.entity.js';
import type { CallRow } from '../../src/calls/call-events.js';
import { queuedCall } from '../../src/calls/queued-call.js';
import { Database } from '../../src/database/database.js';
import { createAgent } from './agents.js';
import { ApiCredentials } from './api-client.js';
import { newNumber } from './numbers.js';
import { createProject } from './projects.js';
import { TestApp } from './start-app.js';

export const RECIPIENT = '+15550100001';

/** What a call needs: a project, and in it an agent with a number. */
export interface Desk {
  projectId: string;
  agentId: string;
  from: string;
}

/** A project with an agent that has a number; its instruction has the variable `name` unless told otherwise. */
export async function openDesk(service: Pick<TestApp, 'api'>, as: ApiCredentials, more: object = {}): Promise<Desk> {
  const { id: projectId } = await createProject(service, as);
  const from = newNumber();
  const { id: agentId } = await createAgent(service, as, projectId, { phoneNumber: from, ...more });
  return { projectId, agentId, from };
}

/** Makes a call, and returns what the service says of it. */
export async function makeCall(
  { api }: Pick<TestApp, 'api'>,
  as: ApiCredentials,
  { projectId, agentId }: Pick<Desk, 'projectId' | 'agentId'>,
  more: object = {},
): Promise<{ sid: string; status: string; to: string; from: string }> {
  const request = { number: RECIPIENT, projectId, agentId, dynamicVariables: { name: 'Ada' }, ...more };
  const { status, body } = await api.as(as).post('/call/makeCall', request);
  if (status !== 200) throw new Error(`Could not make a call: ${JSON.stringify(body)}`);
  return body.call;
}

/** Writes calls past the flow, five hundred a statement, the first one the oldest; `more` says what differs in each. */
export async function writeCalls(
  { app, clock }: TestApp,
  whose: Pick<Call, 'userId' | 'projectId' | 'agentId'>,
  count: number,
  more: (i: number) => Partial<Call> = () => ({}),
): Promise<void> {
  const start = clock.now().getTime() - count;
  const rows = Array.from({ length: count }, (_, i) => callRow(whose, new Date(start + i), more(i)));
  await app.get(Database).write(async ({ manager }) => {
    for (let i = 0; i < count; i += 500) await manager.insert(Call, rows.slice(i, i + 500));
  });
}

function callRow(whose: Pick<Call, 'userId' | 'projectId' | 'agentId'>, at: Date, more: Partial<Call>): CallRow {
  const numbers = { fromNumber: '+15550100002', toNumber: RECIPIENT };
  const over = { status: 'completed', endedReason: 'person-hung-up', answeredBy: 'human' } as const;
  const times = { dialStartedAt: at, answeredAt: at, endedAt: at };
  return { ...queuedCall({ ...whose, ...numbers, dynamicVariables: '{}' }, at), ...over, ...times, ...more };
}
