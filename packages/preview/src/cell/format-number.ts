import { type Data, type Decimal, type Float, Precision } from 'apache-arrow';

/** An integer of any width. */
export function formatInteger(data: Data, index: number): string {
  return String(data.values[index]);
}

/** A floating-point number; NaN, both infinities and the negative zero show as what they are. */
export function formatFloat(data: Data, index: number): string {
  const stored: number = data.values[index];
  const value = (data.type as Float).precision === Precision.HALF ? halfToNumber(stored) : stored;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A decimal with its point: 12345 of scale 2 is 123.45. */
export function formatDecimal(data: Data, index: number): string {
  const { scale } = data.type as Decimal;
  const unscaled = wordsToInteger(data.values.subarray(data.stride * index, data.stride * (index + 1)));
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Little-endian words of 32 bits as one signed integer. */
function wordsToInteger(words: ArrayLike<number>): bigint {
  let value = 0n;
  for (let index = words.length - 1; index >= 0; index -= 1) value = (value << 32n) | BigInt((words[index] ?? 0) >>> 0);
  return BigInt.asIntN(words.length * 32, value);
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
