const SECRET_PARAMETER =
  /^(x-amz-.*|x-goog-.*|x-ms-.*|awsaccesskeyid|googleaccessid|signature|sig|se|sp|sv|sr|st|spr|skoid|sktid|sks|skv|ske|skt|.*(token|secret|password|passwd|pwd|credential|api[-_]?key|access[-_]?key|auth|session|signature).*|key|code)$/i;

const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/is;

/**
 * Takes credentials out of one URL: the user part, every secret query parameter, and the fragment. Scheme, host and path stay.
 * @param text A URL; a text without a scheme is taken as a path, and its query and fragment are cleaned in the same way.
 */
export function redactUrl(text: string): string {
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = URL_PARTS.exec(text) ?? pathParts(text);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return `${scheme}${host}${path}${redactQuery(query)}${fragment === '' ? '' : '#…'}`;
}

function pathParts(text: string): string[] {
  const query = text.indexOf('?');
  return query < 0 ? ['', '', '', text] : ['', '', '', text.slice(0, query), text.slice(query)];
}

function redactQuery(query: string): string {
  if (query.length <= 1) return query;
  const kept = query
    .slice(1)
    .split('&')
    .filter((pair) => !SECRET_PARAMETER.test(pair.split('=', 1)[0] ?? ''));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}
