const WORD_START = 1;
const WORD_PART = 2;
const SPACE = 4;
const DIGIT = 8;
const OPERATOR = 16;
const URL_PART = 32;

/** The classes of each ASCII character, as bits, because the scanner tests every character of a text. */
const ASCII: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  const isAlphabetic = /[A-Za-z_]/.test(character);
  const isDecimal = /[0-9]/.test(character);
  const isBlank = code === 32 || (code >= 9 && code <= 13);
  return (
    (isAlphabetic ? WORD_START : 0) |
    (isAlphabetic || isDecimal || character === '$' ? WORD_PART : 0) |
    (isBlank ? SPACE : 0) |
    (isDecimal ? DIGIT : 0) |
    ('+-*/<>=~!@%^&|'.includes(character) ? OPERATOR : 0) |
    (isBlank || '()[]{}<>,;|"\'`'.includes(character) ? 0 : URL_PART)
  );
});

// Past the end of a text, a code is NaN and belongs to no class.
const isAscii = (code: number, classes: number): boolean => code < 128 && ((ASCII[code] ?? 0) & classes) !== 0;

const isBetween = (code: number, first: number, last: number): boolean => code >= first && code <= last;

/** Tells whether a UTF-16 code unit is an ASCII digit. */
export function isDigit(code: number): boolean {
  return isAscii(code, DIGIT);
}

/** Tells whether a UTF-16 code unit is white space, Unicode spaces and line separators included. */
export function isSpace(code: number): boolean {
  return isAscii(code, SPACE) || (code > 127 && isWideSpace(code));
}

/** Tells whether a UTF-16 code unit may start an unquoted SQL identifier. */
export function isWordStart(code: number): boolean {
  return isAscii(code, WORD_START) || isWideWord(code);
}

/** Tells whether a UTF-16 code unit may continue an unquoted SQL identifier. */
export function isWordPart(code: number): boolean {
  return isAscii(code, WORD_PART) || isWideWord(code);
}

/** Tells whether a UTF-16 code unit is a character that operators are made of. */
export function isOperatorPart(code: number): boolean {
  return isAscii(code, OPERATOR);
}

/** Tells whether a UTF-16 code unit may stay in a URL: no space, bracket, quote or comma. */
export function isUrlPart(code: number): boolean {
  return isAscii(code, URL_PART) || (code > 127 && !isWideSpace(code));
}

/** Tells whether a UTF-16 code unit draws a box, a tree or an arrow: decoration of displayed plans. */
export function isBox(code: number): boolean {
  return isBetween(code, 0x2500, 0x259f) || isBetween(code, 0x2190, 0x21ff);
}

/** Tells whether a UTF-16 code unit is a quote that SQL does not know: a typographic one, an accent or a backtick. */
export function isTypographicQuote(code: number): boolean {
  if (code < 128) return code === 0x60;
  if (code < 0x2000) return code === 0xab || code === 0xb4 || code === 0xbb;
  return isBetween(code, 0x2018, 0x201f) || code === 0x2039 || code === 0x203a || code === 0xff02 || code === 0xff07;
}

function isWideWord(code: number): boolean {
  return code > 127 && !isWideSpace(code) && !isBox(code) && !isTypographicQuote(code);
}

function isWideSpace(code: number): boolean {
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  if (code < 0x2000) return code === 0x1680;
  return (
    code <= 0x200a ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}
