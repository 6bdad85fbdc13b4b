import { Agent } from '../../src/agents/agent.entity.js';
import type { AgentSettings } from '../../src/agents/agent-settings.js';
import { planOf } from '../../src/calls/call-plan.js';
import { Call } from '../../src/calls/call.entity.js';
import { CallsSettings } from '../../src/calls/calls.settings.js';
import { Project } from '../../src/projects/project.entity.js';
import { loadServiceSettings } from '../../src/settings.js';

const NOW = new Date('2026-03-04T10:00:00Z');

function planFor(settings: AgentSettings, service: Record<string, string> = {}, variables: object = { name: 'Ada' }) {
  const agent = Object.assign(new Agent(), {
    name: 'Jo',
    systemInstruction: 'Greet {{name}}.',
    voiceId: null,
    settings: JSON.stringify(settings),
  });
  const project = Object.assign(new Project(), { name: 'Clinic' });
  const call = Object.assign(new Call(), { dynamicVariables: JSON.stringify(variables) });
  return planOf({ agent, project, call }, loadServiceSettings(service).get(CallsSettings), NOW);
}

describe('What is said in a call', () => {
  it('is the service’s default when the agent has no settings', async () => {
    expect(await planFor({})).toMatchObject({
      greeting: 'Hello, this is Jo of Clinic. Do you have a moment?',
      disclosure: 'This is an automated assistant.',
      instruction: 'Greet Ada.',
      language: 'en',
      maxSeconds: 600,
      transferTo: [],
      voicemailMessage: null,
    });
  });

  it('comes from the agent’s settings, with variables filled in', async () => {
    const firstMessage = 'Good morning {{name}}.';
    const voicemailMessage = 'Goodbye {{name}}.';
    const more = { language: 'de', temperature: 0.2, disclosure: 'A machine.', transferTo: ['+12025550199'] };
    expect(await planFor({ firstMessage, voicemailMessage, ...more })).toMatchObject({
      ...more,
      greeting: 'Good morning Ada.',
      voicemailMessage: 'Goodbye Ada.',
    });
  });

  it('has no disclosure when operator or agent switched it off, unless the agent has its own', async () => {
    const off = { CALL_DISCLOSURE: 'off' };
    expect((await planFor({}, off))?.disclosure).toBe('');
    expect((await planFor({ disclosure: 'A machine.' }, off))?.disclosure).toBe('A machine.');
    expect((await planFor({ disclosure: false }))?.disclosure).toBe('');
  });

  it('lasts as long as the agent says, never longer than CALL_MAX_SECONDS', async () => {
    expect((await planFor({ maxSeconds: 60 }))?.maxSeconds).toBe(60);
    expect((await planFor({ maxSeconds: 6000 }))?.maxSeconds).toBe(600);
  });

  it('allows no transfer to a number outside of CALL_COUNTRIES', async () => {
    const transferTo = ['+12025550199', '+4930123456'];
    expect((await planFor({ transferTo }, { CALL_COUNTRIES: 'DE' }))?.transferTo).toEqual(['+4930123456']);
  });

  it('is undefined, so that the call fails, when a message got a new variable after the call was accepted', async () => {
    expect(await planFor({ firstMessage: 'Hello {{stranger}}.' })).toBeNull();
  });
});
