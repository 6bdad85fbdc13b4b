import { ApiAnswer } from '../support/api-client.js';
import { TestApp } from '../support/start-app.js';

interface RawRequest {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as they are, with no content type but one that is given. */
  body?: string | Uint8Array;
  /** Sends the body in pieces, its length unannounced. */
  chunked?: boolean;
}

/** Sends what no decent client would; nothing is added to it. */
export async function sendRaw(service: TestApp, path: string, request: RawRequest = {}): Promise<ApiAnswer> {
  const { method = 'POST', headers = {}, chunked = false } = request;
  const body = typeof request.body === 'string' ? new TextEncoder().encode(request.body) : request.body;
  const response = await fetch(service.api.url + path, {
    method,
    headers,
    body: (chunked && body ? new Blob([body]).stream() : body) as string | undefined,
    ...(chunked && { duplex: 'half' }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? text : JSON.parse(text) };
}
