import { ElevenLabsSpeech } from '../../src/speech/synthesis/eleven-labs-speech.js';
import { ElevenLabsSettings } from '../../src/speech/synthesis/eleven-labs.settings.js';
import { ListedVoices } from '../../src/speech/synthesis/listed-voices.js';
import { SpeechCache } from '../../src/speech/synthesis/speech-cache.js';
import { SpeechServer } from '../../src/speech/synthesis/speech-server.js';
import { VoiceProvider } from '../../src/speech/synthesis/speech-synthesizer.js';
import { SynthesisSettings } from '../../src/speech/synthesis/synthesis.settings.js';
import { AUDIO_KEY, AudioApiTwin } from '../doubles/audio-api-twin.js';
import { API_KEY, FakeElevenLabs } from '../voices/eleven-labs.js';

export const SECRET = 'My secret is 7.';

/** Providers of speech on the loopback address, and what asks them. */
export class VoiceProviders {
  readonly elevenLabs = new FakeElevenLabs();
  readonly server = new AudioApiTwin();

  async open(): Promise<void> {
    await Promise.all([this.elevenLabs.open(), this.server.open()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.elevenLabs.close(), this.server.close()]);
  }

  /** As if nobody had asked yet. */
  reset(): void {
    this.elevenLabs.misbehave = undefined;
    this.server.misbehave = undefined;
    this.server.requests.length = 0;
    this.elevenLabs.spoken.length = 0;
  }

  byElevenLabs(cache = new SpeechCache()): ElevenLabsSpeech {
    const set = { ELEVENLABS_API_KEY: API_KEY, ELEVENLABS_URL: this.elevenLabs.url };
    return new ElevenLabsSpeech(Object.assign(new ElevenLabsSettings(), set), new ListedVoices(['Rachel']), cache);
  }

  byServer(cache = new SpeechCache()): SpeechServer {
    const known = { url: this.server.url, apiKey: AUDIO_KEY, model: 'tts-twin' };
    return new SpeechServer(known, Object.assign(new SynthesisSettings(), { TTS_VOICES: 'alloy, nova' }), cache);
  }
}

/** A provider that is there at once, and always: what the built-in voices are. */
export const lastResort: VoiceProvider = {
  name: 'last resort',
  hasVoice: (voiceId) => voiceId === 'own',
  async *speak() {
    yield new Int16Array(160).fill(1000);
  },
};

interface Heard {
  samples: Int16Array;
  error: any;
}

/** What is heard of a text, and the error that ended it. */
export async function hear(
  speech: Pick<VoiceProvider, 'speak'>,
  voiceId: string | null = null,
  text = SECRET,
  signal = new AbortController().signal,
): Promise<Heard> {
  const pieces: number[] = [];
  try {
    for await (const piece of speech.speak({ text, voiceId, signal })) pieces.push(...piece);
    return { samples: Int16Array.from(pieces), error: null };
  } catch (error) {
    return { samples: Int16Array.from(pieces), error };
  }
}

/** How often the sound crosses zero on its way up, a second. */
export function pitchOf(samples: Int16Array): number {
  const ups = samples.filter((sample, i) => i > 0 && samples[i - 1] < 0 && sample >= 0).length;
  return (ups * 16_000) / samples.length;
}
