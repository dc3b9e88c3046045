import assert from 'node:assert/strict';
import { at, type Check, collect, fails, namesOf, patternBytes, type Room, readText, sameBytes } from '../room.ts';

async function putGetDeleteList(room: Room): Promise<void> {
  const { store, prefix } = room;
  const path = at(room, 'dir/file.txt');
  assert.deepEqual(await collect(store.list(prefix)), []);
  const result = await store.put(path, 'arbitrary data');
  const [listed, ...more] = await collect(store.list(prefix));
  assert.deepEqual(more, []);
  assert.equal(listed?.path, path);
  assert.equal(listed?.size, 14);

  const got = await store.get(path);
  assert.equal(await got.body.text(), 'arbitrary data');
  assert.deepEqual(got.range, { start: 0, end: 14 });
  assert.equal(got.meta.path, path);
  const head = await store.head(path);
  assert.equal(head.size, 14);
  assert.ok(Math.abs(head.lastModified.getTime() - Date.now()) < 3_600_000, 'lastModified is about now');
  assert.equal(head.eTag, got.meta.eTag);
  if (result.eTag !== undefined) assert.equal(result.eTag, head.eTag, 'put gives the etag that head gives');

  await store.put(path, 'other');
  assert.equal(await readText(room, 'dir/file.txt'), 'other');
  assert.notEqual((await store.head(path)).eTag, head.eTag, 'a write changes the etag');
  await store.delete(path);
  await fails('NotFound', room, store.get(path));
  assert.deepEqual(await collect(store.list(prefix)), []);
}

async function streamGet(room: Room): Promise<void> {
  const bytes = patternBytes(2_000_003);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += 99_991) yield bytes.subarray(start, start + 99_991);
  }
  await room.store.put(at(room, 'big'), chunks());
  const { body } = await room.store.get(at(room, 'big'));
  const read = await collect(body);
  assert.ok(read.length > 1, 'a large body comes in several chunks');
  sameBytes(Buffer.concat(read), bytes, 'streamed body');

  const web = (await room.store.get(at(room, 'big'))).body.stream();
  let size = 0;
  for await (const chunk of web) size += chunk.byteLength;
  assert.equal(size, bytes.length);
}

async function putCopiesBytes(room: Room): Promise<void> {
  const bytes = new Uint8Array([1, 2, 3]);
  await room.store.put(at(room, 'own'), bytes);
  bytes.fill(9);
  const first = await (await room.store.get(at(room, 'own'))).body.bytes();
  assert.deepEqual([...first], [1, 2, 3]);
  first.fill(7);
  const second = await (await room.store.get(at(room, 'own'))).body.bytes();
  assert.deepEqual([...second], [1, 2, 3]);
}

async function emptyObject(room: Room): Promise<void> {
  await room.store.put(at(room, 'empty'), new Uint8Array());
  const { meta, range, body } = await room.store.get(at(room, 'empty'));
  assert.equal(meta.size, 0);
  assert.deepEqual(range, { start: 0, end: 0 });
  assert.equal((await body.bytes()).byteLength, 0);
  assert.equal((await room.store.head(at(room, 'empty'))).size, 0);
  assert.deepEqual(namesOf(room, await collect(room.store.list(room.prefix))), ['empty']);
}

async function getNonexistentObject(room: Room): Promise<void> {
  const { store } = room;
  await fails('NotFound', room, store.get(at(room, 'missing')));
  await fails('NotFound', room, store.get(at(room, 'missing'), { head: true }));
  await fails('NotFound', room, store.head(at(room, 'missing')));
  await fails('NotFound', room, store.getRanges(at(room, 'missing'), [{ start: 0, end: 1 }]));
  await store.put(at(room, 'dir/x'), 'x');
  await fails('NotFound', room, store.get(at(room, 'dir')));
  await fails('NotFound', room, store.head(at(room, 'dir')));
}

async function deleteMissing(room: Room): Promise<void> {
  const call = room.store.delete(at(room, 'missing'));
  if (room.store.capabilities.deleteMissing === 'succeeds') await call;
  else await fails('NotFound', room, call);
}

async function deleteStream(room: Room): Promise<void> {
  const names = ['a', 'b/c', 'b/d', 'e'];
  for (const name of names) await room.store.put(at(room, name), name);
  async function* paths(): AsyncGenerator<string> {
    for (const name of ['a', 'missing', 'b/c', 'bad//path', 'e']) yield at(room, name);
  }
  const results = await collect(room.store.deleteStream(paths()));
  assert.deepEqual(
    results.map(({ path }) => path),
    ['a', 'missing', 'b/c', 'bad//path', 'e'].map((name) => at(room, name)),
    'a result for each path, in order',
  );
  const failed = results.flatMap(({ path, error }) => (error === undefined ? [] : [[path, error] as const]));
  const expected = room.store.capabilities.deleteMissing === 'succeeds' ? ['bad//path'] : ['missing', 'bad//path'];
  assert.deepEqual(
    failed.map(([path]) => path),
    expected.map((name) => at(room, name)),
  );
  for (const [, error] of failed) await fails(['NotFound', 'InvalidPath'], room, Promise.reject(error));
  assert.deepEqual(namesOf(room, await collect(room.store.list(room.prefix))), ['b/d']);
}

async function putGetAttributes(room: Room): Promise<void> {
  const attributes = {
    contentType: 'application/json',
    contentEncoding: 'identity',
    contentDisposition: 'attachment; filename="x.json"',
    contentLanguage: 'en-US',
    cacheControl: 'max-age=604800',
    metadata: { custom_key: 'value with spaces' },
  };
  const path = at(room, 'attributes');
  if (!room.store.capabilities.attributes) {
    return fails('NotSupported', room, room.store.put(path, '{}', { attributes }));
  }
  await room.store.put(path, '{}', { attributes });
  const got = await room.store.get(path);
  await got.body.cancel();
  assert.deepEqual(got.attributes, attributes);
}

async function putGetTags(room: Room): Promise<void> {
  const tags = { project: 'planscope', stage: 'test one' };
  const path = at(room, 'tags');
  if (!room.store.capabilities.tags) {
    return fails('NotSupported', room, room.store.put(path, 'x', { tags }));
  }
  await room.store.put(path, 'x', { tags });
  assert.deepEqual(await room.store.getTags?.(path), tags);
}

export const basicChecks: readonly Check[] = [
  { name: 'put_get_delete_list', run: putGetDeleteList },
  { name: 'stream_get', run: streamGet },
  { name: 'put_copies_bytes', run: putCopiesBytes },
  { name: 'empty_object', run: emptyObject },
  { name: 'get_nonexistent_object', run: getNonexistentObject },
  { name: 'delete_missing', run: deleteMissing },
  { name: 'delete_stream', run: deleteStream },
  { name: 'put_get_attributes', run: putGetAttributes },
  { name: 'put_get_tags', run: putGetTags },
];
