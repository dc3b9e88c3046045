import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  andBits,
  copyBits,
  countSetBits,
  endOfAdjacentStrings,
  expandBits,
  isBitSet,
  matchBits,
  setBits,
} from './vector-view.ts';

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
  test('bits are copied between any positions without changing the bits around them', () => {
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

  test('bits are set at any position without changing the bits around them', () => {
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

  test('rows match by their byte, unless they are null', () => {
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

/** Entries and offsets of strings at the given addresses. */
function strings(...list: readonly { address: bigint; length: number }[]): [Uint32Array, Int32Array] {
  const entries = new Uint32Array(list.length * 4);
  const offsets = new Int32Array(list.length + 1);
  list.forEach(({ address, length }, row) => {
    entries.set([length, 0, Number(address & 0xffff_ffffn), Number(address >> 32n)], row * 4);
    offsets[row + 1] = (offsets[row] as number) + length;
  });
  return [entries, offsets];
}

const base = 0x7f12_ffff_fff0n;

test('a run continues while each string starts at the end of the previous one', () => {
  const list = strings(
    { address: base, length: 20 },
    { address: base + 20n, length: 30 },
    { address: base + 51n, length: 30 },
  );
  expect(endOfAdjacentStrings(...list, 0)).toBe(2);
  expect(endOfAdjacentStrings(...list, 1)).toBe(2);
  expect(endOfAdjacentStrings(...list, 2)).toBe(3);
});

test('all 64 bits of addresses are compared', () => {
  const next = 0xff00_0000_0000_0001n;
  expect(endOfAdjacentStrings(...strings({ address: next - 13n, length: 13 }, { address: next, length: 13 }), 0)).toBe(
    2,
  );
  expect(endOfAdjacentStrings(...strings({ address: next - 14n, length: 13 }, { address: next, length: 13 }), 0)).toBe(
    1,
  );
  const same = strings({ address: base, length: 20 }, { address: base + 20n - 2n ** 32n, length: 20 });
  expect(endOfAdjacentStrings(...same, 0)).toBe(1);
});

test('a short string or a null ends a run, whatever its entry says', () => {
  const [entries, offsets] = strings({ address: base, length: 20 }, { address: base + 20n, length: 20 });
  offsets[2] = offsets[1] as number;
  expect(endOfAdjacentStrings(entries, offsets, 0)).toBe(1);
});
