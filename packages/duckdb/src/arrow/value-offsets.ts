import { ArrowConversionError } from './arrow-conversion-error.ts';

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
