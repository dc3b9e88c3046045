const MASK = '****';

/** A value as it may be shown: header values and the credentials of an endpoint are masked. */
export function maskValue(path: string, value: unknown): unknown {
  if (path.startsWith('otlp.headers')) return value === undefined ? undefined : maskHeaders(value);
  if (path === 'otlp.endpoint' && typeof value === 'string') return maskUrl(value);
  return value;
}

function maskHeaders(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return MASK;
  return Object.fromEntries(Object.keys(value).map((name) => [name, MASK]));
}

/** Works on text, not on a parsed URL: what is shown most often is an endpoint that does not parse. */
function maskUrl(url: string): string {
  const withoutUser = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i, `$1${MASK}@`);
  const query = withoutUser.search(/[?#]/);
  return query === -1 ? withoutUser : `${withoutUser.slice(0, query + 1)}${MASK}`;
}
