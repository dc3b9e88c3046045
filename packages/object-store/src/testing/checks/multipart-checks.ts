import assert from 'node:assert/strict';
import type { MultipartUpload } from '../../contract/object-store.ts';
import { at, type Check, collect, fails, namesOf, patternBytes, type Room, readText, sameBytes } from '../room.ts';

/** Two parts of the smallest size the store takes, and a short last one. */
function partsFor(upload: MultipartUpload, seed = 0): [Uint8Array, Uint8Array, Uint8Array] {
  const size = Math.max(upload.minimumPartSize, 70_000);
  return [patternBytes(size, seed), patternBytes(size + 1, seed + 1), patternBytes(11, seed + 2)];
}

async function multipart(room: Room): Promise<void> {
  const { store } = room;
  const upload = await store.putMultipart(at(room, 'dir/uploaded'));
  const parts = partsFor(upload);
  for (const [index, part] of parts.entries()) await upload.putPart(index + 1, part);
  assert.deepEqual(await collect(store.list(room.prefix)), [], 'nothing is visible before it is complete');
  await fails('NotFound', room, store.head(at(room, 'dir/uploaded')));
  await upload.complete();
  const { body, meta } = await store.get(at(room, 'dir/uploaded'));
  sameBytes(await body.bytes(), Buffer.concat(parts), 'uploaded');
  assert.equal(meta.size, Buffer.concat(parts).length);
  assert.deepEqual(namesOf(room, await collect(store.list(room.prefix))), ['dir/uploaded']);

  const single = await store.putMultipart(at(room, 'single'));
  await single.putPart(1, 'only part');
  await single.complete();
  assert.equal(await readText(room, 'single'), 'only part');
}

async function multipartPutPartOutOfOrder(room: Room): Promise<void> {
  const upload = await room.store.putMultipart(at(room, 'shuffled'));
  const parts = partsFor(upload);
  await upload.putPart(3, parts[2]);
  await upload.putPart(2, patternBytes(parts[1].length, 99));
  await Promise.all([upload.putPart(2, parts[1]), upload.putPart(1, parts[0])]);
  await upload.complete();
  const { body } = await room.store.get(at(room, 'shuffled'));
  sameBytes(await body.bytes(), Buffer.concat(parts), 'parts in order of number');
}

async function multipartWithOpts(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'options');
  const upload = await store.putMultipart(path, { mode: 'create' });
  await upload.putPart(1, 'first');
  await store.put(path, 'in between');
  await fails('AlreadyExists', room, upload.complete());
  await upload.abort();
  assert.equal(await readText(room, 'options'), 'in between');
  if (!store.capabilities.attributes) {
    return fails('NotSupported', room, store.putMultipart(path, { attributes: { contentType: 'text/plain' } }));
  }
  const attributes = { contentType: 'text/plain', metadata: { key: 'value' } };
  const second = await store.putMultipart(path, { attributes });
  await second.putPart(1, 'with attributes');
  await second.complete();
  const got = await store.get(path);
  await got.body.cancel();
  assert.equal(got.attributes.contentType, 'text/plain');
  assert.deepEqual(got.attributes.metadata, { key: 'value' });
}

async function multipartRaceCondition(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'race');
  const [first, second] = [await store.putMultipart(path), await store.putMultipart(path)];
  const [one, two] = [partsFor(first, 1), partsFor(second, 2)];
  for (const index of [0, 1, 2] as const) {
    await first.putPart(index + 1, one[index]);
    await second.putPart(index + 1, two[index]);
  }
  await first.complete();
  if (store.capabilities.concurrentUploads === 'one-may-fail') {
    await second.complete().catch(() => second.abort());
    const size = (await store.head(path)).size;
    assert.ok(size === Buffer.concat(one).length || size === Buffer.concat(two).length);
    return;
  }
  await second.complete();
  sameBytes(await (await store.get(path)).body.bytes(), Buffer.concat(two), 'the last to complete stays');
}

async function multipartAbort(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'aborted');
  const upload = await store.putMultipart(path);
  await upload.putPart(1, patternBytes(1000));
  await upload.abort();
  await upload.abort();
  await fails('NotFound', room, store.head(path));
  assert.deepEqual(await collect(store.list(room.prefix)), []);
  await fails(['Generic', 'NotFound'], room, upload.putPart(2, 'late'));
  await fails(['Generic', 'NotFound'], room, upload.complete());
}

async function multipartMisuse(room: Room): Promise<void> {
  const upload = await room.store.putMultipart(at(room, 'misused'));
  await fails('Generic', room, upload.complete());
  for (const number of [0, -1, 1.5, 10_001]) await fails('Generic', room, upload.putPart(number, 'x'));
  await upload.putPart(2, 'second');
  await fails('Generic', room, upload.complete());
  await upload.abort();
}

export const multipartChecks: readonly Check[] = [
  { name: 'multipart', run: multipart },
  { name: 'multipart_put_part_out_of_order', run: multipartPutPartOutOfOrder },
  { name: 'multipart_with_opts', run: multipartWithOpts },
  { name: 'multipart_race_condition', run: multipartRaceCondition },
  { name: 'multipart_abort', run: multipartAbort },
  { name: 'multipart_misuse', run: multipartMisuse },
];
