import { type Data, type DataType, makeData, type Vector } from 'apache-arrow';
import { ArrowConversionError } from './arrow-conversion-error.ts';
import type { VectorSlice } from './vector-slice.ts';
import { copyBits, countSetBits, setBits } from './vector-view.ts';

/** The buffers of an Arrow column besides its null bitmap; which are there depends on the type. */
export interface ArrowBuffers {
  readonly data?: ArrayBufferView;
  readonly valueOffsets?: Int32Array;
  readonly typeIds?: Int8Array;
  readonly child?: Data;
  readonly children?: readonly Data[];
  readonly dictionary?: Vector;
}

/** Arrow's `makeData`, whose overloads need the type at compile time, for a type known only when it runs. */
export function arrowData(
  type: DataType,
  length: number,
  nulls: NullBitmap | Record<string, never>,
  buffers: ArrowBuffers,
): Data {
  return makeData({ type, length, ...nulls, ...buffers } as unknown as Parameters<typeof makeData>[0]);
}

/** Which rows of a column are null, as Arrow wants it said. */
export interface NullBitmap {
  readonly nullCount: number;
  /** Undefined where no row is null. */
  readonly nullBitmap: Uint8Array | undefined;
}

/** The null bitmap of a column made of slices. */
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
 * Arrow's offsets of values that follow one another.
 * @param lengths of the values; 0 for a null
 * @param column name of the result column, for the error
 * @param unit what is counted, for the error
 * @throws ArrowConversionError where the batch would need an offset of more than 31 bits
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
