/** Thirteen to nineteen digits, written together or in groups: the length of card numbers. */
const CARD_NUMBER = /(?<!\d)(?:\d[ .-]?){12,18}\d(?!\d)/g;

/** Hides runs of digits that may be the number of a card. */
export function maskCardNumbers(text: string): string {
  return text.replace(CARD_NUMBER, '****');
}

/** Keys that were pressed, as a transcript shows them: how many, not which. */
export function maskedDigits(digits: string): string {
  return `[pressed ${'*'.repeat(digits.length)}]`;
}
