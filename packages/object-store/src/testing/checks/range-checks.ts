import assert from 'node:assert/strict';
import type { GetRange } from '../../range/get-range.ts';
import { at, type Check, fails, patternBytes, type Room, sameBytes } from '../room.ts';

async function getRange(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'ranges');
  await store.put(path, '0123456789');
  const read = async (range: GetRange): Promise<[string, number, number]> => {
    const got = await store.get(path, { range });
    assert.equal(got.meta.size, 10, 'meta.size is the size of the whole object');
    return [await got.body.text(), got.range.start, got.range.end];
  };
  assert.deepEqual(await read({ start: 2, end: 5 }), ['234', 2, 5]);
  assert.deepEqual(await read({ start: 8, end: 100 }), ['89', 8, 10], 'an end past the end is cut');
  assert.deepEqual(await read({ offset: 7 }), ['789', 7, 10]);
  await fails('Generic', room, store.get(path, { range: { start: 10, end: 12 } }));
  await fails('Generic', room, store.get(path, { range: { offset: 10 } }));
  await fails('Generic', room, store.get(path, { range: { start: 5, end: 5 } }));
  await fails('Generic', room, store.get(path, { range: { start: 5, end: 2 } }));
  await fails('Generic', room, store.get(path, { range: { start: -1, end: 2 } }));
}

async function suffixRange(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'suffix');
  await store.put(path, '0123456789');
  if (!store.capabilities.suffixRange) {
    return fails('NotSupported', room, store.get(path, { range: { suffix: 3 } }));
  }
  const got = await store.get(path, { range: { suffix: 3 } });
  assert.deepEqual(got.range, { start: 7, end: 10 });
  assert.equal(got.meta.size, 10);
  assert.equal(await got.body.text(), '789');
  const whole = await store.get(path, { range: { suffix: 100 } });
  assert.equal(await whole.body.text(), '0123456789', 'a suffix longer than the object is all of it');
  await fails('Generic', room, store.get(path, { range: { suffix: 0 } }));
}

async function getRanges(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'many');
  const bytes = patternBytes(100_000);
  await store.put(path, bytes);
  const ranges = [
    { start: 90_000, end: 90_010 },
    { start: 0, end: 3 },
    { start: 5, end: 12 },
    { start: 2, end: 8 },
    { start: 0, end: 3 },
    { start: 99_990, end: 200_000 },
  ];
  for (const coalesceGap of [undefined, 0, 1_000_000]) {
    const results = await store.getRanges(path, ranges, { coalesceGap });
    assert.equal(results.length, ranges.length);
    for (const [index, { start, end }] of ranges.entries()) {
      sameBytes(results[index] as Uint8Array, bytes.subarray(start, end), `range ${start}-${end}`);
    }
  }
  const [tail] = await store.getRanges(path, [{ offset: 99_998 }]);
  sameBytes(tail as Uint8Array, bytes.subarray(99_998), 'offset range');
  assert.deepEqual(await store.getRanges(path, []), []);
}

async function getRangesPastEnd(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'short');
  await store.put(path, '0123456789');
  const first = { start: 0, end: 2 };
  await fails('Generic', room, store.getRanges(path, [first, { start: 10, end: 12 }]));
  await fails('Generic', room, store.getRanges(path, [first, { start: 1000, end: 1002 }], { coalesceGap: 0 }));
  await fails('Generic', room, store.getRanges(path, [first, { start: 3, end: 3 }]));
}

export const rangeChecks: readonly Check[] = [
  { name: 'get_range', run: getRange },
  { name: 'suffix_range', run: suffixRange },
  { name: 'get_ranges', run: getRanges },
  { name: 'get_ranges_past_end', run: getRangesPastEnd },
];
