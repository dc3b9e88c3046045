import type { VectorView } from '../vector-view.ts';

/** A bit string in zeros and ones. The first byte says how many bits of the second are padding. */
export function formatBit(vector: VectorView, row: number): string {
  const [padding = 0, ...bytes] = vector.stringBytes(row);
  return bytes
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(padding);
}
