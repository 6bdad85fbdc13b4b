import { ApiAnswer } from './api-client.js';

const VARYING = /^(date|x-request-id|retry-after|ratelimit-.*)$/;

/**
 * All of an answer that could tell one address from another of the same length: not what it echoes of the request (`echoed`), nor
 * what is drawn at random, read from the clock or counted by the limits of the client's own IP; of these only that it is there, and
 * how long it is.
 */
export function tellingPart({ status, body, headers }: ApiAnswer, echoed: string) {
  const blank = (text: string): string => text.replace(/[^.]/g, '*');
  const text = JSON.stringify(body)
    .replaceAll(echoed, 'ECHOED')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, blank)
    .replace(/[\w-]{36,}(\.[\w-]+)*/g, blank);
  const kept = [...headers].map(([name, value]) => [name, VARYING.test(name) ? value.length : value] as const);
  return { status, body: JSON.parse(text), headers: Object.fromEntries(kept) };
}
