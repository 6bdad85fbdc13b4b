/** Two minutes of speech at 48 kHz: no sentence is longer. */
const MAX_BYTES = 2 * 60 * 48_000 * Int16Array.BYTES_PER_ELEMENT;

/** Makes 16-bit little-endian samples of bytes that come in pieces of any length, a sample in two of them too. */
export async function* samplesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array> {
  let half = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    // Somebody sends without end: what came is spoken.
    if (size > MAX_BYTES) return;
    const bytes = Buffer.concat([half, chunk]);
    half = bytes.subarray(bytes.length - (bytes.length % 2));
    const samples = new Int16Array(bytes.length >> 1);
    for (let i = 0; i < samples.length; i += 1) samples[i] = bytes.readInt16LE(2 * i);
    if (samples.length > 0) yield samples;
  }
}
