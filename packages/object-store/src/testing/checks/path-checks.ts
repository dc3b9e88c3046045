import assert from 'node:assert/strict';
import { comparePaths, joinPath } from '../../path/object-path.ts';
import { at, type Check, collect, fails, namesOf, putNames, type Room, readText } from '../room.ts';

const unusual = [
  'a%2Fb/encoded delimiter',
  '100%.csv',
  '%25%41%',
  'with space/and  two ',
  'plus+and&amp=?#frag',
  'quote\'and"double',
  'brackets[1]{2}(3)*.x',
  'tilde~caret^pipe|',
  '\u{1f600}/\u00e9\u4e2d\u6587.parquet',
  'col=2024-01-01/x..y/...z',
];

async function specialPaths(room: Room): Promise<void> {
  await putNames(room, unusual);
  const sorted = [...unusual].sort(comparePaths);
  assert.deepEqual(namesOf(room, await collect(room.store.list(room.prefix))), sorted);
  for (const name of unusual) {
    assert.equal(await readText(room, name), name);
    assert.equal((await room.store.head(at(room, name))).path, at(room, name));
  }
  await room.store.copy(at(room, '100%.csv'), at(room, 'copy of \u{1f600} %'));
  assert.equal(await readText(room, 'copy of \u{1f600} %'), '100%.csv');
  const results = await collect(room.store.deleteStream(unusual.map((name) => at(room, name))));
  assert.deepEqual(
    results.filter(({ error }) => error !== undefined),
    [],
  );
  assert.deepEqual(namesOf(room, await collect(room.store.list(room.prefix))), ['copy of \u{1f600} %']);
}

async function joinedPaths(room: Room): Promise<void> {
  const path = joinPath(...room.prefix.split('/'), 'a/b', '..', '50%');
  await room.store.put(path, 'joined');
  assert.equal(await (await room.store.get(path)).body.text(), 'joined');
  assert.deepEqual(namesOf(room, await collect(room.store.list(room.prefix))), ['a%2Fb/%2E%2E/50%25']);
}

async function invalidPaths(room: Room): Promise<void> {
  const { store } = room;
  for (const name of ['a//b', '../up', 'a/./b', 'a/..', 'nul\u0000', 'line\n', 'half\ud800']) {
    await fails('InvalidPath', room, store.put(at(room, name), 'x'));
    await fails('InvalidPath', room, store.get(at(room, name)));
    await fails('InvalidPath', room, store.copy(at(room, 'x'), at(room, name)));
    await fails('InvalidPath', room, collect(store.list(at(room, name))));
  }
  await fails('InvalidPath', room, store.put('', 'x'));
  await fails('InvalidPath', room, store.get('/'));
}

async function backslash(room: Room): Promise<void> {
  const name = 'back\\slash';
  try {
    await room.store.put(at(room, name), 'x');
  } catch (error) {
    return fails('InvalidPath', room, Promise.reject(error));
  }
  assert.deepEqual(namesOf(room, await collect(room.store.list(room.prefix))), [name], 'kept as it is, or refused');
}

export const pathChecks: readonly Check[] = [
  { name: 'special_paths', run: specialPaths },
  { name: 'backslash', run: backslash },
  { name: 'joined_paths', run: joinedPaths },
  { name: 'invalid_paths', run: invalidPaths },
];
