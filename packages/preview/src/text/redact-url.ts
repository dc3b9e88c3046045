/** Query parameters that say which object is meant, or which part of it; all others may carry a credential. */
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
const OMITTED = '…';

/**
 * Takes credentials out of one URL: the user part, the fragment, and every query parameter that is not known to be
 * harmless (signatures, tokens, keys). Scheme, host and path stay; `…` marks what was left out of the query.
 * @param text A URL; a text without a scheme is taken as a path, of which the query and the fragment are cleaned.
 */
export function redactUrl(text: string): string {
  if (/^data:/i.test(text)) return `data:${OMITTED}`;
  const parts = URL_PARTS.exec(text);
  if (parts === null) return redactPath(text);
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = parts;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  // A password with a slash in it: what looks like a host may be part of it, up to the last @.
  const isAmbiguous = /[@:]/.test(authority) && path.includes('@');
  if (isAmbiguous || !AUTHORITY.test(host)) return `${scheme}${OMITTED}${path.slice(path.lastIndexOf('@') + 1)}`;
  return `${scheme}${host}${path}${redactQuery(query)}${fragment === '' ? '' : `#${OMITTED}`}`;
}

function redactPath(text: string): string {
  const end = text.search(/[?#]/);
  if (end < 0) return text;
  const isQuery = text[end] === '?' && text.includes('=', end);
  // A question mark is a wildcard in the patterns of local files, too.
  return isQuery ? `${text.slice(0, end)}${redactQuery(text.slice(end))}` : text;
}

function redactQuery(query: string): string {
  if (query.length <= 1) return query;
  const pairs = query.slice(1).split('&');
  const kept = pairs.filter(
    (pair) => pair === OMITTED || KEPT_PARAMETERS.has((pair.split('=', 1)[0] ?? '').toLowerCase()),
  );
  if (kept.length < pairs.length && !kept.includes(OMITTED)) kept.push(OMITTED);
  return `?${kept.join('&')}`;
}
