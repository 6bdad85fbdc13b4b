import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { sha256 } from '../../common/sha256.js';

/** Greetings, fillers and goodbyes come again in every call: ten minutes of speech. */
const MAX_BYTES = 20 * 1024 * 1024;
/** Longer speech than this is no such thing: 30 s. */
const MAX_ENTRY_BYTES = 1024 * 1024;
/** About what an entry takes beside its sound. */
const ENTRY_BYTES = 200;

/** Speech that was made already. What was said is in it as a hash only. */
@Injectable()
export class SpeechCache {
  private readonly speech = new LRUCache<string, Int16Array[]>({
    maxSize: MAX_BYTES,
    sizeCalculation: (pieces) => pieces.reduce((sum, { byteLength }) => sum + byteLength, ENTRY_BYTES),
  });

  /** The pieces of a speech: those that are kept, or else what `make` makes, kept when it came to its end. `key` is all that it depends on. */
  async *speak(
    key: { provider: string; voice: string; text: string },
    signal: AbortSignal,
    make: () => AsyncIterable<Int16Array>,
  ): AsyncGenerator<Int16Array> {
    const hash = sha256(JSON.stringify([key.provider, key.voice, key.text]));
    const known = this.speech.get(hash);
    if (known) return yield* known;
    const pieces: Int16Array[] = [];
    let size = 0;
    for await (const piece of make()) {
      if (size <= MAX_ENTRY_BYTES) pieces.push(piece);
      size += piece.byteLength;
      yield piece;
    }
    if (!signal.aborted && size > 0 && size <= MAX_ENTRY_BYTES) this.speech.set(hash, pieces);
  }
}
