import { Audio } from './audio.js';
import { Voice } from './voice.js';

/** Where voices come from. Throws VOICES_UNAVAILABLE while nothing is known of them. */
export abstract class VoiceCatalogue {
  abstract list(): Promise<Voice[]>;

  abstract find(voiceId: string): Promise<Voice | null>;

  /** The sample of a voice that is made here; null where there is no such voice, or its sample lies elsewhere. */
  abstract preview(voiceId: string): Promise<Audio | null>;
}
