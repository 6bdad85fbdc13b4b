/** Tells speech from what is none in the sound of one call. */
export interface VoiceActivity {
  /** Takes the next frame (20 ms, 16-bit mono PCM at 16 kHz); returns true when it contains speech. */
  isVoiced(frame: Int16Array): boolean;
  /** Frees its memory. Must not be used afterwards. */
  close(): void;
}
