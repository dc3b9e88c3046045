const encoder = new TextEncoder();

/** Most characters whose bytes are counted; a longer text is measured in characters, which is instant. */
const COUNTED = 2_097_152;

/**
 * Cuts a text to a number of UTF-8 bytes, never inside a character, and marks the cut with the original size.
 * @param text The text to bound.
 * @param maxBytes Bytes that the result may have, the mark included; 0 means no limit.
 * @param original The text before it was cleaned, whose size the mark gives; by default the text itself.
 */
export function truncateText(text: string, maxBytes: number, original: string = text): string {
  if (maxBytes <= 0 || text.length * 3 <= maxBytes) return text;
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) return text;
  return cutText(text, maxBytes, original);
}

/**
 * Marks a text as cut, even if it fits, and shortens it so that the mark fits.
 * @param text The cleaned head of the original.
 * @param maxBytes Most bytes of the result, from 1.
 * @param original The whole original text.
 */
export function cutText(text: string, maxBytes: number, original: string): string {
  const mark = `… [truncated, ${sizeOf(original)}]`;
  return headOfBytes(text, maxBytes - Buffer.byteLength(mark)) + headOfBytes(mark, maxBytes);
}

/** The head of a text with a number of UTF-16 code units, or one less where it would end inside a character. */
export function headOf(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const isSplit = length < text.length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isSplit ? length - 1 : length);
}

function sizeOf(text: string): string {
  return text.length > COUNTED ? `${text.length} characters` : `${Buffer.byteLength(text)} bytes`;
}

/** The longest head of a text that fits into a number of UTF-8 bytes. */
function headOfBytes(text: string, maxBytes: number): string {
  if (maxBytes <= 0) return '';
  const { read } = encoder.encodeInto(text, new Uint8Array(Math.min(maxBytes, text.length * 3)));
  return text.slice(0, read);
}
