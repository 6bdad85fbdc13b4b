/** A sentence or clause of what the agent says. */
export interface Segment {
  /** As it was written. */
  text: string;
  /** Where it begins in the sound of the whole, and its length so far, in samples. */
  start: number;
  samples: number;
  /** All of its sound is there. */
  isWhole: boolean;
  /** Fills a pause while the model thinks: it is no part of the answer. */
  isFiller: boolean;
}

/** The last place where a text can be cut without halving a word. */
function cutAtWord(text: string, characters: number): string {
  if (characters >= text.length) return text;
  const isWhole = /\s/.test(text[characters]);
  const kept = text.slice(0, characters);
  return isWhole ? kept.trimEnd() : kept.replace(/\S*$/, '').trimEnd();
}

/** How much of a segment was heard: in proportion to its characters, for a synthesizer tells no times of words. */
function heardOf(segment: Segment, heard: number): string {
  const { text, start, samples, isWhole } = segment;
  const part = heard - start;
  if (part <= 0 || samples === 0) return '';
  // A segment that is not whole goes on for longer than is known: nothing is claimed of the end of it.
  if (part >= samples) return isWhole ? text : cutAtWord(text, Math.max(0, text.length - 1));
  return cutAtWord(text, Math.floor((text.length * part) / samples));
}

/** What was heard of a list of segments, once so many samples of their sound were played. */
export function heardText(segments: Segment[], heard: number): string {
  const parts = segments.map((segment) => heardOf(segment, heard));
  return parts.filter((part) => part !== '').join(' ');
}
