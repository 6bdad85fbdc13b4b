import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Locator } from 'playwright-core';
import { wavOf } from '../../src/speech/recognition/wav-file.js';
import type { FliteSynthesizer } from '../../src/speech/synthesis/flite-synthesizer.js';
import { samplesAt16kHz } from '../../src/speech/synthesis/wav-samples.js';

const VOICE = 'rms';
/** Chromium's own processing of a microphone needs a moment until it hears well. */
const LEAD = new Int16Array(8000);

/** Chromium's microphone made of a WAV file, which it reads whenever a page opens the microphone, and plays once. */
export class FakeMicrophone {
  private readonly file = join(tmpdir(), `microphone-${process.pid}.wav`);

  /** What Chromium is to be started with. */
  get switches(): string[] {
    return ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${this.file}%noloop`];
  }

  /** Nobody speaks into it. */
  async beQuiet(): Promise<void> {
    await writeFile(this.file, wavOf([LEAD]));
  }

  async remove(): Promise<void> {
    await rm(this.file, { force: true });
  }

  /** Speaks into the microphone of a call: turns it off, and on again with other sound. So a test decides when somebody speaks. */
  async say(card: Locator, text: string, synthesizer: FliteSynthesizer): Promise<void> {
    const spoken = await synthesizer.synthesize(VOICE, text);
    await writeFile(this.file, wavOf([LEAD, samplesAt16kHz(spoken!)]));
    const button = (pressed: boolean) => card.getByRole('button', { name: 'Microphone', pressed });
    await button(true).click();
    await button(false).click();
    await button(true).waitFor();
  }
}
