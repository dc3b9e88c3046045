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
  // The part on the next line has no prefix, and its backslashes escape all the same.
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

/** Scans to the end of the text where a quotation opens that nothing closes. */
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

/** The end of the quotation opened at `open`, or 0 when nothing closes it. */
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
