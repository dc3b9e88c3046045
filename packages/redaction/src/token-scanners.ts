import { isBox, isDigit, isOperatorPart, isSpace, isUrlPart, isWordPart, isWordStart } from './character.ts';

const DOLLAR = 36;
const ASTERISK = 42;
const PLUS = 43;
const HYPHEN = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const EQUALS = 61;
const UNDERSCORE = 95;

/** Characters of the longest scheme of a URL. */
const LONGEST_SCHEME = 16;

/** The characters that stand alone as punctuation. */
export const PUNCTUATION = '()[]{},;:.';

/** Scans a run of white space. */
export const scanSpace: Scanner = (text, start) => {
  let end = start;
  while (end < text.length && isSpace(text.charCodeAt(end))) end += 1;
  return end;
};

/** Scans `-- …` to the end of its line and nested block comments; an unclosed one runs to the end of the text. */
export const scanComment: Scanner = (text, start) => {
  const first = text.charCodeAt(start);
  const second = text.charCodeAt(start + 1);
  if (first === HYPHEN && second === HYPHEN) return scanWhile(text, start, isWithinLine);
  if (first !== SLASH || second !== ASTERISK) return start;
  let depth = 1;
  let position = start + 2;
  while (position < text.length && depth > 0) {
    const code = text.charCodeAt(position);
    const next = code === ASTERISK || code === SLASH ? text.charCodeAt(position + 1) : 0;
    const opens = code === SLASH && next === ASTERISK;
    const closes = code === ASTERISK && next === SLASH;
    if (opens) depth += 1;
    if (closes) depth -= 1;
    position += opens || closes ? 2 : 1;
  }
  return position;
};

/** Scans every form of number, including characters attached to it: `1_000`, `.5e-3`, `0xFF`, `1.2.3`, `6ba7b810`. */
export const scanNumber: Scanner = (text, start) => {
  const first = text.charCodeAt(start);
  const begins = isDigit(first) || (first === DOT && isDigit(text.charCodeAt(start + 1)));
  if (!begins) return start;
  let end = start;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    const signOfExponent = (code === PLUS || code === HYPHEN) && isExponent(text, start, end);
    if ((!isWordPart(code) && code !== DOT && !signOfExponent) || code === DOLLAR) break;
    end += 1;
  }
  return end;
};

/** Scans `?`, `$1` and `$name`: markers of parameters, which hold no value. */
export const scanParameter: Scanner = (text, start) => {
  if (text[start] === '?') return start + 1;
  if (text[start] !== '$') return start;
  // A dollar behind it may open a quotation.
  const end = scanWhile(text, start + 1, (code) => isWordPart(code) && code !== DOLLAR);
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
  const end = scanWhile(text, digits, (code) => isDigit(code) || (bracket && code === DOT));
  if (end === digits || end - digits > 12) return start;
  return bracket ? (text[end] === ']' ? end + 1 : start) : end;
};

/** Scans a URL with an authority, up to a bracket, quote, comma or space. */
export const scanUrl: Scanner = (text, start) => {
  let end = start + 1;
  while (end < start + LONGEST_SCHEME && isSchemePart(text.charCodeAt(end))) end += 1;
  return text.charCodeAt(end) === COLON && text.startsWith('://', end) ? scanWhile(text, end, isUrlPart) : start;
};

/** Scans an identifier or a keyword. */
export const scanWord: Scanner = (text, start) => {
  if (!isWordStart(text.charCodeAt(start))) return start;
  let end = start + 1;
  while (end < text.length && isWordPart(text.charCodeAt(end))) end += 1;
  return end;
};

/** Scans one run of operator characters; a comment ends it. */
export const scanOperator: Scanner = (text, start) => {
  let end = start;
  while (end < text.length && isOperatorPart(text.charCodeAt(end))) {
    if (end > start && endsOperator(text, end)) break;
    end += 1;
  }
  return end;
};

/** Scans one bracket, comma, semicolon, colon or dot, a cast (`::`), or a run of drawing characters. */
export const scanPunctuation: Scanner = (text, start) => {
  if (text.startsWith('::', start)) return start + 2;
  return PUNCTUATION.includes(text.charAt(start)) ? start + 1 : scanWhile(text, start, isBox);
};

function isWithinLine(code: number): boolean {
  return code !== 10 && code !== 13;
}

function isSchemePart(code: number): boolean {
  return isWordPart(code) || code === HYPHEN || code === PLUS || code === DOT;
}

/** Tells whether a word in front of a character may be the scheme of a URL, or its first part. */
export function mayContinueScheme(code: number): boolean {
  return code === COLON || (code < 128 && isSchemePart(code));
}

/** Whether a comment starts, or a path behind an equals sign, as in `location=/data`. */
function endsOperator(text: string, position: number): boolean {
  const code = text.charCodeAt(position);
  const next = text.charCodeAt(position + 1);
  if (code === HYPHEN) return next === HYPHEN;
  return code === SLASH && (next === ASTERISK || text.charCodeAt(position - 1) === EQUALS);
}

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
  return scanWhile(text, start, (code) => isDigit(code) || code === DOT || code === UNDERSCORE) === end;
}

