/** Tells speech from what is none in the sound of one call. */
export interface VoiceActivity {
  /** Whether somebody speaks in a frame of 20 ms, 16-bit mono PCM at 16 kHz. Frames are given in their order. */
  isVoiced(frame: Int16Array): boolean;
  /** Gives its memory back; it is asked nothing after that. */
  close(): void;
}
