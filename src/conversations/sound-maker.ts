import { Timers } from '../common/timers.js';
import { untilAborted } from '../common/until-aborted.js';
import { audible } from '../speech/synthesis/audible.js';
import { SpeechSynthesizer } from '../speech/synthesis/speech-synthesizer.js';

/** A synthesizer that is silent for so long is asked once more, and then given up. */
const FIRST_SOUND_MS = 5000;
const ATTEMPTS = 2;

/** Has texts spoken by a synthesizer, and watches that there is something to hear. */
export class SoundMaker {
  constructor(
    private readonly timers: Timers,
    private readonly synthesizer: SpeechSynthesizer,
    private readonly voiceId: string | null,
  ) {}

  /** Hands the sound of a text on piece by piece. Resolves to false when the synthesizer made none, twice; it never rejects. */
  async make(text: string, signal: AbortSignal, hand: (samples: Int16Array) => void): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt += 1) {
      if (await this.attempt(text, signal, hand)) return true;
    }
    return signal.aborted;
  }

  /** Resolves to whether any sound was handed on: a sentence that broke off is not begun again. */
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
      // The provider's failure is told by whoever asked it; here it is a sentence without sound.
    } finally {
      stopWaiting();
      late.abort();
    }
    return isHeard;
  }
}
