import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { andBits, copyBits, countSetBits, expandBits, isBitSet, matchBits, setBits } from './bits.ts';

const flags = fc.array(fc.boolean(), { maxLength: 80 });

function pack(values: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (value) bits[row >> 3] = (bits[row >> 3] as number) + 2 ** (row % 8);
  });
  return bits;
}

function unpack(bits: Uint8Array, count: number): boolean[] {
  return Array.from({ length: count }, (_, row) => isBitSet(bits, row));
}

describe('bitmaps', () => {
  test('bits are copied from any place to any place, and nothing around them changes', () => {
    fc.assert(
      fc.property(flags, fc.nat(20), fc.nat(20), (source, skipped, at) => {
        const from = Math.min(skipped, source.length);
        const count = source.length - from;
        const target = new Uint8Array(16);
        setBits(target, 0, at);
        copyBits(pack(source), from, target, at, count);
        const expected = [...Array(at).fill(true), ...source.slice(from), ...Array(128 - at - count).fill(false)];
        expect(unpack(target, 128)).toEqual(expected);
      }),
    );
  });

  test('bits are set from any place on, and nothing around them changes', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), (at, count) => {
        const target = new Uint8Array(10);
        setBits(target, at, count);
        const expected = Array.from({ length: 80 }, (_, row) => row >= at && row < at + count);
        expect(unpack(target, 80)).toEqual(expected);
        expect(countSetBits(target)).toBe(count);
      }),
    );
  });

  test('each bit is repeated for each element of its row', () => {
    fc.assert(
      fc.property(flags, fc.integer({ min: 1, max: 9 }), (values, times) => {
        const expanded = expandBits(pack(values), values.length, times);
        expect(unpack(expanded, values.length * times)).toEqual(values.flatMap((value) => Array(times).fill(value)));
      }),
    );
  });

  test('rows match by their byte, where they have one', () => {
    expect(unpack(matchBits(Uint8Array.of(1, 0, 1, 1), 1, undefined), 4)).toEqual([true, false, true, true]);
    expect(unpack(matchBits(Uint8Array.of(1, 0, 1, 1), 1, pack([true, true, false, true])), 4)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test('a missing bitmap has all bits set', () => {
    const some = Uint8Array.of(0b0110);
    expect(andBits(undefined, undefined)).toBeUndefined();
    expect(andBits(some, undefined)).toBe(some);
    expect(andBits(undefined, some)).toBe(some);
    expect(andBits(some, Uint8Array.of(0b0011))).toEqual(Uint8Array.of(0b0010));
  });
});
