import { type Data, type Decimal, type Float, Precision, Type } from 'apache-arrow';
import { formatDate, formatDuration, formatInterval, formatTime, formatTimestamp } from './format-temporal.ts';

/** An integer of any width. */
function formatInteger(data: Data, index: number): string {
  return String(data.values[index]);
}

/** A floating-point number; NaN, both infinities and negative zero are shown as such. */
function formatFloat(data: Data, index: number): string {
  const stored: number = data.values[index];
  const value = (data.type as Float).precision === Precision.HALF ? halfToNumber(stored) : stored;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A decimal with its point: 12345 of scale 2 is 123.45. */
function formatDecimal(data: Data, index: number): string {
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

const VIEW_BYTES = 16;
const INLINE_BYTES = 12;

/** The bytes of a text or binary value, not copied. */
function cellBytes(data: Data, index: number): Uint8Array {
  const { typeId, values, stride } = data;
  if (typeId === Type.FixedSizeBinary) return values.subarray(stride * index, stride * (index + 1));
  if (data.valueOffsets === undefined) return viewBytes(data, index);
  const begin = Number(data.valueOffsets[index]);
  const end = Number(data.valueOffsets[index + 1]);
  return values.subarray(begin, end);
}

/** Reads the layout with views: the length, then the bytes themselves, or where they are. */
function viewBytes(data: Data, index: number): Uint8Array {
  const values: Uint8Array = data.values;
  const start = index * VIEW_BYTES;
  const view = new DataView(values.buffer, values.byteOffset + start, VIEW_BYTES);
  const length = view.getInt32(0, true);
  if (length <= INLINE_BYTES) return values.subarray(start + 4, start + 4 + length);
  const { variadicBuffers } = data as Data & { variadicBuffers?: readonly Uint8Array[] };
  const buffer = variadicBuffers?.[view.getInt32(8, true)];
  if (buffer === undefined) throw new RangeError('the buffer that a view points to is missing');
  const offset = view.getInt32(12, true);
  return buffer.subarray(offset, offset + length);
}

/** Decodes the head of some UTF-8 text; a character that the cut splits is left out. */
function decodeHead(bytes: Uint8Array, maxCharacters: number): string {
  // One UTF-16 code unit takes three bytes at most.
  const head = maxCharacters * 3 < bytes.length ? bytes.subarray(0, maxCharacters * 3) : bytes;
  return new TextDecoder().decode(head, { stream: head.length < bytes.length });
}

/** `0x…`, up to a number of characters. */
function hexHead(bytes: Uint8Array, maxCharacters: number): string {
  const head = bytes.subarray(0, Math.ceil(maxCharacters / 2));
  return `0x${Buffer.from(head.buffer, head.byteOffset, head.length).toString('hex')}`;
}

/** The text of one leaf value, cut to about a number of characters, neither escaped nor quoted. */
export type LeafText = (data: Data, index: number, maxCharacters: number) => string;

const text: LeafText = (data, index, maxCharacters) => decodeHead(cellBytes(data, index), maxCharacters);
const binary: LeafText = (data, index, maxCharacters) => hexHead(cellBytes(data, index), maxCharacters);

const boolean: LeafText = (data, index) => {
  const bit = data.offset + index;
  return String(((data.values[bit >> 3] >> (bit & 7)) & 1) === 1);
};

// Only newer versions of Arrow have type ids for views.
const { BinaryView, Utf8View } = Type as unknown as Record<string, number | undefined>;

const LEAVES: ReadonlyMap<number | undefined, LeafText> = new Map<number | undefined, LeafText>([
  [Type.Bool, boolean],
  [Type.Int, formatInteger],
  [Type.Float, formatFloat],
  [Type.Decimal, formatDecimal],
  [Type.Date, formatDate],
  [Type.Time, formatTime],
  [Type.Timestamp, formatTimestamp],
  [Type.Duration, formatDuration],
  [Type.Interval, formatInterval],
  [Type.Utf8, text],
  [Type.LargeUtf8, text],
  [Type.Binary, binary],
  [Type.LargeBinary, binary],
  [Type.FixedSizeBinary, binary],
  ...(Utf8View === undefined ? [] : ([[Utf8View, text]] as const)),
  ...(BinaryView === undefined ? [] : ([[BinaryView, binary]] as const)),
]);

/** Returns the formatter of a type; undefined for an unknown type. */
export function leafText(typeId: Type): LeafText | undefined {
  return LEAVES.get(typeId);
}

/** Tells whether the values of a type are strings. */
export function isTextType(typeId: Type): boolean {
  return LEAVES.get(typeId) === text;
}

/** Tells whether the values of a type are strings or bytes, which a token may replace. */
export function isTextualType(typeId: Type): boolean {
  return LEAVES.get(typeId) === text || LEAVES.get(typeId) === binary;
}
