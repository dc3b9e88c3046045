import type { ObjectStore } from '../../src/contract/object-store.ts';
import { collect, patternBytes } from '../../src/testing/room.ts';

/** Asks a store for everything it can do, with the options that show most, and once for what is not there. */
export async function everyOperation(store: ObjectStore): Promise<void> {
  await store.put('a/x', 'one', { mode: 'create' });
  await store.put('a/y', chunks(), { mode: 'overwrite' });
  await (await store.get('a/x', { range: { start: 0, end: 2 } })).body.bytes();
  await store.getRanges('a/x', [{ start: 0, end: 1 }], { coalesceGap: 0 });
  await store.head('a/x');
  await store.getTags?.('a/x');
  await store.signedUrl?.('a/x', { method: 'GET', expiresIn: 60 });
  await store.copy('a/x', 'a/z', { mode: 'overwrite' });
  await store.rename('a/z', 'b', { mode: 'overwrite' });
  await collect(store.list('a', { pageSize: 10 }));
  await collect(store.listWithOffset('a', 'a/x', { pageSize: 10 }));
  await collect(store.listWithDelimiter(undefined, { pageSize: 10 }));
  const upload = await store.putMultipart('big', { mode: 'overwrite' });
  await upload.putPart(1, patternBytes(100));
  await upload.complete();
  const never = await store.putMultipart('never', { mode: 'overwrite' });
  await never.abort();
  await store.delete('a/x');
  await collect(store.deleteStream(['a/y', 'not//a/path']));
  await store.get('missing').catch(() => undefined);
}

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield patternBytes(100);
}
