const MARKDOWN_LINK = /!?\[([^\]]*)\]\([^)]*\)/g;
/** Emoji, flags, skin tones and their joiners. */
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200D|\uFE0F|\u20E3/gu;
/** Markdown: emphasis, code, headings, quotes and bullets. */
const MARKUP = /(\*\*|__|~~|`+|^\s{0,3}#{1,6}\s+|^\s{0,3}>\s?|^\s*[-*•]\s+|\*(?=\S)|(?<=\S)\*)/gm;
const PHONE_NUMBER = /\+\d[\d ().-]{6,18}\d/g;
/** Numbers longer than a year or price. They are read as digits: "four billion" helps nobody. */
const LONG_NUMBER = /\b\d{5,}\b/g;

/** Returns digits in groups of three with commas between, as people read numbers to each other. */
function digitGroups(digits: string): string {
  const groups = digits.match(/\d{1,3}(?=(?:\d{2,3})*$)|\d+/g) ?? [];
  return groups.map((group) => [...group].join(' ')).join(', ');
}

/** Returns a text without markup and emoji, and with long numbers as groups of digits. May be empty. */
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

/** Returns true when a text has a letter or digit. */
export function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