const BACKSLASH = 92;

/** Returns where a token that starts at `start` ends, or `start` when there is none of its kind. */
export type Scanner = (text: string, start: number) => number;

/** White space with a line feed, after which a string goes on where the next quote opens. */
const CONTINUATION = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:[ \t\f\v\n\r]|--[^\n\r]*[\n\r])*(?=')/y;

/** Scans `'…'` with doubled quotes, and the forms with a prefix: `x'…'`, `b'…'`, `n'…'`, `e'…'`, `u&'…'`. */
export const scanString: Scanner = (text, start) => {
  const quote = openingQuote(text, start);
  if (quote < 0) return start;
  const escapes = quote === start + 1 && (text[start] === 'e' || text[start] === 'E');
  let end = closingQuote(text, quote, escapes);
  // The part on the next line has no prefix, but its backslashes still escape.
  while (escapes && end > 0) {
    CONTINUATION.lastIndex = end;
    if (!CONTINUATION.test(text)) break;
    end = closingQuote(text, CONTINUATION.lastIndex, escapes);
  }
  return end || start;
};

/** What closes each typographic quote, and the backtick. */
const CLOSING_QUOTES: ReadonlyMap<string, string> = new Map([
  ['`', '`'],
  ['´', '´'],
  ['‘', '’'],
  ['’', '’‘'],
  ['‚', '’‘'],
  ['‛', '’'],
  ['“', '”'],
  ['”', '”“'],
  ['„', '”“'],
  ['‟', '”'],
  ['«', '»'],
  ['»', '«'],
  ['‹', '›'],
  ['›', '‹'],
  ['＇', '＇'],
  ['＂', '＂'],
]);

/**
 * Scans `‘…’`, `“…”` and `\`…\``, as word processors and other dialects have them, or to the end of the line. DuckDB knows
 * none of these quotes, so they hide no quotation and no comment of SQL.
 */
export const scanTypographic: Scanner = (text, start) => {
  const closing = CLOSING_QUOTES.get(text.charAt(start));
  if (closing === undefined) return start;
  for (let end = start + 1; end < text.length; end += 1) {
    const character = text.charAt(end);
    if (closing.includes(character)) return end + 1;
    if (character === "'") return prefixStart(text, start + 1, end);
    if (`\n\r"$`.includes(character) || text.startsWith('--', end) || text.startsWith('/*', end)) return end;
  }
  return text.length;
};

/** Where the string that opens at `quote` begins, its prefix included, but not before `first`. The last letter of a word is not a prefix. */
function prefixStart(text: string, first: number, quote: number): number {
  const prefix = STRING_PREFIX.exec(text.slice(Math.max(first, quote - 3), quote))?.[1] ?? '';
  return quote - prefix.length;
}

const STRING_PREFIX = /(?:^|[^\p{L}\p{N}_$])([xbne]|u&)$/iu;

/** Scans `$$…$$` and `$tag$…$tag$`. */
export const scanDollarString: Scanner = (text, start) => {
  const delimiter = dollarDelimiter(text, start);
  if (delimiter === undefined) return start;
  const close = text.indexOf(delimiter, start + delimiter.length);
  return close < 0 ? start : close + delimiter.length;
};

/** Scans `"…"` with doubled quotes. */
export const scanQuotedIdentifier: Scanner = (text, start) =>
  text[start] === '"' ? closingQuote(text, start, false) || start : start;

/** Scans an unclosed quotation to the end of the text. */
export const scanUnterminated: Scanner = (text, start) =>
  text[start] === '"' || openingQuote(text, start) >= 0 || dollarDelimiter(text, start) !== undefined
    ? text.length
    : start;

function openingQuote(text: string, start: number): number {
  if (text[start] === "'") return start;
  const first = text.charAt(start);
  if (text[start + 1] === "'") return 'xXbBnNeE'.includes(first) ? start + 1 : -1;
  return text.startsWith("&'", start + 1) && (first === 'u' || first === 'U') ? start + 2 : -1;
}

/** The end of the quotation opened at `open`, or 0 if it is unclosed. */
function closingQuote(text: string, open: number, escapes: boolean): number {
  const quote = text.charCodeAt(open);
  let position = open + 1;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (escapes && code === BACKSLASH) position += 2;
    else if (code !== quote) position += 1;
    else if (text.charCodeAt(position + 1) === quote) position += 2;
    else return position + 1;
  }
  return 0;
}

/** A tag may hold every character beyond ASCII. */
const DOLLAR_DELIMITER = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

function dollarDelimiter(text: string, start: number): string | undefined {
  if (text[start] !== '$') return undefined;
  DOLLAR_DELIMITER.lastIndex = start;
  return DOLLAR_DELIMITER.exec(text)?.[0];
}
