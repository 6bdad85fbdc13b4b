import { ChatPart } from '../../src/llm/language-model.js';
import { ScriptedModel } from '../../src/llm/scripted-model.js';

const TOOLS = ['end_call', 'do_not_call'].map((name) => ({ name, description: name, parameters: {} }));

async function answerTo(content: string): Promise<{ text: string; tools: string[] }> {
  const parts: ChatPart[] = [];
  const request = {
    messages: [{ role: 'user' as const, content }],
    tools: TOOLS,
    signal: new AbortController().signal,
  };
  for await (const part of new ScriptedModel().stream(request)) parts.push(part);
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    tools: parts.flatMap((part) => (part.type === 'tool-call' ? [part.call.name] : [])),
  };
}

describe('The scripted model', () => {
  it.each(['Are you a robot?', 'Is this a recording?', 'are you human'])(
    'says yes to an AI when asked: %s',
    async (words) => {
      expect(await answerTo(words)).toEqual({ text: expect.stringMatching(/^Yes, I am an AI/), tools: [] });
    },
  );

  it('says that no model is set where no rule fits', async () => {
    expect((await answerTo('I want a pizza with olives.')).text).toMatch(/No language model is set/);
  });

  it('ends the call on a goodbye, and calls nobody again who does not want it', async () => {
    expect(await answerTo('Okay, bye!')).toEqual({ text: expect.stringMatching(/^Goodbye/), tools: ['end_call'] });
    expect((await answerTo('Please stop calling me.')).tools).toEqual(['do_not_call', 'end_call']);
  });
});
