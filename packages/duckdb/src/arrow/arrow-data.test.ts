import { expect, test } from 'vitest';
import { ArrowConversionError } from './arrow-conversion-error.ts';
import { endOffsets } from './arrow-data.ts';

test('offsets are the ends of the values, starting with 0', () => {
  expect(endOffsets(Uint32Array.of(), 'c', 'bytes')).toEqual(Int32Array.of(0));
  expect(endOffsets(Uint32Array.of(3, 0, 2), 'c', 'bytes')).toEqual(Int32Array.of(0, 3, 3, 5));
});

test('a batch with offsets of more than 31 bits is refused', () => {
  expect(endOffsets(Uint32Array.of(2 ** 31 - 2, 1), 'c', 'bytes')[2]).toBe(2 ** 31 - 1);
  let error: unknown;
  try {
    endOffsets(Uint32Array.of(2 ** 31 - 1, 1), 'long "texts"', 'bytes');
  } catch (thrown) {
    error = thrown;
  }
  expect(ArrowConversionError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ code: 'batch-too-large', column: 'long "texts"' });
  expect(String(error)).toMatchInlineSnapshot(
    `"ArrowConversionError: [planscope/duckdb] column "long \\"texts\\"" has more than 2147483647 bytes in one batch, which is Arrow's limit; use fewer batchRows"`,
  );
});
