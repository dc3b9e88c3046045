const encoder = new TextEncoder();

/**
 * Cuts a text to a number of UTF-8 bytes, never inside a character, and marks the cut with the bytes there were.
 * @param text The text to bound.
 * @param maxBytes Bytes that the result may have, the mark included; 0 means no limit.
 */
export function truncateText(text: string, maxBytes: number): string {
  if (maxBytes <= 0 || text.length * 3 <= maxBytes) return text;
  const total = Buffer.byteLength(text);
  if (total <= maxBytes) return text;
  const mark = `… [truncated, ${total} bytes]`;
  return headOf(text, maxBytes - Buffer.byteLength(mark)) + headOf(mark, maxBytes);
}

/** The longest head of a text that fits into a number of UTF-8 bytes. */
function headOf(text: string, maxBytes: number): string {
  if (maxBytes <= 0) return '';
  const { read } = encoder.encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
