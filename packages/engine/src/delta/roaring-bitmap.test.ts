import fc from 'fast-check';
import { RoaringBitmap32, SerializationFormat } from 'roaring-wasm';
import { describe, expect, it } from 'vitest';
import { bitmapNumbers } from './roaring-bitmap.ts';

/** A 64-bit bitmap of the given ones, which another implementation writes. */
function written(...bitmaps: readonly { readonly high: number; readonly numbers: RoaringBitmap32 }[]): Uint8Array {
  const parts = bitmaps.map(({ high, numbers }) => {
    const key = Buffer.alloc(4);
    key.writeUInt32LE(high);
    return Buffer.concat([key, numbers.serialize(SerializationFormat.portable)]);
  });
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(bitmaps.length));
  return Buffer.concat([count, ...parts]);
}

describe('the numbers of a bitmap', () => {
  const ranges = fc.array(
    fc.record({
      start: fc.integer({ min: 0, max: 400_000 }),
      length: fc.integer({ min: 1, max: 9000 }),
      step: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 6 },
  );

  it('are those that were written, in any kind of container', () => {
    fc.assert(
      fc.property(ranges, fc.boolean(), fc.integer({ min: 0, max: 3 }), (written_, hasRuns, high) => {
        const expected = new Set<number>();
        for (const { start, length, step } of written_) {
          for (let at = start; at < start + length; at += step) expected.add(at);
        }
        const numbers = new RoaringBitmap32(expected);
        if (hasRuns) numbers.runOptimize();
        const sorted = [...expected].sort((one, other) => one - other);
        expect([...bitmapNumbers(written({ high, numbers }))]).toEqual(sorted.map((n) => high * 2 ** 32 + n));
        numbers.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('are those of all its parts', () => {
    const [low, high] = [new RoaringBitmap32([1, 4_294_967_295]), new RoaringBitmap32([0])];
    expect([...bitmapNumbers(written({ high: 0, numbers: low }, { high: 5, numbers: high }))]).toEqual([
      1,
      4_294_967_295,
      5 * 2 ** 32,
    ]);
    expect([...bitmapNumbers(written())]).toEqual([]);
  });

  it.each([
    ['too few bytes', written({ high: 0, numbers: new RoaringBitmap32([1, 2, 3]) }).subarray(0, -1)],
    ['another first number', Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(40, 7)])],
    ['a number that is too large', written({ high: 2 ** 21, numbers: new RoaringBitmap32([1]) })],
  ])('are refused for %s', (_, bytes) => {
    expect(() => [...bitmapNumbers(bytes)]).toThrow(RangeError);
  });
});
