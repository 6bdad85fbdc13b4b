import { SECOND_MS } from '../../common/clock.js';
import { FailOver, type FailOverParts } from '../../common/fail-over.js';
import { audible } from './audible.js';
import type { SpeechRequest, SpeechSynthesizer, VoiceProvider } from './speech-synthesizer.js';

/** A sentence that sounds too late has been given up by the person on the phone. */
const LIMITS = { firstMs: 2 * SECOND_MS, nextMs: 4 * SECOND_MS };

/** Text to speech for calls: the provider that has the voice, and while that fails, the others with a voice of theirs. */
export class CallSpeech implements SpeechSynthesizer {
  readonly name: string;
  private readonly failOver: FailOver<VoiceProvider>;

  constructor(
    private readonly all: VoiceProvider[],
    parts: Omit<FailOverParts, 'part'>,
  ) {
    const names = all.map(({ name }) => name);
    this.name = names.join(', then ');
    this.failOver = new FailOver({ ...parts, part: 'text-to-speech' });
    parts.providers.announce('text-to-speech', names);
  }

  speak({ text, voiceId, signal }: SpeechRequest): AsyncIterable<Int16Array> {
    const owner = voiceId === null ? undefined : this.all.findLast((provider) => provider.hasVoice(voiceId));
    const order = owner ? [owner, ...this.all.filter((provider) => provider !== owner)] : this.all;
    return this.failOver.stream(order, LIMITS, signal, (provider, either) =>
      audible(provider.speak({ text, voiceId: provider === owner ? voiceId : null, signal: either })),
    );
  }
}
