/** Thirteen to nineteen digits, written together or in groups: the length of card numbers. */
const CARD_NUMBER = /(?<!\d)(?:\d[ .-]?){12,18}\d(?!\d)/g;

/** Masks runs of digits that may be a card number. */
export function maskCardNumbers(text: string): string {
  return text.replace(CARD_NUMBER, '****');
}

/** Returns pressed keys as a transcript shows them: how many, not which. */
export function maskedDigits(digits: string): string {
  return `[pressed ${'*'.repeat(digits.length)}]`;
}
