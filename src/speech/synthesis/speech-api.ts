import { ProviderError } from '../../common/provider-error.js';
import { refusalOf } from '../../common/refusal.js';

export interface SpeechApiRequest {
  url: string;
  headers: Record<string, string>;
  body: object;
  signal: AbortSignal;
}

async function begin({ url, headers, body, signal }: SpeechApiRequest): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // A redirect must not receive the key.
      redirect: 'error',
      signal,
    });
  } catch {
    throw new ProviderError('unavailable', 'it cannot be reached');
  }
}

/** Asks an API for speech; returns its sound as it comes. Ends quietly when aborted, throws ProviderError for everything else that goes wrong. */
export async function* soundFrom(request: SpeechApiRequest): AsyncGenerator<Uint8Array> {
  try {
    const response = await begin(request);
    const isSound = !/^(text|application\/(json|problem\+json|xml))\b/i.test(
      response.headers.get('content-type') ?? '',
    );
    if (response.status !== 200 || !isSound || !response.body) {
      await response.body?.cancel();
      throw response.status === 200 ? new ProviderError('nonsense', 'the answer is no sound') : refusalOf(response);
    }
    for await (const chunk of response.body) yield chunk as Uint8Array;
  } catch (error) {
    if (request.signal.aborted) return;
    throw error instanceof ProviderError ? error : new ProviderError('cut-off', 'the sound broke off');
  }
}
