import { isBox, isDigit, isSpace, isWordPart, isWordStart } from './character.ts';
import type { Scanner } from './quoted-scanners.ts';

const OPERATORS = '+-*/<>=~!@%^&|`';
const PUNCTUATION = '()[]{},;:.';

/** Scans a run of white space. */
export const scanSpace: Scanner = (text, start) => scanWhile(text, start, isSpace);

/** Scans `-- …` to the end of its line and nested block comments; one that nothing closes runs to the end of the text. */
export const scanComment: Scanner = (text, start) => {
  if (text.startsWith('--', start)) {
    return scanWhile(text, start, (code) => code !== 10 && code !== 13);
  }
  if (!text.startsWith('/*', start)) return start;
  let depth = 1;
  let position = start + 2;
  while (position < text.length && depth > 0) {
    const pair = text.slice(position, position + 2);
    depth += pair === '/*' ? 1 : pair === '*/' ? -1 : 0;
    position += pair === '/*' || pair === '*/' ? 2 : 1;
  }
  return Math.min(position, text.length);
};

/** Scans every form of number, and whatever sticks to one: `1_000`, `.5e-3`, `0xFF`, `1.2.3`, `6ba7b810`. */
export const scanNumber: Scanner = (text, start) => {
  const first = text.charCodeAt(start);
  const begins = isDigit(first) || (first === 46 && isDigit(text.charCodeAt(start + 1)));
  if (!begins) return start;
  let end = start;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    const signOfExponent = (code === 43 || code === 45) && isExponent(text, start, end);
    if (!isWordPart(code) && code !== 46 && !signOfExponent) break;
    end += 1;
  }
  return end;
};

/** Scans `?`, `$1` and `$name`: markers of parameters, which hold no value. */
export const scanParameter: Scanner = (text, start) => {
  if (text[start] === '?') return start + 1;
  if (text[start] !== '$') return start;
  const end = scanWhile(text, start + 1, isWordPart);
  return end > start + 1 ? end : start;
};

/** Scans a placeholder of an earlier redaction, `?1`, so that redacting twice changes nothing. */
export const scanPlaceholder: Scanner = (text, start) => {
  if (text[start] !== '?') return start;
  const end = scanWhile(text, start + 1, isDigit);
  const length = end - start - 1;
  return length > 0 && length <= 6 ? end : start;
};

/** Scans a positional reference: `#1`, `#[2.0]`. */
export const scanPosition: Scanner = (text, start) => {
  if (text[start] !== '#') return start;
  const bracket = text[start + 1] === '[';
  const digits = start + (bracket ? 2 : 1);
  const end = scanWhile(text, digits, (code) => isDigit(code) || (bracket && code === 46));
  if (end === digits || end - digits > 12) return start;
  return bracket ? (text[end] === ']' ? end + 1 : start) : end;
};

/** Scans a URL with an authority, as far as brackets, quotes, commas and spaces let it go. */
export const scanUrl: Scanner = (text, start) => {
  let end = start + 1;
  while (end < start + 16 && (isWordPart(text.charCodeAt(end)) || '+.-'.includes(text.charAt(end)))) end += 1;
  return text.startsWith('://', end) ? scanWhile(text, end, isUrlPart) : start;
};

/** Scans an identifier or a keyword. */
export const scanWord: Scanner = (text, start) =>
  isWordStart(text.charCodeAt(start)) ? scanWhile(text, start, isWordPart) : start;

/** Scans one run of operator characters; a comment ends it. */
export const scanOperator: Scanner = (text, start) => {
  let end = start;
  while (end < text.length && OPERATORS.includes(text.charAt(end))) {
    if (end > start && (text.startsWith('--', end) || text.startsWith('/*', end))) break;
    // A path behind an equals sign, as in `location=/data`.
    if (end > start && text[end] === '/' && text[end - 1] === '=') break;
    end += 1;
  }
  return end;
};

/** Scans one bracket, comma, semicolon, colon or dot, a cast (`::`), or a run of drawing characters. */
export const scanPunctuation: Scanner = (text, start) => {
  if (text.startsWith('::', start)) return start + 2;
  return PUNCTUATION.includes(text.charAt(start)) ? start + 1 : scanWhile(text, start, isBox);
};

const URL_ENDS = '()[]{}<>,;|"\'`';

const isUrlPart = (code: number): boolean => !isSpace(code) && !URL_ENDS.includes(String.fromCharCode(code));

function scanWhile(text: string, start: number, accepts: (code: number) => boolean): number {
  let end = start;
  while (end < text.length && accepts(text.charCodeAt(end))) end += 1;
  return end;
}

function isExponent(text: string, start: number, sign: number): boolean {
  const marker = text[sign - 1];
  return (marker === 'e' || marker === 'E') && isDecimal(text, start, sign - 1) && isDigit(text.charCodeAt(sign + 1));
}

function isDecimal(text: string, start: number, end: number): boolean {
  return scanWhile(text, start, (code) => isDigit(code) || code === 46 || code === 95) === end;
}
