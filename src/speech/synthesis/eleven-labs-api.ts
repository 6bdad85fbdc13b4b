import { SECOND_MS } from '../../common/clock.js';
import { isUrl } from '../../config/rules.js';
import { Voice, VoiceLabels } from './voice.js';

/** Largest page that the API allows. */
const PAGE_SIZE = 100;
/** Far more than any account needs; stops an endless list. */
const MAX_PAGES = 50;
const MAX_TEXT_LENGTH = 1000;
const MAX_BYTES = 8 * 1024 * 1024;
/** Time limit of all pages together. */
const TIMEOUT_MS = 5 * SECOND_MS;

type Fields = Record<string, unknown>;

/** The first that is a text, cut where it is longer than any label should be: nobody's words make our lists large. */
function textOf(...values: unknown[]): string {
  return (values.find((value) => typeof value === 'string') ?? '').slice(0, MAX_TEXT_LENGTH);
}

/** Voices label themselves as they like; two of the documented labels go by older and newer names there. */
function labelsOf(labels: Fields): VoiceLabels {
  return {
    accent: textOf(labels.accent),
    description: textOf(labels.description, labels.descriptive),
    age: textOf(labels.age),
    gender: textOf(labels.gender),
    use_case: textOf(labels.use_case, labels['use case']),
  };
}

/** No voice where what is needed to show and use one is missing. */
function voiceOf(entry: Fields | null): Voice[] {
  const [voice_id, name, url] = [textOf(entry?.voice_id), textOf(entry?.name), textOf(entry?.preview_url)];
  if (voice_id === '' || name === '') return [];
  const preview_url = isUrl(url, ['https:', 'http:']) ? url : '';
  return [{ name, labels: labelsOf((entry?.labels ?? {}) as Fields), voice_id, preview_url }];
}

/** The body as JSON; it is not read on when it is too large. */
async function readJson(response: Response): Promise<Fields | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size > MAX_BYTES) throw new Error('the answer is too large');
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as Fields | null;
  } catch {
    // The parser's error would quote the response.
    throw new Error('the answer is no JSON');
  }
}

/** ElevenLabs' HTTP API, as far as it is asked: `GET /v2/voices`, page by page. */
export class ElevenLabsApi {
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  /** All voices of the account. Throws when the answer is late, too large, or no list of voices. */
  async listVoices(): Promise<Voice[]> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const voices: Voice[] = [];
    let next: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await this.page(next, signal);
      if (!Array.isArray(answer?.voices)) throw new Error('the answer is no list of voices');
      voices.push(...answer.voices.flatMap(voiceOf));
      if (answer.has_more !== true) return voices;
      next = textOf(answer.next_page_token);
      if (next === '') throw new Error('the answer does not say where it goes on');
    }
    throw new Error('the answer has too many pages');
  }

  private async page(token: string | undefined, signal: AbortSignal): Promise<Fields | null> {
    const query = new URLSearchParams({ page_size: String(PAGE_SIZE), include_total_count: 'false' });
    if (token !== undefined) query.set('next_page_token', token);
    const response = await fetch(`${this.baseUrl}/v2/voices?${query.toString()}`, {
      headers: { 'xi-api-key': this.apiKey, accept: 'application/json' },
      // A redirect must not receive the key.
      redirect: 'error',
      signal,
    });
    if (response.status === 200) return readJson(response);
    await response.body?.cancel();
    throw new Error(`the answer has status ${response.status}`);
  }
}
