/** A sentence or clause of what the agent says. */
export interface Segment {
  /** The text before it was made speakable. */
  text: string;
  /** Where it begins in the sound of the whole, and its length so far, in samples. */
  start: number;
  samples: number;
  /** All of its sound is there. */
  isWhole: boolean;
  /** True for a filler while the model thinks, which is not part of the answer. */
  isFiller: boolean;
}

/** Returns the text cut to at most so many characters, at the end of a word. */
function cutAtWord(text: string, characters: number): string {
  if (characters >= text.length) return text;
  const isWhole = /\s/.test(text[characters]);
  const kept = text.slice(0, characters);
  return isWhole ? kept.trimEnd() : kept.replace(/\S*$/, '').trimEnd();
}

/** Returns the heard part of a segment, in proportion to its length: synthesizers report no times of words. */
function heardOf(segment: Segment, heard: number): string {
  const { text, start, samples, isWhole } = segment;
  const part = heard - start;
  if (part <= 0 || samples === 0) return '';
  // The length of an incomplete segment is unknown, so its last word never counts as heard.
  if (part >= samples) return isWhole ? text : cutAtWord(text, Math.max(0, text.length - 1));
  return cutAtWord(text, Math.floor((text.length * part) / samples));
}

/** Returns the heard text of segments after so many samples of their sound were played. */
export function heardText(segments: Segment[], heard: number): string {
  const parts = segments.map((segment) => heardOf(segment, heard));
  return parts.filter((part) => part !== '').join(' ');
}
