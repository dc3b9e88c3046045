import { ObjectStoreError } from '../contract/object-store-error.ts';
import { type ObjectPath, parsePath } from './object-path.ts';

/**
 * A path of any texts, one a segment. What a segment may not hold, and the percent sign itself, is percent-encoded, so
 * that `decodeSegment` gives every text back.
 *
 * @throws ObjectStoreError InvalidPath for an empty text or half a surrogate pair
 */
export function joinPath(...segments: readonly string[]): ObjectPath {
  return parsePath(segments.map(checkedEncode).join('/'));
}

/** The text that `joinPath` encoded. */
export function decodeSegment(segment: string): string {
  return decodeURIComponent(segment);
}

function checkedEncode(text: string): string {
  if (text === '') throw new ObjectStoreError('InvalidPath', 'a path may not hold an empty segment');
  if (text === '.' || text === '..') return text.replaceAll('.', '%2E');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is encoded
  return text.replace(/[\u0000-\u001f\u007f/%]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}
