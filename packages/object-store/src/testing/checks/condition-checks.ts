import assert from 'node:assert/strict';
import { ObjectStoreError } from '../../contract/object-store-error.ts';
import { at, type Check, fails, type Room, readText } from '../room.ts';

const hour = 3_600_000;

async function getOpts(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'conditions');
  await store.put(path, 'test');
  const { eTag, lastModified } = await store.head(path);
  assert.ok(eTag !== undefined, 'the store gives an etag');
  const before = new Date(lastModified.getTime() - 10 * hour);
  const after = new Date(Date.now() + 10 * hour);
  const wrong = '"0123456789abcdef0123456789abcdef"';

  const allowed = [
    { ifMatch: eTag },
    { ifNoneMatch: wrong },
    { ifModifiedSince: before },
    { ifUnmodifiedSince: lastModified },
    { ifMatch: eTag, ifUnmodifiedSince: before },
    { ifNoneMatch: wrong, ifModifiedSince: lastModified },
  ];
  for (const options of allowed) assert.equal(await readText(room, 'conditions', options), 'test');
  await fails('Precondition', room, store.get(path, { ifMatch: wrong }));
  await fails('NotModified', room, store.get(path, { ifNoneMatch: eTag }));
  await fails('NotModified', room, store.get(path, { ifModifiedSince: lastModified }));
  await fails('Precondition', room, store.get(path, { ifUnmodifiedSince: before }));
  await fails('Precondition', room, store.get(path, { ifMatch: wrong, ifUnmodifiedSince: after }));
  await fails('NotModified', room, store.get(path, { ifNoneMatch: eTag, head: true }));

  const head = await store.get(path, { head: true });
  assert.equal(head.meta.size, 4);
  assert.equal((await head.body.bytes()).byteLength, 0);
}

async function putOpts(room: Room): Promise<void> {
  const { store } = room;
  const path = at(room, 'modes');
  const first = await store.put(path, 'a', { mode: 'create' });
  await fails('AlreadyExists', room, store.put(path, 'b', { mode: 'create' }));
  assert.equal(await readText(room, 'modes'), 'a');
  await store.put(path, 'c', { mode: 'overwrite' });
  assert.equal(await readText(room, 'modes'), 'c');
  if (!store.capabilities.update) {
    return fails(['NotSupported', 'NotImplemented'], room, store.put(path, 'd', { mode: { update: first } }));
  }
  await fails('Precondition', room, store.put(path, 'd', { mode: { update: first } }));
  const { eTag, version } = await store.head(path);
  const current = { ...(eTag === undefined ? {} : { eTag }), ...(version === undefined ? {} : { version }) };
  const second = await store.put(path, 'e', { mode: { update: current } });
  assert.equal(await readText(room, 'modes'), 'e');
  await fails('Precondition', room, store.put(path, 'f', { mode: { update: current } }));
  await store.put(path, 'g', { mode: { update: second } });
  assert.equal(await readText(room, 'modes'), 'g');
  await store.delete(path);
  await fails(['Precondition', 'NotFound'], room, store.put(path, 'h', { mode: { update: second } }));
}

async function createRace(room: Room): Promise<void> {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => room.store.put(at(room, 'race'), `writer ${index}`, { mode: 'create' })),
  );
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, 'exactly one writer creates');
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') await fails('AlreadyExists', room, Promise.reject(outcome.reason));
  }
  const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
  assert.equal(await readText(room, 'race'), `writer ${winner}`);
}

async function counterByCompareAndSwap(room: Room): Promise<void> {
  const { store } = room;
  if (!store.capabilities.update) return;
  const path = at(room, 'counter');
  await store.put(path, '0');
  const increment = async (): Promise<void> => {
    while (true) {
      const { meta, body } = await store.get(path);
      const next = Number(await body.text()) + 1;
      const { eTag, version } = meta;
      const current = { ...(eTag === undefined ? {} : { eTag }), ...(version === undefined ? {} : { version }) };
      try {
        await store.put(path, String(next), { mode: { update: current } });
        return;
      } catch (error) {
        if (!ObjectStoreError.isInstance(error, 'Precondition')) throw error;
      }
    }
  };
  const worker = async (): Promise<void> => {
    for (let count = 0; count < 10; count += 1) await increment();
  };
  await Promise.all([worker(), worker(), worker(), worker(), worker()]);
  assert.equal(await readText(room, 'counter'), '50');
}

export const conditionChecks: readonly Check[] = [
  { name: 'get_opts', run: getOpts },
  { name: 'put_opts', run: putOpts },
  { name: 'create_race', run: createRace },
  { name: 'counter_by_compare_and_swap', run: counterByCompareAndSwap },
];
