import { type Data, type DataType, makeData, type Vector } from 'apache-arrow';
import { ArrowConversionError } from './arrow-conversion-error.ts';
import type { VectorSlice } from './vector-slice.ts';
import { copyBits, countSetBits, setBits } from './vector-view.ts';

/** The buffers of an Arrow column besides its null bitmap. The type determines which of them are present. */
export interface ArrowBuffers {
  readonly data?: ArrayBufferView;
  readonly valueOffsets?: Int32Array;
  readonly typeIds?: Int8Array;
  readonly child?: Data;
  readonly children?: readonly Data[];
  readonly dictionary?: Vector;
}

/** Calls Arrow's `makeData` with a type that is known only at run time, which its overloads do not support. */
export function arrowData(
  type: DataType,
  length: number,
  nulls: NullBitmap | Record<string, never>,
  buffers: ArrowBuffers,
): Data {
  return makeData({ type, length, ...nulls, ...buffers } as unknown as Parameters<typeof makeData>[0]);
}

/** The null rows of a column in Arrow's format. */
export interface NullBitmap {
  readonly nullCount: number;
  /** Undefined if no row is null. */
  readonly nullBitmap: Uint8Array | undefined;
}

/** The null bitmap of a column that consists of slices. */
export function nullBitmapOf(slices: readonly VectorSlice[], length: number): NullBitmap {
  if (slices.every(({ vector }) => vector.validity === undefined)) return { nullCount: 0, nullBitmap: undefined };
  const bits = new Uint8Array(Math.ceil(length / 8));
  let at = 0;
  for (const { vector, from, count } of slices) {
    if (vector.validity) copyBits(vector.validity, from, bits, at, count);
    else setBits(bits, at, count);
    at += count;
  }
  const nullCount = length - countSetBits(bits);
  return { nullCount, nullBitmap: nullCount > 0 ? bits : undefined };
}

const LARGEST_OFFSET = 2 ** 31 - 1;

/**
 * Arrow's offsets of consecutive values.
 *
 * @param lengths lengths of the values; 0 for a null
 * @param column name of the result column, for the error
 * @param unit unit of the lengths, for the error
 * @throws ArrowConversionError if the batch needs an offset of more than 31 bits
 */
export function endOffsets(lengths: ArrayLike<number>, column: string, unit: 'bytes' | 'elements'): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  let end = 0;
  for (let position = 0; position < lengths.length; position++) {
    end += lengths[position] as number;
    if (end > LARGEST_OFFSET) {
      throw new ArrowConversionError(
        'batch-too-large',
        column,
        `has more than ${LARGEST_OFFSET} ${unit} in one batch, which is Arrow's limit; use fewer batchRows`,
      );
    }
    offsets[position + 1] = end;
  }
  return offsets;
}
