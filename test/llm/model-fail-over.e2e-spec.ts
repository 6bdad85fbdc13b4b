import { Providers } from '../../src/common/providers.js';
import { LlmSettings } from '../../src/llm/llm.settings.js';
import { Models } from '../../src/llm/models.js';
import { answerOf, begin, CHAT_KEY, ChatTwin, chunk } from '../doubles/chat-twin.js';
import { FAULTS } from '../doubles/faults.js';
import { heardLog } from '../support/heard-log.js';
import { TestClock } from '../support/test-clock.js';

const [first, second] = [new ChatTwin(), new ChatTwin()];
let logs: string[];
let providers: Providers;
let models: Models;
beforeAll(() => Promise.all([first.open(), second.open()]));
afterAll(() => Promise.all([first.close(), second.close()]));
beforeEach(() => {
  logs = heardLog();
  for (const twin of [first, second]) {
    twin.misbehave = undefined;
    twin.requests.length = 0;
  }
  second.chunks = answerOf('I am the second.');
  providers = new Providers();
  const settings = Object.assign(new LlmSettings(), {
    LLM_URL: first.url,
    LLM_API_KEY: CHAT_KEY,
    LLM_MODEL: 'one',
    LLM_FALLBACK_URL: second.url,
    LLM_FALLBACK_API_KEY: CHAT_KEY,
    LLM_FALLBACK_MODEL: 'two',
  });
  models = new Models(settings, providers, new TestClock());
});

async function answer(): Promise<{ words: string; error: any }> {
  let words = '';
  const signal = new AbortController().signal;
  const messages = [{ role: 'user' as const, content: 'My secret is 7.' }];
  try {
    for await (const part of models.stream({ messages, tools: [], signal })) {
      if (part.type === 'text') words += part.text;
    }
    return { words, error: null };
  } catch (error) {
    return { words, error };
  }
}

describe('Two language models', () => {
  it.each(['away', 'wrongKey', 'busy', 'nonsense', 'cut'] as const)(
    'answer by the second while the first is %s, and the log quotes nothing',
    async (fault) => {
      first.misbehave = FAULTS[fault];
      expect(await answer()).toEqual({ words: 'I am the second.', error: null });
      expect(logs.at(-1)).toMatch(/^language-model: one at .* failed, .*; two at .* takes its place$/);
      expect(logs.join('')).not.toMatch(/secret|sk-a/);
      expect([...providers.faults]).toMatchObject([{ part: 'language-model', count: 1 }]);
    },
  );

  it('never finish each other’s answers', async () => {
    first.misbehave = (response) => (begin(response, [chunk({ content: 'One' })]), response.end());
    expect(await answer()).toMatchObject({ words: 'One', error: { kind: 'cut-off' } });
    expect(second.requests).toHaveLength(0);
  });

  it('fail when both do, and the first is left alone for as long as it asked', async () => {
    first.misbehave = FAULTS.busy;
    second.misbehave = FAULTS.away;
    expect(await answer()).toMatchObject({ words: '', error: { kind: 'unavailable' } });
    first.misbehave = second.misbehave = undefined;
    expect(await answer()).toMatchObject({ words: 'I am the second.' });
    expect(first.requests).toHaveLength(1);
  });
});
