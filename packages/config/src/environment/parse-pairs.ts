/** What a list of pairs is to look like, in words. */
export const PAIRS_SYNTAX = 'comma-separated key=value pairs, percent-encoded where needed';

/**
 * Reads `key=value,key=value` with percent-encoding, as OpenTelemetry writes headers and resource attributes.
 *
 * @returns undefined when a pair has no key, no `=` or a malformed escape
 */
export function parsePairs(text: string): Record<string, string> | undefined {
  const pairs: [string, string][] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const key = decode(part.slice(0, Math.max(0, equals)));
    const value = decode(part.slice(equals + 1));
    if (equals === -1 || !key || value === undefined) return undefined;
    pairs.push([key, value]);
  }
  return Object.fromEntries(pairs);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
