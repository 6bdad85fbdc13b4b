import { Pool } from 'undici';
import { Child } from './child.js';

export interface Request {
  method: 'GET' | 'POST';
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

/** More than are ever used at once, but by an overload's refused. */
const CONNECTIONS = 256;

/** A client that costs little: on a small machine it takes its time from the server. */
const pools = new Map<string, Pool>();

export async function send(url: string, { method, path, headers, body }: Request): Promise<Answer> {
  const pool = pools.get(url) ?? new Pool(url, { connections: CONNECTIONS });
  pools.set(url, pool);
  const { statusCode, body: answer } = await pool.request({
    method,
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: statusCode, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
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
  const [startedAt, cpuBefore] = [performance.now(), server.cpuMs()];
  const endAt = startedAt + options.seconds * 1000;
  const loop = async (worker: number): Promise<void> => {
    while (performance.now() < endAt) {
      const begun = performance.now();
      if ((await step(worker)) !== options.expected) failures += 1;
      latencies.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, (_, worker) => loop(worker)));
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
