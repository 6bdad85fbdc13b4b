/** Characters that show nothing, and that a reader may skip (Unicode Standard, section 5.21). */
export const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;

/** Half of a character (a lone surrogate): UTF-8 cannot spell it, so no database could give it back. */
const HALF_CHARACTER = /\p{Surrogate}/u;

/** Blanks, controls, format characters, and those that fonts draw as nothing: the empty Braille cell and the null notehead. */
const INVISIBLE_ONLY = /^[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]*$/u;

/** What people put between digits, or paste with them. */
const BETWEEN_DIGITS = /[\s\p{Z}\p{Pd}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

const DIGIT = /\p{Nd}/u;

/** The text is made of whole characters. */
export function isWellFormed(text: string): boolean {
  return !HALF_CHARACTER.test(text);
}

/** Nobody could see the text. */
export function isInvisible(text: string): boolean {
  return INVISIBLE_ONLY.test(text);
}

/** The value of a decimal digit of any script. Digits stand in Unicode in runs of ten, each from zero to nine. */
function valueOf(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(point - before - 1))) before += 1;
  return String(before % 10);
}

/** The digits that somebody typed or pasted, in ASCII and without what stands between them; any other character stays. */
export function asciiDigits(text: string): string {
  return text.replace(BETWEEN_DIGITS, '').replace(/\p{Nd}/gu, valueOf);
}
