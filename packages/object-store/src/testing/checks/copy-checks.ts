import assert from 'node:assert/strict';
import { at, type Check, fails, patternBytes, type Room, readText, sameBytes } from '../room.ts';

async function renameAndCopy(room: Room): Promise<void> {
  const { store } = room;
  const bytes = patternBytes(300_000);
  await store.put(at(room, 'from'), bytes);
  await store.copy(at(room, 'from'), at(room, 'new/copied'));
  for (const name of ['from', 'new/copied']) {
    sameBytes(await (await store.get(at(room, name))).body.bytes(), bytes, name);
  }
  await store.put(at(room, 'old'), 'old');
  await store.copy(at(room, 'from'), at(room, 'old'));
  assert.equal((await store.head(at(room, 'old'))).size, bytes.length, 'a copy replaces what is there');
  await store.rename(at(room, 'from'), at(room, 'other/renamed'));
  await fails('NotFound', room, store.head(at(room, 'from')));
  sameBytes(await (await store.get(at(room, 'other/renamed'))).body.bytes(), bytes, 'renamed');
  await store.rename(at(room, 'other/renamed'), at(room, 'new/copied'));
  sameBytes(await (await store.get(at(room, 'new/copied'))).body.bytes(), bytes, 'renamed over an object');
  await store.rename(at(room, 'old'), at(room, 'old'));
  assert.equal((await store.head(at(room, 'old'))).size, bytes.length, 'a rename to itself keeps the object');
}

async function copyIfNotExists(room: Room): Promise<void> {
  const { store } = room;
  await store.put(at(room, 'one'), 'one');
  await store.put(at(room, 'two'), 'two');
  const create = { mode: 'create' } as const;
  await fails('AlreadyExists', room, store.copy(at(room, 'one'), at(room, 'two'), create));
  await fails('AlreadyExists', room, store.rename(at(room, 'one'), at(room, 'two'), create));
  assert.equal(await readText(room, 'two'), 'two');
  assert.equal(await readText(room, 'one'), 'one');
  await store.copy(at(room, 'one'), at(room, 'three'), create);
  await store.rename(at(room, 'one'), at(room, 'four'), create);
  assert.equal(await readText(room, 'three'), 'one');
  assert.equal(await readText(room, 'four'), 'one');
  await fails('NotFound', room, store.head(at(room, 'one')));
}

async function copyRenameNonexistentObject(room: Room): Promise<void> {
  const { store } = room;
  const [from, to] = [at(room, 'missing'), at(room, 'target')];
  for (const mode of ['overwrite', 'create'] as const) {
    await fails('NotFound', room, store.copy(from, to, { mode }));
    await fails('NotFound', room, store.rename(from, to, { mode }));
  }
  await fails('NotFound', room, store.head(to));
}

export const copyChecks: readonly Check[] = [
  { name: 'rename_and_copy', run: renameAndCopy },
  { name: 'copy_if_not_exists', run: copyIfNotExists },
  { name: 'copy_rename_nonexistent_object', run: copyRenameNonexistentObject },
];
