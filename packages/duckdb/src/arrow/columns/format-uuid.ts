import type { VectorView } from '../vector-view.ts';

/** A UUID in lower case with hyphens. DuckDB keeps it as a little-endian 128-bit number with its top bit flipped. */
export function formatUuid(vector: VectorView, row: number): string {
  const stored = vector.bytes(16).subarray(row * 16, row * 16 + 16);
  const bytes = Uint8Array.from(stored).reverse();
  bytes[0] = (bytes[0] as number) ^ 0x80;
  const hex = Buffer.from(bytes.buffer).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
