import { findAttribute, sharedSchema } from '@planscope/semconv';

const shared = new Map<string, boolean>();
const MAX_REMEMBERED = 1000;

/**
 * Whether a key is in the registry that all engines share. Answers are remembered, because a trace has few keys and many
 * spans.
 */
export function isSharedKey(key: string): boolean {
  const known = shared.get(key);
  if (known !== undefined) return known;
  const found = findAttribute(key, sharedSchema.attributes) !== undefined;
  if (shared.size < MAX_REMEMBERED) shared.set(key, found);
  return found;
}
