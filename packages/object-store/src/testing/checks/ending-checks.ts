import assert from 'node:assert/strict';
import { at, type Check, collect, fails, patternBytes, type Room, readText } from '../room.ts';

async function throwsReason(reason: Error, call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => assert.fail('expected the reason of the signal, but the call succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error !== reason) throw error;
}

async function abortedSignal(room: Room): Promise<void> {
  const { store } = room;
  const reason = new Error('stopped by the caller');
  const signal = AbortSignal.abort(reason);
  const path = at(room, 'x');
  await store.put(path, 'x');
  await throwsReason(reason, store.get(path, { signal }));
  await throwsReason(reason, store.getRanges(path, [{ start: 0, end: 1 }], { signal }));
  await throwsReason(reason, store.head(path, { signal }));
  await throwsReason(reason, store.put(path, 'y', { signal }));
  await throwsReason(reason, store.putMultipart(path, { signal }));
  await throwsReason(reason, store.copy(path, at(room, 'y'), { signal }));
  await throwsReason(reason, store.rename(path, at(room, 'y'), { signal }));
  await throwsReason(reason, store.delete(path, { signal }));
  await throwsReason(reason, collect(store.list(room.prefix, { signal })));
  await throwsReason(reason, collect(store.listWithDelimiter(room.prefix, { signal })));
  await throwsReason(reason, collect(store.deleteStream([path], { signal })));
  assert.equal(await readText(room, 'x'), 'x', 'nothing was done');
}

async function abortDuringPut(room: Room): Promise<void> {
  const { store } = room;
  const reason = new Error('stopped half way');
  const controller = new AbortController();
  async function* hanging(): AsyncGenerator<Uint8Array> {
    yield patternBytes(1000);
    setImmediate(() => controller.abort(reason));
    await new Promise(() => undefined);
  }
  await throwsReason(reason, store.put(at(room, 'hung'), hanging(), { signal: controller.signal }));
  await fails('NotFound', room, store.head(at(room, 'hung')));
  assert.deepEqual(await collect(store.list(room.prefix)), []);
}

async function abortDuringBody(room: Room): Promise<void> {
  const { store } = room;
  await store.put(at(room, 'long'), patternBytes(3_000_000));
  const reason = new Error('stopped while reading');
  const controller = new AbortController();
  const { body } = await store.get(at(room, 'long'), { signal: controller.signal });
  const reading = (async () => {
    for await (const _ of body) controller.abort(reason);
  })();
  await throwsReason(reason, reading);
}

async function cancelledBody(room: Room): Promise<void> {
  const { store } = room;
  await store.put(at(room, 'long'), patternBytes(3_000_000));
  const unread = await store.get(at(room, 'long'));
  await unread.body.cancel();
  await unread.body.cancel();
  const part = await store.get(at(room, 'long'));
  for await (const _ of part.body) break;
  await part.body.cancel();
  await assert.rejects(part.body.bytes(), 'a body is read once');
  assert.equal((await store.head(at(room, 'long'))).size, 3_000_000);
}

async function failedPutLeavesNothing(room: Room): Promise<void> {
  const { store } = room;
  await store.put(at(room, 'kept'), 'kept');
  const reason = new Error('the source broke');
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield patternBytes(1000);
    throw reason;
  }
  await throwsReason(reason, store.put(at(room, 'kept'), broken()));
  await throwsReason(reason, store.put(at(room, 'never'), broken()));
  assert.equal(await readText(room, 'kept'), 'kept');
  await fails('NotFound', room, store.head(at(room, 'never')));
  const upload = await store.putMultipart(at(room, 'never'));
  await throwsReason(reason, upload.putPart(1, broken()));
  await upload.abort();
  assert.equal((await collect(store.list(room.prefix))).length, 1);
}

async function writesAreAtomic(room: Room): Promise<void> {
  const { store } = room;
  const versions = [patternBytes(400_000, 1), patternBytes(400_001, 2)] as const;
  await store.put(at(room, 'swapped'), versions[0]);
  let writing = true;
  const writer = (async () => {
    for (let round = 0; round < 10; round += 1) await store.put(at(room, 'swapped'), versions[round % 2 === 0 ? 1 : 0]);
    writing = false;
  })();
  while (writing) {
    const { body } = await store.get(at(room, 'swapped'));
    const bytes = await body.bytes();
    const whole = versions.some((version) => Buffer.compare(version, bytes) === 0);
    assert.ok(whole, 'a reader sees the old object or the whole new one');
  }
  await writer;
}

export const endingChecks: readonly Check[] = [
  { name: 'aborted_signal', run: abortedSignal },
  { name: 'abort_during_put', run: abortDuringPut },
  { name: 'abort_during_body', run: abortDuringBody },
  { name: 'cancelled_body', run: cancelledBody },
  { name: 'failed_put_leaves_nothing', run: failedPutLeavesNothing },
  { name: 'writes_are_atomic', run: writesAreAtomic },
];
