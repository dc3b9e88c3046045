import assert from 'node:assert/strict';
import type { DelimitedEntry } from '../../contract/store-calls.ts';
import { comparePaths } from '../../path/object-path.ts';
import { at, type Check, collect, fails, namesOf, putNames, type Room } from '../room.ts';

async function names(room: Room, prefix: string): Promise<string[]> {
  return namesOf(room, await collect(room.store.list(prefix)));
}

async function listUsesDirectoriesCorrectly(room: Room): Promise<void> {
  await putNames(room, ['foo/x.json', 'foo.bar/y.json', 'foobar/z']);
  assert.deepEqual(await names(room, at(room, 'foo')), ['foo/x.json'], 'a prefix is whole segments');
  assert.deepEqual(await names(room, at(room, 'foo/')), ['foo/x.json'], 'a slash at the end makes no difference');
  assert.deepEqual(await names(room, at(room, 'fo')), []);
  assert.deepEqual(await names(room, at(room, 'foo/x.json')), [], 'the path of an object holds nothing');
  assert.deepEqual(await names(room, at(room, 'nothing/here')), []);
}

async function listOrder(room: Room): Promise<void> {
  const unordered = ['b', 'a/c', 'a-b', 'a/b', 'a.d', 'a0', 'é', '\u{1f600}', '\uff5e', 'A'];
  await putNames(room, unordered);
  assert.deepEqual(await names(room, room.prefix), [...unordered].sort(comparePaths));
}

async function listWithDelimiter(room: Room): Promise<void> {
  await putNames(room, ['top', 'dir/one', 'dir/two', 'dir/sub/three', 'dir.x/four', 'dir/sub/deep/five']);
  const shown = async (prefix: string): Promise<string[]> => {
    const entries: DelimitedEntry[] = await collect(room.store.listWithDelimiter(prefix));
    return entries.map((entry) => {
      const path = entry.type === 'object' ? entry.meta.path : `${entry.path}/`;
      return path.slice(room.prefix.length + 1);
    });
  };
  assert.deepEqual((await shown(room.prefix)).sort(), ['dir.x/', 'dir/', 'top']);
  assert.deepEqual((await shown(at(room, 'dir'))).sort(), ['dir/one', 'dir/sub/', 'dir/two']);
  assert.deepEqual(await shown(at(room, 'dir/sub/deep')), ['dir/sub/deep/five']);
  assert.deepEqual(await shown(at(room, 'top')), []);
  await room.store.delete(at(room, 'dir.x/four'));
  assert.deepEqual((await shown(room.prefix)).sort(), ['dir/', 'top'], 'a prefix without an object is not listed');
}

async function listWithOffsetExclusivity(room: Room): Promise<void> {
  const { store, prefix } = room;
  await putNames(room, ['a', 'b/1', 'b/2', 'b-x', 'c']);
  const after = async (offset: string): Promise<string[]> =>
    namesOf(room, await collect(store.listWithOffset(prefix, offset)));
  const all = ['a', 'b-x', 'b/1', 'b/2', 'c'];
  for (const [index, name] of all.entries()) {
    assert.deepEqual(await after(at(room, name)), all.slice(index + 1), `after ${name}`);
  }
  assert.deepEqual(await after(at(room, 'b')), ['b-x', 'b/1', 'b/2', 'c'], 'the offset need not exist');
  assert.deepEqual(await after(at(room, 'b/1x')), ['b/2', 'c']);
  assert.deepEqual(namesOf(room, await collect(store.listWithOffset(at(room, 'b'), at(room, 'b/1')))), ['b/2']);
}

async function listPaginated(room: Room): Promise<void> {
  const { store, prefix } = room;
  const written = Array.from({ length: 23 }, (_, index) => `p/${String(index).padStart(3, '0')}`);
  await putNames(room, written);
  const pages = await collect(store.list(prefix, { pageSize: 5 }).pages());
  assert.ok(pages.length >= 5, `23 objects take at least 5 pages of 5, not ${pages.length}`);
  assert.ok(pages.every((page) => page.length <= 5));
  assert.deepEqual(namesOf(room, pages.flat()), written);
  assert.deepEqual(namesOf(room, await collect(store.list(prefix, { pageSize: 7 }))), written);
  const [first] = pages;
  const rest = await collect(store.listWithOffset(prefix, first?.at(-1)?.path ?? '', { pageSize: 4 }));
  assert.deepEqual(namesOf(room, rest), written.slice(first?.length), 'a listing goes on from the last path of a page');
  const delimitedPages = await collect(store.listWithDelimiter(at(room, 'p'), { pageSize: 10 }).pages());
  assert.ok(delimitedPages.length >= 3);
  assert.equal(delimitedPages.flat().length, 23);
  await fails('Generic', room, collect(store.list(prefix, { pageSize: 0 })));
}

async function listStopsEarly(room: Room): Promise<void> {
  await putNames(room, ['1', '2', '3', '4']);
  const seen: string[] = [];
  for await (const { path } of room.store.list(room.prefix, { pageSize: 1 })) {
    seen.push(path);
    if (seen.length === 2) break;
  }
  assert.deepEqual(seen, [at(room, '1'), at(room, '2')]);
}

export const listingChecks: readonly Check[] = [
  { name: 'list_uses_directories_correctly', run: listUsesDirectoriesCorrectly },
  { name: 'list_order', run: listOrder },
  { name: 'list_with_delimiter', run: listWithDelimiter },
  { name: 'list_with_offset_exclusivity', run: listWithOffsetExclusivity },
  { name: 'list_paginated', run: listPaginated },
  { name: 'list_stops_early', run: listStopsEarly },
];
