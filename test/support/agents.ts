import { v7 as uuid } from 'uuid';
import { Agent } from '../../src/agents/agent.entity.js';
import { Database } from '../../src/database/database.js';
import { ProjectData } from './projects.js';
import { TestApp } from './start-app.js';

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
