import { v7 as uuid } from 'uuid';
import { Agent } from '../../src/agents/agent.entity.js';
import { Database } from '../../src/database/database.js';
import { ApiCredentials } from './api-client.js';
import { ProjectData } from './projects.js';
import { TestApp } from './start-app.js';

export const INSTRUCTION = 'You answer the phone of a clinic. Greet {{name}}.';

/** An agent as the answers show it. */
export interface AgentData {
  id: string;
  agentId: string;
  projectId: string;
  name: string;
  systemInstruction: string;
  variables: string[];
  voice_id: string | null;
  settings: Record<string, unknown>;
  phoneNumber: string | null;
  created_at: string;
  updated_at: string;
}

/** Creates an agent, and answers what the service says of it. */
export async function createAgent(
  { api }: Pick<TestApp, 'api'>,
  as: ApiCredentials,
  projectId: string,
  more: object = {},
): Promise<AgentData> {
  const request = { name: 'Jo', systemInstruction: INSTRUCTION, projectId, ...more };
  const { status, body } = await api.as(as).post('/agent/create-agent', request);
  if (status !== 200) throw new Error(`Could not create an agent: ${JSON.stringify(body)}`);
  return body.data;
}

/** Writes so many agents past the flow, a hundred a statement. */
export async function writeAgents(
  service: TestApp,
  userId: string,
  projectId: string,
  count: number,
  systemInstruction = 'Hello.',
): Promise<void> {
  const at = service.clock.now();
  const all = {
    userId,
    projectId,
    name: 'Jo',
    systemInstruction,
    voiceId: null,
    createdAt: at,
    updatedAt: at,
  };
  const rows = Array.from({ length: count }, () => ({ ...all, id: uuid() }));
  await service.app.get(Database).write(async ({ manager }) => {
    for (let i = 0; i < count; i += 100) await manager.insert(Agent, rows.slice(i, i + 100));
  });
}

/** An agent written past the endpoints; answers its id. */
export async function insertAgent({ app, clock }: TestApp, project: Pick<ProjectData, 'id' | 'user_id'>) {
  const id = uuid();
  const now = clock.now();
  await app.get(Database).write(({ manager }) =>
    manager.insert(Agent, {
      id,
      userId: project.user_id,
      projectId: project.id,
      name: 'Receptionist',
      systemInstruction: 'Answer the phone.',
      voiceId: null,
      createdAt: now,
      updatedAt: now,
    }),
  );
  return id;
}
