import OpenAI from 'openai';
import { SystemTimers } from '../../src/common/timers.js';
import { ChatPart, ChatRequest } from '../../src/llm/language-model.js';
import { OpenAiModel } from '../../src/llm/openai-model.js';
import { StageTimers } from '../conversations/stage-timers.js';
import { answerOf, begin, CHAT_KEY, ChatTwin, chunk } from '../doubles/chat-twin.js';

let twin: ChatTwin;
let model: OpenAiModel;
beforeEach(async () => {
  twin = new ChatTwin();
  await twin.open();
  model = new OpenAiModel({ url: twin.url, apiKey: CHAT_KEY, model: 'twin' }, new SystemTimers());
});
afterEach(() => twin.close());

const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', content: 'My secret is 7.' }],
  tools: [],
  signal: new AbortController().signal,
  ...more,
});

/** The parts that came, and the error that ended them. */
async function ask(asked = model, given = request()): Promise<{ parts: ChatPart[]; error: any }> {
  const parts: ChatPart[] = [];
  try {
    for await (const part of asked.stream(given)) parts.push(part);
    return { parts, error: null };
  } catch (error) {
    return { parts, error };
  }
}

const refusal = (status: number, code: string, headers = {}) => {
  twin.misbehave = (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ error: { message: 'My secret is 7.', type: 'x', param: null, code } }));
};

describe('A model behind OpenAI’s chat completions', () => {
  it('answers in the words of the stream, which the vendor’s own client reads alike', async () => {
    const { parts, error } = await ask();
    expect({ parts, error }).toEqual({
      parts: [
        { type: 'text', text: 'Hello' },
        { type: 'text', text: ' there.' },
      ],
      error: null,
    });
    const client = new OpenAI({ baseURL: twin.url, apiKey: CHAT_KEY });
    const stream = client.chat.completions.stream({ model: 'twin', messages: [{ role: 'user', content: 'Hi' }] });
    expect((await stream.finalChatCompletion()).choices[0].message.content).toBe('Hello there.');
  });

  it('uses tools whose calls come in pieces, and tells their results', async () => {
    const piece = (index: number, more: object) => chunk({ tool_calls: [{ index, ...more }] });
    twin.chunks = [
      piece(0, { id: 'a', type: 'function', function: { name: 'note', arguments: '' } }),
      piece(0, { function: { arguments: '{"name":' } }),
      piece(1, { id: 'b', type: 'function', function: { name: 'end_call', arguments: '{}' } }),
      piece(0, { function: { arguments: '"x"}' } }),
      chunk({}, 'tool_calls'),
    ];
    const { parts } = await ask();
    expect(parts).toEqual([
      { type: 'tool-call', call: { id: 'a', name: 'note', arguments: '{"name":"x"}' } },
      { type: 'tool-call', call: { id: 'b', name: 'end_call', arguments: '{}' } },
    ]);
    const client = new OpenAI({ baseURL: twin.url, apiKey: CHAT_KEY });
    const read = client.chat.completions.stream({ model: 'twin', messages: [{ role: 'user', content: 'Hi' }] });
    const { tool_calls } = (await read.finalChatCompletion()).choices[0].message;
    expect(tool_calls).toHaveLength(2);
    const call = { id: 'a', name: 'note', arguments: '{}' };
    twin.chunks = answerOf('Noted.');
    await ask(
      model,
      request({
        messages: [
          { role: 'assistant', content: '', toolCalls: [call] },
          { role: 'tool', toolCallId: 'a', content: 'Done.' },
        ],
      }),
    );
    expect(twin.requests.at(-1).messages).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'note', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'Done.' },
    ]);
  });

  it('ends without an error when it is aborted, gives no part after that, and closes the connection', async () => {
    twin.misbehave = (response) => begin(response, [chunk({ content: 'One' }), chunk({ content: 'Two' })]);
    const abort = new AbortController();
    const parts: ChatPart[] = [];
    for await (const part of model.stream(request({ signal: abort.signal }))) {
      parts.push(part);
      abort.abort();
    }
    expect(parts).toEqual([{ type: 'text', text: 'One' }]);
    while (twin.cutConnections === 0) await new Promise(setImmediate);
  });

  it.each([
    ['ends between two chunks', (response: any) => (begin(response, [chunk({ content: 'One' })]), response.end())],
    [
      'breaks',
      (response: any) => (begin(response, [chunk({ content: 'One' })]), setImmediate(() => response.destroy())),
    ],
    [
      'tells an error',
      (response: any) => {
        begin(response, [chunk({ content: 'One' }), { error: { message: 'My secret is 7.', type: 'server_error' } }]);
        response.end();
      },
    ],
  ])('says that the answer was cut off when the stream %s', async (_, misbehave) => {
    twin.misbehave = misbehave;
    const { parts, error } = await ask();
    expect(parts).toEqual([{ type: 'text', text: 'One' }]);
    expect(error).toMatchObject({ kind: 'cut-off', message: expect.not.stringContaining('secret') });
  });

  it('asks once, and tells what a refusal means without quoting it', async () => {
    refusal(429, 'rate_limit_exceeded', { 'retry-after': '2' });
    expect((await ask()).error).toMatchObject({ kind: 'rate-limited', retryAfterMs: 2000 });
    refusal(429, 'insufficient_quota', { 'retry-after': '2' });
    expect((await ask()).error).toMatchObject({ kind: 'refused' });
    refusal(401, 'invalid_api_key');
    const { error } = await ask();
    expect(error).toMatchObject({ kind: 'refused' });
    expect(String(error.stack)).not.toMatch(/secret|sk-a-key/);
    refusal(503, 'overloaded');
    expect((await ask()).error).toMatchObject({ kind: 'unavailable' });
    expect(twin.requests).toHaveLength(4);
  });

  it.each([
    ['sends nothing at all', () => {}, 8000, 'unavailable'],
    ['begins and sends no words', (response: any) => begin(response, []), 8000, 'unavailable'],
    ['stops in the middle', (response: any) => begin(response, [chunk({ content: 'One' })]), 5000, 'cut-off'],
  ])('gives up a server that %s', async (_, misbehave, afterMs, kind) => {
    const timers = new StageTimers();
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    twin.misbehave = (response) => (misbehave(response), arrived());
    const patient = new OpenAiModel({ url: twin.url, apiKey: CHAT_KEY, model: 'twin' }, timers);
    const parts: ChatPart[] = [];
    const outcome = (async () => {
      for await (const part of patient.stream(request())) parts.push(part);
    })().catch((error: unknown) => error);
    await arrival;
    while (kind === 'cut-off' && parts.length === 0) await new Promise(setImmediate);
    await timers.advance(afterMs);
    expect(await outcome).toMatchObject({ kind });
  });
});
