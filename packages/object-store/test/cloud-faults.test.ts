import { describe, expect, it } from 'vitest';
import { ObjectStoreError } from '../src/contract/object-store-error.ts';
import { collect, patternBytes, sameBytes } from '../src/testing/room.ts';
import { cloudScenes } from './servers/cloud-scenes.ts';

const scenes = await cloudScenes();
const size = 2_000_000;

describe.each(scenes)('a $name server', ({ server, store, traced, recorder, ...scene }) => {
  const lastAttributes = () => recorder.spans().at(-1)?.attributes ?? {};

  /** Holds a call to failing with an error that says all that is known, on its span too. */
  async function failsAs(kind: string, path: string, call: Promise<unknown>): Promise<ObjectStoreError> {
    const error = await call.then(
      () => new Error('the call succeeded'),
      (thrown: unknown) => thrown,
    );
    if (!ObjectStoreError.isInstance(error)) throw error;
    expect({ kind: error.kind, store: error.store, path: error.path }).toEqual({ kind, store: store.name, path });
    expect(lastAttributes()['error.type']).toBe(kind);
    return error;
  }

  it('that is unavailable is asked again, and the tries are counted', async () => {
    await store.put('x', 'abc');
    const calls: Record<string, () => Promise<unknown>> = {
      head: () => traced.head('x'),
      get: async () => (await traced.get('x')).body.bytes(),
      put: () => traced.put('y', patternBytes(100_000)),
      list: () => collect(traced.list()),
      copy: () => traced.copy('x', 'z'),
      delete: () => traced.delete('x'),
    };
    for (const [name, call] of Object.entries(calls)) {
      recorder.clear();
      const before = server.requests;
      let refused = 0;
      server.fault = () => (refused++ < 1 ? 'unavailable' : undefined);
      await call();
      expect([name, lastAttributes()['object_store.attempts']]).toEqual([name, server.requests - before]);
    }
  });

  it('that stays unavailable is an error that keeps its cause', async () => {
    server.fault = () => 'unavailable';
    for (const call of [() => traced.head('x'), () => traced.put('x', 'abc'), () => traced.delete('x')]) {
      const error = await failsAs('Generic', 'x', call());
      expect(error.cause).toBeInstanceOf(Error);
    }
    await failsAs('Generic', 'dir', collect(traced.list('dir')));
  });

  it('that permits nothing says so', async () => {
    server.fault = () => scene.refusal;
    const onObject = [
      () => traced.head('x'),
      () => traced.get('x'),
      () => traced.put('x', 'abc'),
      () => traced.delete('x'),
      () => traced.copy('x', 'y'),
    ];
    for (const call of onObject) {
      const error = await failsAs('PermissionDenied', 'x', call());
      expect(error.cause).toBeInstanceOf(Error);
    }
    for (const call of [() => collect(traced.list('dir')), () => collect(traced.listWithDelimiter('dir'))]) {
      await failsAs('PermissionDenied', 'dir', call());
    }
  });

  it('that resets before it answers is asked again', async () => {
    await store.put('x', 'abc');
    let resets = 0;
    server.fault = () => (resets++ < 1 ? 'reset' : undefined);
    expect((await traced.head('x')).size).toBe(3);
    expect(lastAttributes()['object_store.attempts']).toBe(2);
    server.fault = () => 'reset';
    await failsAs('Generic', 'x', traced.head('x'));
  });

  it('that resets in the middle of a body never makes a short object', async () => {
    await store.put('x', patternBytes(size));
    server.fault = (request) => (scene.isBody(request) ? 'reset-body' : undefined);
    const { body } = await traced.get('x');
    const error = await failsAs('Generic', 'x', body.bytes());
    expect(error.message).toMatch(/the body broke off after \d+ of 2000000 bytes/);
    expect(lastAttributes()['object_store.body_complete']).toBe(false);
    expect(lastAttributes()['object_store.result.bytes']).toBeLessThan(size);
  });

  it('that is slow is read as it comes, until the reader leaves', async () => {
    await store.put('x', patternBytes(size));
    server.fault = (request) => (scene.isBody(request) ? 'slow-body' : undefined);
    sameBytes(await (await traced.get('x')).body.bytes(), patternBytes(size), 'a slow body');
    const { body } = await traced.get('x');
    for await (const _ of body) break;
    expect(lastAttributes()['object_store.body_complete']).toBe(false);
  });

  it('sends no more of a body than is taken', async () => {
    const large = 24 * 1024 * 1024;
    await store.put('large', patternBytes(large));
    const before = server.sent;
    const { body } = await traced.get('large');
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.sent - before).toBeLessThan(large / 2);
    await body.cancel();
  });

  it('keeps other reads going when one body is left', async () => {
    await store.put('x', patternBytes(size));
    const read = async (leave: boolean): Promise<void> => {
      const { body } = await traced.get('x');
      if (leave) for await (const _ of body) break;
      else expect((await body.bytes()).byteLength).toBe(size);
    };
    await Promise.all([read(false), read(true), read(false), read(true), read(false)]);
  });

  it('lists ten thousand objects page by page', async () => {
    await store.put('x', 'x');
    const count = 10_000;
    const paths = Array.from({ length: count }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    scene.fill(paths);
    const listed: string[] = [];
    for await (const { path } of traced.list('many')) listed.push(path);
    expect(listed).toEqual(paths);
    expect(lastAttributes()).toMatchObject({
      'object_store.result.object_count': count,
      'object_store.result.page_count': 10,
      'object_store.request_count': 10,
      'object_store.attempts': 10,
    });
    const deleted = await collect(traced.deleteStream(paths.slice(0, 1500)));
    expect(deleted.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(lastAttributes()['object_store.result.object_count']).toBe(1500);
    expect(await collect(store.list('many'))).toHaveLength(count - 1500);
  });
});
