import { createHmac } from 'node:crypto';
import type { RedactionOptions } from './redaction-options.ts';

/**
 * What stands for a hidden value: the token, a keyed hash, or undefined for null.
 * @param text Gives the whole value; it is asked for only when the value is hashed.
 * @param isTextual Whether the value is a string or bytes.
 */
export type HideValue = (text: () => string, isTextual: boolean) => string | undefined;

/** Makes the replacement of hidden values. */
export function hideValue(options: RedactionOptions): HideValue {
  const { hashKey, token = '[REDACTED]' } = options;
  if (hashKey === undefined) return (_text, isTextual) => (isTextual ? token : undefined);
  return (text) => `#${createHmac('sha256', hashKey).update(text()).digest('hex').slice(0, 12)}`;
}
