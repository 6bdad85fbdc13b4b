import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** Stands in for a language model and for text to speech, each answering after a known time (milliseconds, the two arguments). */
const [modelMs, speechMs] = process.argv.slice(2).map(Number);
const RATE = 24_000;
const CHARACTER_MS = 60;
const MAX_SECONDS = 20;
const TONE = Buffer.from(
  new Int16Array(RATE * MAX_SECONDS).map((_, i) => 5000 * Math.sin((2 * Math.PI * 220 * i) / RATE)).buffer,
);
let answers = 0;

async function complete(response: ServerResponse): Promise<void> {
  await delay(modelMs);
  answers += 1;
  // Never the same, or its sound would be kept.
  const content = `This is answer number ${answers} of the model. It goes on for some seconds, so that somebody can cut in.`;
  const chunk = (delta: object, finish_reason: string | null) => {
    const choices = [{ index: 0, delta, finish_reason }];
    return `data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'twin', choices })}\n\n`;
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`${chunk({ role: 'assistant', content }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`);
}

async function speak(response: ServerResponse, input: string): Promise<void> {
  await delay(speechMs);
  const milliseconds = Math.min(1000 * MAX_SECONDS, CHARACTER_MS * input.length);
  response.writeHead(200, { 'content-type': 'audio/pcm' });
  response.end(TONE.subarray(0, 2 * Math.floor((RATE * milliseconds) / 1000)));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = JSON.parse(await text(request)) as { input?: string };
  if (request.url?.endsWith('/audio/speech')) await speak(response, body.input ?? '');
  else await complete(response);
}

const server = createServer((request, response) => {
  // Whoever asked may have hung up meanwhile.
  answer(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
