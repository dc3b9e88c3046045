import { describe, expect, it, vi } from 'vitest';
import type { ObjectStore } from '../src/contract/object-store.ts';
import { collect, patternBytes } from '../src/testing/room.ts';
import { cloudScenes } from './servers/cloud-scenes.ts';
import type { Request } from './servers/loopback-server.ts';

const scenes = await cloudScenes();
const partBytes = 5 * 1024 * 1024;

async function* twelveMebibytes(): AsyncGenerator<Uint8Array> {
  for (let chunk = 0; chunk < 12; chunk += 1) yield patternBytes(1024 * 1024, chunk);
}

describe.each(scenes)('a $name server', ({ server, store, traced, recorder, ...scene }) => {
  /** Runs a call that the server leaves waiting at one step, and aborts it there. */
  async function abortedAt(
    step: (request: Request) => boolean,
    call: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const reason = new Error('waited long enough');
    const controller = new AbortController();
    server.fault = (request) => {
      if (!step(request)) return undefined;
      setTimeout(() => controller.abort(reason), 20);
      return 'silence';
    };
    await expect(call(controller.signal)).rejects.toBe(reason);
    await settled();
  }

  /** A request that the client has left may still be on its way, and is not to find a server that has recovered. */
  async function settled(): Promise<void> {
    await vi.waitFor(() => expect(server.active).toBe(0), { timeout: 15_000 });
    server.fault = () => undefined;
  }

  const nothingAt = async (path: string): Promise<void> => {
    await expect(store.head(path)).rejects.toMatchObject({ kind: 'NotFound' });
    expect(scene.leftovers()).toEqual([]);
  };

  it('that never answers is left when the call is aborted, by every operation', async () => {
    await store.put('x', 'abc');
    const always = (): boolean => true;
    const calls: Record<string, (store: ObjectStore, signal: AbortSignal) => Promise<unknown>> = {
      get: (target, signal) => target.get('x', { signal }),
      getRanges: (target, signal) => target.getRanges('x', [{ start: 0, end: 1 }], { signal }),
      head: (target, signal) => target.head('x', { signal }),
      put: (target, signal) => target.put('y', 'abc', { signal }),
      largePut: (target, signal) => target.put('y', patternBytes(2_000_000), { signal }),
      list: (target, signal) => collect(target.list('', { signal })),
      copy: (target, signal) => target.copy('x', 'y', { signal }),
      rename: (target, signal) => target.rename('x', 'y', { signal }),
      delete: (target, signal) => target.delete('x', { signal }),
      deleteStream: (target, signal) => collect(target.deleteStream(['x'], { signal })),
    };
    for (const call of Object.values(calls)) await abortedAt(always, (signal) => call(traced, signal));
    expect(recorder.spans().map(({ status }) => status.code)).toEqual(new Array(Object.keys(calls).length).fill(2));
    expect((await store.head('x')).size).toBe(3);
    await nothingAt('y');
  });

  it('is not asked when the signal is aborted before', async () => {
    const reason = new Error('not any more');
    const before = server.requests;
    const call = traced.put('x', twelveMebibytes(), { signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
    expect(server.requests).toBe(before);
  });

  it('is sent nothing more of a write that is left while the SDK waits to repeat it', async () => {
    const controller = new AbortController();
    const reason = new Error('not any more');
    server.fault = () => {
      setTimeout(() => controller.abort(reason), 20);
      return 'unavailable';
    };
    await expect(traced.put('y', patternBytes(100_000), { signal: controller.signal })).rejects.toBeDefined();
    // A request that was sent before the abort may still be on its way.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = server.requests;
    // Longer than any of them waits.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(server.requests).toBe(before);
    await settled();
    await nothingAt('y');
  });

  it('that stops in the middle of a body is left when the read is aborted', async () => {
    await store.put('x', patternBytes(2_000_000));
    server.fault = (request) => (scene.isBody(request) ? 'stalled-body' : undefined);
    const controller = new AbortController();
    const reason = new Error('waited long enough');
    const { body } = await traced.get('x', { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await expect(body.bytes()).rejects.toBe(reason);
    expect(recorder.spans().at(-1)?.attributes['object_store.body_complete']).toBe(false);
  });

  it('keeps nothing of an upload that is aborted at a part', async () => {
    await abortedAt(scene.isPart, (signal) => traced.put('big', twelveMebibytes(), { signal }));
    await nothingAt('big');
  });

  it('keeps nothing of an upload that is aborted at its completion', async () => {
    await abortedAt(scene.isCompletion, (signal) => traced.put('big', twelveMebibytes(), { signal }));
    await nothingAt('big');
  });

  it('keeps nothing of an upload that is aborted while a part is on its way', async () => {
    const upload = await traced.putMultipart('big');
    await upload.putPart(1, patternBytes(partBytes));
    let asked = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    server.fault = (request) => {
      if (!scene.isPart(request)) return undefined;
      asked();
      return 'silence';
    };
    const part = upload.putPart(2, patternBytes(partBytes));
    const failed = expect(part).rejects.toThrow('the upload was aborted');
    await arrived;
    await upload.abort();
    await failed;
    await settled();
    await nothingAt('big');
  });

  it('keeps nothing of an upload whose part it refuses, and takes it another time', async () => {
    let parts = 0;
    server.fault = (request) => (scene.isPart(request) && ++parts > 1 ? 'unavailable' : undefined);
    await expect(traced.put('big', twelveMebibytes())).rejects.toMatchObject({ kind: 'Generic', path: 'big' });
    await settled();
    await nothingAt('big');
    await traced.put('big', twelveMebibytes());
    expect((await traced.head('big')).size).toBe(12 * 1024 * 1024);
    expect(scene.leftovers()).toEqual([]);
  });

  it('keeps nothing of an upload that it will not complete', async () => {
    server.fault = (request) => (scene.isCompletion(request) ? scene.refusal : undefined);
    await expect(traced.put('never', twelveMebibytes())).rejects.toMatchObject({ kind: 'PermissionDenied' });
    await settled();
    await nothingAt('never');
  });

  it('that never answers is left when the time is up', async () => {
    const impatient = scene.make({ responseTimeout: 500 });
    server.fault = () => 'silence';
    const calls = [impatient.head('x'), impatient.put('x', 'abc'), collect(impatient.list())];
    for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({
        kind: 'Generic',
        store: store.name,
        message: expect.stringContaining('the server did not answer within 500 ms'),
      });
    }
  });

  it('that stops in the middle of a body is left when the time is up', async () => {
    await store.put('x', patternBytes(2_000_000));
    const impatient = scene.make({ responseTimeout: 1000 });
    server.fault = (request) => (scene.isBody(request) ? 'stalled-body' : undefined);
    const { body } = await impatient.get('x');
    await expect(body.bytes()).rejects.toMatchObject({
      kind: 'Generic',
      path: 'x',
      message: expect.stringMatching(/broke off after \d+ of 2000000 bytes, then nothing came for 1000 ms/),
    });
  });

  // The last, since what a silent server was sent stays there.
  it('that falls silent for good within an upload holds up who leaves it for a moment only', async () => {
    const controller = new AbortController();
    const reason = new Error('waited long enough');
    let silent = false;
    server.fault = (request) => {
      silent ||= scene.isPart(request);
      if (silent) setTimeout(() => controller.abort(reason), 20);
      return silent ? 'silence' : undefined;
    };
    await expect(traced.put('big', twelveMebibytes(), { signal: controller.signal })).rejects.toBe(reason);
    await settled();
  });
});
