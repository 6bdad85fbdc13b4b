/** Invisible characters that programs may ignore (Unicode Standard, section 5.21). */
export const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;

/** A lone surrogate: UTF-8 cannot encode it, so no database can store it. */
const HALF_CHARACTER = /\p{Surrogate}/u;

/** Blanks, control and format characters, and visible ones that fonts draw as nothing: the empty Braille cell and the null notehead. */
const INVISIBLE_ONLY = /^[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]*$/u;

/** What people type between digits, or paste with them. */
const BETWEEN_DIGITS = /[\s\p{Z}\p{Pd}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

const DIGIT = /\p{Nd}/u;

/** Whether the text has no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !HALF_CHARACTER.test(text);
}

/** Whether all characters of the text are invisible. */
export function isInvisible(text: string): boolean {
  return INVISIBLE_ONLY.test(text);
}

/** Value of a decimal digit of any script. In Unicode digits come in runs of ten, from zero to nine. */
function valueOf(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(point - before - 1))) before += 1;
  return String(before % 10);
}

/** Converts digits to ASCII and drops separators between them; other characters stay. */
export function asciiDigits(text: string): string {
  return text.replace(BETWEEN_DIGITS, '').replace(/\p{Nd}/gu, valueOf);
}
