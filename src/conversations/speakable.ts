const MARKDOWN_LINK = /!?\[([^\]]*)\]\([^)]*\)/g;
/** Pictures, flags and skin tones, and what joins them. */
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200D|\uFE0F|\u20E3/gu;
/** Emphasis, code, headings, quotes, bullets: signs that are seen and not said. */
const MARKUP = /(\*\*|__|~~|`+|^\s{0,3}#{1,6}\s+|^\s{0,3}>\s?|^\s*[-*•]\s+|\*(?=\S)|(?<=\S)\*)/gm;
const PHONE_NUMBER = /\+\d[\d ().-]{6,18}\d/g;
/** Longer than a year or a price: read as digits, for "four billion" helps nobody. */
const LONG_NUMBER = /\b\d{5,}\b/g;

/** Digits one by one, with a comma after every third and what is left as one group: as people read numbers to each other. */
function digitGroups(digits: string): string {
  const groups = digits.match(/\d{1,3}(?=(?:\d{2,3})*$)|\d+/g) ?? [];
  return groups.map((group) => [...group].join(' ')).join(', ');
}

/** A text as it can be spoken: without markup and emoji, its long numbers and phone numbers as groups of digits. May be empty. */
export function makeSpeakable(text: string): string {
  return text
    .replace(MARKDOWN_LINK, '$1')
    .replace(EMOJI, '')
    .replace(MARKUP, '')
    .replace(PHONE_NUMBER, (number) => `plus ${digitGroups(number.replace(/\D/g, ''))}`)
    .replace(LONG_NUMBER, digitGroups)
    .replace(/\s+/g, ' ')
    .trim();
}

/** Whether there is a letter or digit to be heard. */
export function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
