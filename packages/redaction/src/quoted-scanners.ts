import { isDigit, isWordPart, isWordStart } from './character.ts';

const BACKSLASH = 92;

/** Returns where a token that starts at `start` ends, or `start` when there is none of its kind. */
export type Scanner = (text: string, start: number) => number;

/** Scans `'…'` with doubled quotes, and the forms with a prefix: `x'…'`, `b'…'`, `n'…'`, `e'…'`, `u&'…'`. */
export const scanString: Scanner = (text, start) => {
  const quote = openingQuote(text, start);
  if (quote < 0) return start;
  const escapes = quote === start + 1 && (text[start] === 'e' || text[start] === 'E');
  return closingQuote(text, quote, escapes) || start;
};

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

function dollarDelimiter(text: string, start: number): string | undefined {
  if (text[start] !== '$') return undefined;
  let end = start + 1;
  while (end < text.length && text[end] !== '$' && isWordPart(text.charCodeAt(end))) end += 1;
  if (text[end] !== '$') return undefined;
  const tagged = end > start + 1;
  const first = text.charCodeAt(start + 1);
  return tagged && (isDigit(first) || !isWordStart(first)) ? undefined : text.slice(start, end + 1);
}
