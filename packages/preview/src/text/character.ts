const isBetween = (code: number, first: number, last: number): boolean => code >= first && code <= last;

/** Tells whether a UTF-16 code unit is an ASCII digit. */
export function isDigit(code: number): boolean {
  return isBetween(code, 48, 57);
}

/** Tells whether a UTF-16 code unit is white space, Unicode spaces and line separators included. */
export function isSpace(code: number): boolean {
  return (
    code === 32 ||
    isBetween(code, 9, 13) ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    isBetween(code, 0x2000, 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** Tells whether a UTF-16 code unit may start an unquoted SQL identifier. */
export function isWordStart(code: number): boolean {
  return (
    isBetween(code, 97, 122) ||
    isBetween(code, 65, 90) ||
    code === 95 ||
    (code > 0x7f && !isSpace(code) && !isBox(code))
  );
}

/** Tells whether a UTF-16 code unit may continue an unquoted SQL identifier. */
export function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 36;
}

/** Tells whether a UTF-16 code unit draws a box, a tree or an arrow: decoration of displayed plans. */
export function isBox(code: number): boolean {
  return isBetween(code, 0x2500, 0x259f) || isBetween(code, 0x2190, 0x21ff);
}
