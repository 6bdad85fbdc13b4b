import { ApiCredentials } from './api-client.js';
import { TestApp } from './start-app.js';

let count = 0;

/** A phone number as the answers show it. */
export interface NumberData {
  e164: string;
  id: string;
  status: string;
  projectId: string;
  agentId: string | null;
  country: string | null;
  verification: string;
  created_at: string;
  updated_at: string;
}

/** A number that nobody had before in this test file. */
export function newNumber(): string {
  count += 1;
  return `+1555011${String(count).padStart(4, '0')}`;
}

/** Links a number to an agent, and answers what the service says of it. */
export async function addNumber(
  { api }: Pick<TestApp, 'api'>,
  as: ApiCredentials,
  { projectId, agentId, e164 = newNumber() }: { projectId: string; agentId: string; e164?: string },
): Promise<NumberData> {
  const { status, body } = await api.as(as).post('/phone-number/add-number', { e164, agentId, projectId });
  if (status !== 200) throw new Error(`Could not add ${e164}: ${JSON.stringify(body)}`);
  return body.data;
}
