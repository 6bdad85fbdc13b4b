import { FRAME_SAMPLES, SAMPLE_RATE } from '../common/sound.js';
import { VoiceActivity } from './voice-activity.js';

/** WebRTC's voice activity detector compiled to WebAssembly. The package has no types. */
interface Fvad {
  HEAP16: Int16Array;
  _fvad_new(): number;
  _fvad_free(detector: number): void;
  _fvad_set_mode(detector: number, mode: number): number;
  _fvad_set_sample_rate(detector: number, rate: number): number;
  _fvad_process(detector: number, frame: number, length: number): number;
  _malloc(bytes: number): number;
}

/** Aggressiveness from 0 to 3: 3 takes the least noise for speech. */
const MODE = 3;

class FvadVoiceActivity implements VoiceActivity {
  private detector: number;

  constructor(
    private readonly fvad: Fvad,
    /** Address in WebAssembly memory to which frames are copied. */
    private readonly room: number,
  ) {
    this.detector = fvad._fvad_new();
    fvad._fvad_set_mode(this.detector, MODE);
    fvad._fvad_set_sample_rate(this.detector, SAMPLE_RATE);
  }

  isVoiced(frame: Int16Array): boolean {
    if (this.detector === 0 || frame.length !== FRAME_SAMPLES) return false;
    this.fvad.HEAP16.set(frame, this.room / Int16Array.BYTES_PER_ELEMENT);
    return this.fvad._fvad_process(this.detector, this.room, FRAME_SAMPLES) === 1;
  }

  close(): void {
    if (this.detector !== 0) this.fvad._fvad_free(this.detector);
    this.detector = 0;
  }
}

/** Loads the module; returns a function that makes a detector for a call. All share one memory: they never run at the same time. */
export async function loadVoiceActivity(): Promise<() => VoiceActivity> {
  const { default: load } = (await import('@echogarden/fvad-wasm')) as { default: () => Promise<Fvad> };
  const fvad = await load();
  const room = fvad._malloc(FRAME_SAMPLES * Int16Array.BYTES_PER_ELEMENT);
  return () => new FvadVoiceActivity(fvad, room);
}
