import type { VectorView } from '../vector-view.ts';

const BIGNUM_HEADER_BYTES = 3;

/** A BIGNUM in decimal digits: a header whose top bit is the sign, then the magnitude, inverted where negative. */
export function formatBignum(vector: VectorView, row: number): string {
  const bytes = vector.stringBytes(row);
  const negative = ((bytes[0] as number) & 0x80) === 0;
  const magnitude = Uint8Array.from(bytes.subarray(BIGNUM_HEADER_BYTES), (byte) => (negative ? ~byte : byte));
  const value = BigInt(`0x${Buffer.from(magnitude.buffer).toString('hex')}`);
  return `${negative ? -value : value}`;
}

/** A UHUGEINT in decimal digits: two unsigned 64-bit words, the lower one first. */
export function formatUnsignedHugeint(vector: VectorView, row: number): string {
  const longs = vector.longs(16);
  const low = BigInt.asUintN(64, longs[row * 2] as bigint);
  const high = BigInt.asUintN(64, longs[row * 2 + 1] as bigint);
  return `${(high << 64n) | low}`;
}
