import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';

// Its types describe an ES module, but it is a CommonJS one: the default import is the function itself.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** SHA-256, in hexadecimal, of a JSON value in the canonical form of RFC 8785: equal values give equal hashes. */
export function canonicalHash(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('[planscope/engine] value to hash is no JSON value');
  return createHash('sha256').update(text).digest('hex');
}
