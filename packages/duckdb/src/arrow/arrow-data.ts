import { type Data, type DataType, makeData, type Vector } from 'apache-arrow';
import type { NullBitmap } from './null-bitmap.ts';

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
