import { Timers } from '../common/timers.js';
import { untilAborted } from '../common/until-aborted.js';
import { audible } from '../speech/synthesis/audible.js';
import { SpeechSynthesizer } from '../speech/synthesis/speech-synthesizer.js';

/** Longest wait for a synthesizer's first sound. After it the text is tried once more. */
const FIRST_SOUND_MS = 5000;
const ATTEMPTS = 2;

/** Gets the sound of texts from a synthesizer, with a time limit and one retry. */
export class SoundMaker {
  constructor(
    private readonly timers: Timers,
    private readonly synthesizer: SpeechSynthesizer,
    private readonly voiceId: string | null,
  ) {}

  /** Passes the sound of a text to `hand` piece by piece. Resolves to false when the synthesizer failed twice; never rejects. */
  async make(text: string, signal: AbortSignal, hand: (samples: Int16Array) => void): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt += 1) {
      if (await this.attempt(text, signal, hand)) return true;
    }
    return signal.aborted;
  }

  /** Resolves to true when any sound was passed on: a sentence that broke off is not repeated. */
  private async attempt(text: string, signal: AbortSignal, hand: (samples: Int16Array) => void): Promise<boolean> {
    const late = new AbortController();
    const stopWaiting = this.timers.after(FIRST_SOUND_MS, () => late.abort());
    const either = AbortSignal.any([signal, late.signal]);
    let isHeard = false;
    try {
      const pieces = this.synthesizer.speak({ text, voiceId: this.voiceId, signal: either });
      for await (const piece of audible(untilAborted(pieces, either))) {
        stopWaiting();
        isHeard = true;
        hand(piece);
      }
    } catch {
      // The provider's caller has logged the failure; here the sentence only counts as silent.
    } finally {
      stopWaiting();
      late.abort();
    }
    return isHeard;
  }
}
