import { expect, test } from 'vitest';
import { endOfAdjacentStrings } from './string-entry.ts';

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

test('a run goes on while the next string begins where the last one ends', () => {
  const list = strings(
    { address: base, length: 20 },
    { address: base + 20n, length: 30 },
    { address: base + 51n, length: 30 },
  );
  expect(endOfAdjacentStrings(...list, 0)).toBe(2);
  expect(endOfAdjacentStrings(...list, 1)).toBe(2);
  expect(endOfAdjacentStrings(...list, 2)).toBe(3);
});

test('addresses are compared in all their 64 bits', () => {
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
