import { cutText, headOf, truncateText } from './truncate-text.ts';

/** Query parameters that identify an object or a part of it; all others may carry a credential. */
const KEPT_PARAMETERS = new Set([
  'alt',
  'comp',
  'continuation-token',
  'delimiter',
  'generation',
  'list-type',
  'marker',
  'max-keys',
  'partnumber',
  'prefix',
  'restype',
  'snapshot',
  'start-after',
  'uploads',
  'version',
  'versionid',
]);

const URL_PARTS = /^((?:[a-z][a-z0-9+.:-]*:)?\/\/)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/is;
const AUTHORITY = /^(?:[^:@\s]*|\[[0-9a-f:.%]*\])(?::\d{0,5})?$/i;
/** A user and a password before a host without a scheme, as drivers of databases and `scp` have them. */
const CREDENTIALS = /^[^/\\?#@]*:[^/\\?#]*@/;
const OMITTED = '…';

/** Fewest characters to read of a text with a limit: the omitted parts may be longer than the kept ones. */
const LOOKED_AT = 16_384;

/** How much of a URL, or of a text with URLs, is kept. */
export interface RedactUrlOptions {
  /** Bytes that the result may have, the mark of a cut included; default 0, no limit. */
  readonly maxBytes?: number;
}

/**
 * Takes credentials out of one URL: the user part, the fragment, and every query parameter that is not known to be
 * harmless (signatures, tokens, keys). Scheme, host and path stay; `…` marks what was left out of the query.
 * @param text A URL; a text without a scheme counts as a path, whose query and fragment are cleaned.
 * @param options How much is kept.
 */
export function redactUrl(text: string, { maxBytes = 0 }: RedactUrlOptions = {}): string {
  const head = maxBytes > 0 ? headOf(text, Math.max(LOOKED_AT, maxBytes)) : text;
  const isCut = head.length < text.length;
  const cleaned = cleanUrl(head, isCut);
  return isCut ? cutText(cleaned, maxBytes, text) : truncateText(cleaned, maxBytes, text);
}

/**
 * Cleans a URL, or the head of one.
 * @param isCut Whether it goes on: then a user and a password may end behind the cut, and nothing is shown that may be one.
 */
export function cleanUrl(text: string, isCut: boolean): string {
  if (/^data:/i.test(text)) return `data:${OMITTED}`;
  const parts = URL_PARTS.exec(text);
  if (parts === null) return cleanPath(text, isCut);
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = parts;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const mayHoldUser = /[@:]/.test(authority);
  const isOpen = isCut && query === '' && fragment === '';
  if (isOpen && (path === '' || mayHoldUser)) return `${scheme}${OMITTED}`;
  // A password with a question mark or a slash in it: what looks like a host may be part of it, up to the last @.
  if (mayHoldUser && (query.includes('@') || fragment.includes('@'))) return `${scheme}${OMITTED}`;
  const isAmbiguous = mayHoldUser && path.includes('@');
  if (isAmbiguous || !AUTHORITY.test(host)) return `${scheme}${OMITTED}${path.slice(path.lastIndexOf('@') + 1)}`;
  const parameters = cleanQuery(query, isCut && fragment === '');
  return `${scheme}${host}${path}${parameters}${fragment === '' ? '' : `#${OMITTED}`}`;
}

function cleanPath(path: string, isCut: boolean): string {
  const text = path.replace(CREDENTIALS, OMITTED);
  const end = text.search(/[?#]/);
  if (end < 0) return text;
  // A question mark is a wildcard in the patterns of local files, too.
  const isQuery = text[end] === '?' && (isCut || text.includes('=', end));
  return isQuery ? `${text.slice(0, end)}${cleanQuery(text.slice(end), isCut)}` : text;
}

function cleanQuery(query: string, isCut: boolean): string {
  if (query.length <= 1) return query;
  const pairs = query.slice(1).split('&');
  const kept = pairs.filter((pair, index) => {
    const isUnfinished = isCut && index === pairs.length - 1;
    return pair === OMITTED || (!isUnfinished && KEPT_PARAMETERS.has(nameOf(pair)));
  });
  if (kept.length < pairs.length && !kept.includes(OMITTED)) kept.push(OMITTED);
  return `?${kept.join('&')}`;
}

function nameOf(pair: string): string {
  const end = pair.indexOf('=');
  return (end < 0 ? pair : pair.slice(0, end)).toLowerCase();
}

const URL_IN_TEXT = /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'`<>]+/gi;

// Punctuation of the sentence around a URL.
const TRAILING = /(?<![.,;:!?)\]}])[.,;:!?)\]}]+$/;

/** A text is read up to this many times its limit, and at least up to `LOOKED_AT`. */
const TIMES_LIMIT = 2;

/**
 * Takes the credentials out of every URL in a text and leaves the rest as it is.
 * @param text Any text, such as a warning or a log line.
 * @param options How much is kept.
 */
export function redactUrls(text: string, { maxBytes = 0 }: RedactUrlOptions = {}): string {
  const head = headWithUrls(text, maxBytes);
  const isCut = head.length < text.length;
  const cleaned = cleanUrls(head, isCut);
  return isCut ? cutText(cleaned, maxBytes, text) : truncateText(cleaned, maxBytes, text);
}

/** The part of a text with URLs that is read under a limit. */
export function headWithUrls(text: string, maxBytes: number): string {
  return maxBytes > 0 ? headOf(text, Math.max(LOOKED_AT, maxBytes * TIMES_LIMIT)) : text;
}

/**
 * Cleans the URLs in a text, or in the head of one.
 * @param isCut Whether the text continues, perhaps inside a URL.
 */
export function cleanUrls(text: string, isCut: boolean): string {
  return text.replace(URL_IN_TEXT, (url, start: number) => {
    if (isCut && start + url.length === text.length) return cleanUrl(url, true);
    const end = TRAILING.exec(url)?.index ?? url.length;
    return cleanUrl(url.slice(0, end), false) + url.slice(end);
  });
}
