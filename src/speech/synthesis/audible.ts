import { ProviderError } from '../../common/provider-error.js';
import { SAMPLE_RATE } from '../../common/sound.js';

/** Sound that nobody hears: what some providers send when they fail. */
const QUIET = 64;
const MAX_QUIET_SAMPLES = 2 * SAMPLE_RATE;
/** How much silence before the first sound is kept. */
const LEAD_SAMPLES = SAMPLE_RATE / 20;

function isQuiet(samples: Int16Array): boolean {
  return samples.every((sample) => sample < QUIET && sample > -QUIET);
}

/** The sound of a sentence from where there is something to hear. Throws when it begins with two seconds of quiet, or is all quiet. */
export async function* audible(pieces: AsyncIterable<Int16Array>): AsyncGenerator<Int16Array> {
  const lead: Int16Array[] = [];
  let quietSamples = 0;
  let isHeard = false;
  for await (const piece of pieces) {
    if (isHeard || !isQuiet(piece)) {
      for (const quiet of lead.splice(0)) yield quiet.subarray(-LEAD_SAMPLES);
      isHeard = true;
      yield piece;
      continue;
    }
    lead.push(piece);
    quietSamples += piece.length;
    if (quietSamples > MAX_QUIET_SAMPLES) break;
  }
  if (!isHeard && quietSamples > 0) throw new ProviderError('nonsense', 'there is nothing to hear in the sound');
}
