const MASK = '****';

/** A value as it may be shown: header values and the credentials of an endpoint are masked. */
export function maskValue(path: string, value: unknown): unknown {
  if (path === 'otlp.headers') return MASK;
  if (path === 'otlp.endpoint' && typeof value === 'string') return maskUrl(value);
  return value;
}

/** Works on text, not on a parsed URL: an endpoint that does not parse is shown too, and may hold a password anywhere. */
function maskUrl(url: string): string {
  const withoutUser = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${MASK}@`);
  const query = withoutUser.search(/[?#]/);
  return query === -1 ? withoutUser : `${withoutUser.slice(0, query + 1)}${MASK}`;
}
