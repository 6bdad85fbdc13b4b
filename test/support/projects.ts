import { ApiCredentials } from './api-client.js';
import { TestApp } from './start-app.js';

let count = 0;

/** A project as the answers show it. */
export interface ProjectData {
  id: string;
  user_id: string;
  name: string;
  description: string;
  status: string;
  is_deleted: boolean;
  call_status_webhook: string | null;
  active_agent: string | null;
  created_at: string;
  updated_at: string;
}

/** A name that no project had before in this test file. */
export function newProjectName(): string {
  count += 1;
  return `Clinic ${count}`;
}

/** Creates a project, and answers what the service says of it. */
export async function createProject(
  { api }: Pick<TestApp, 'api'>,
  as: ApiCredentials,
  name = newProjectName(),
): Promise<ProjectData> {
  const { status, body } = await api.as(as).post('/project/create-project', { name, description: 'Its phone' });
  if (status !== 200) throw new Error(`Could not create ${name}: ${JSON.stringify(body)}`);
  return body.data;
}
