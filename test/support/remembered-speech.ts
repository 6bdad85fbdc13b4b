import { FliteSynthesizer } from '../../src/speech/synthesis/flite-synthesizer.js';

/** What was spoken so far, for all files of one process, each of which has this module to itself. */
const spoken = ((globalThis as { spokenTexts?: Map<string, Buffer> }).spokenTexts ??= new Map());

/** Speaks each text once for all services: a process a text is what most calls in tests would spend their time on. */
export class RememberedSpeech extends FliteSynthesizer {
  override async synthesize(voice: string, text: string, signal?: AbortSignal): Promise<Buffer | null> {
    const key = `${voice} ${text}`;
    const sound = spoken.get(key) ?? (await super.synthesize(voice, text, signal));
    if (sound !== null) spoken.set(key, sound);
    return signal?.aborted ? null : sound;
  }
}

/** Lets services speak anew what others have spoken. */
export function forgetSpeech(): void {
  spoken.clear();
}
