import { Agent, request } from 'node:http';
import { Child } from './child.js';

export interface Request {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** What one operation did under load. */
export interface Measurement {
  name: string;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU time of the server per request. */
  cpuMs: number;
  failures: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export function send(url: string, { method, path, headers, body }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const sent = request(
      url + path,
      {
        method,
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers },
      },
      (response) => {
        let received = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (received += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: received === '' ? {} : (JSON.parse(received) as Answer['body']),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

function percentile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Runs `step` over and over by so many workers at once for so long; each worker begins its next step when its last is done. */
export async function measure(
  name: string,
  server: Child,
  options: { workers: number; seconds: number; expected: number },
  step: (worker: number) => Promise<number>,
): Promise<Measurement> {
  const latencies: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  const endAt = startedAt + options.seconds * 1000;
  const cpuBefore = server.cpuMs();
  const work = async (worker: number): Promise<void> => {
    while (performance.now() < endAt) {
      const begun = performance.now();
      if ((await step(worker)) !== options.expected) failures += 1;
      latencies.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, (_, worker) => work(worker)));
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    name,
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpuMs: (server.cpuMs() - cpuBefore) / latencies.length,
    failures,
  };
}
