import type { ServerResponse } from 'node:http';

/** What a provider's server does instead of answering decently. */
export type Fault = (response: ServerResponse) => void;

const json = (status: number, headers: Record<string, string> = {}): Fault => {
  // Providers quote what they were asked.
  const body = JSON.stringify({ error: { message: 'My secret is 7.' }, detail: { message: 'My secret is 7.' } });
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
};

/** Begins to send sound: a tenth of a second of a loud one, at 16 kHz. */
function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'audio/pcm' });
  response.write(Buffer.from(new Int16Array(1600).fill(5000).buffer));
}

/** The faults of a server that sends sound. */
export const FAULTS = {
  away: json(503),
  wrongKey: json(401),
  busy: json(429, { 'retry-after': '7' }),
  hang: () => undefined,
  nonsense: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>My secret is 7.</html>'),
  empty: (response) => response.writeHead(200, { 'content-type': 'audio/pcm' }).end(),
  silence: (response) => response.writeHead(200, { 'content-type': 'audio/pcm' }).end(Buffer.alloc(200_000)),
  cut: (response) => {
    begin(response);
    setImmediate(() => response.destroy());
  },
  stall: begin,
} satisfies Record<string, Fault>;
