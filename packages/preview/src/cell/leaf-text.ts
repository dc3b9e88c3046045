import { type Data, Type } from 'apache-arrow';
import { cellBytes, decodeHead, hexHead } from './cell-bytes.ts';
import { formatDecimal, formatFloat, formatInteger } from './format-number.ts';
import { formatDate, formatDuration, formatInterval, formatTime, formatTimestamp } from './format-temporal.ts';

/** The text of one value that holds no others, cut to about a number of characters, neither escaped nor quoted. */
export type LeafText = (data: Data, index: number, maxCharacters: number) => string;

const text: LeafText = (data, index, maxCharacters) => decodeHead(cellBytes(data, index), maxCharacters);
const binary: LeafText = (data, index, maxCharacters) => hexHead(cellBytes(data, index), maxCharacters);

const boolean: LeafText = (data, index) => {
  const bit = data.offset + index;
  return String(((data.values[bit >> 3] >> (bit & 7)) & 1) === 1);
};

// Views have numbers of their own only in the newer versions of Arrow.
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

/** How values of a type are turned into text; undefined for a type that is not known. */
export function leafText(typeId: Type): LeafText | undefined {
  return LEAVES.get(typeId);
}

/** Tells whether the values of a type are strings. */
export function isTextType(typeId: Type): boolean {
  return LEAVES.get(typeId) === text;
}

/** Tells whether the values of a type are strings or bytes, which a token may stand for. */
export function isTextualType(typeId: Type): boolean {
  return LEAVES.get(typeId) === text || LEAVES.get(typeId) === binary;
}
