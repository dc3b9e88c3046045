import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findObjects, type LocalObjects, ObjectCache, type RemoteObject } from '../../src/index.ts';
import { S3Store } from '../../src/s3/index.ts';
import { patternBytes } from '../../src/testing/room.ts';
import { cloudScenes } from '../servers/cloud-scenes.ts';

const KIB = 1024;
const SIZE = 400_000;
const scenes = await cloudScenes();

let folder: string;
let opened: LocalObjects[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-cloud-cache-'));
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((files) => files.close()));
  if (opened.length > 0) expect(await readdir(join(folder, 'runs'))).toEqual([]);
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

function open(): LocalObjects {
  const files = new ObjectCache({ folder, partSize: 64 * KIB }).open();
  opened.push(files);
  return files;
}

describe.each(scenes.map((scene) => [scene.name, scene] as const))('objects of %s', (_, scene) => {
  const { server, traced, recorder, isBody } = scene;
  const kept = (): Promise<string[]> => readdir(join(folder, 'objects'));

  async function write(seed: number): Promise<RemoteObject> {
    await scene.store.put('data/x y.bin', patternBytes(SIZE, seed));
    return { store: traced, meta: await traced.head('data/x y.bin') };
  }

  it('come in parts, and are found again however they were described', async () => {
    const object = await write(1);
    const file = await open().fetch(object);
    expect(Buffer.compare(await readFile(file.path), patternBytes(SIZE, 1))).toBe(0);
    const gets = recorder.spans().filter(({ name }) => name === `${scene.name}.get`);
    expect(gets).toHaveLength(Math.ceil(SIZE / (64 * KIB)));
    expect(gets.reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes']), 0)).toBe(SIZE);
    for await (const meta of findObjects({ store: traced, path: '', pattern: 'data/*.bin' })) {
      expect(await open().fetch({ store: traced, meta })).toMatchObject({ bytesFetched: 0, bytesCached: SIZE });
    }
    // Another store of the same bucket, as another engine has one.
    const { meta } = object;
    expect(await open().fetch({ store: scene.make(), meta })).toMatchObject({ bytesFetched: 0 });
    expect(await kept()).toHaveLength(1);
  });

  it('may be empty', async () => {
    await scene.store.put('empty', '');
    const file = await open().fetch({ store: traced, meta: await traced.head('empty') });
    expect((await readFile(file.path)).byteLength).toBe(0);
  });

  it('that are overwritten between two ranges are an error that says so', async () => {
    const object = await write(2);
    const gets = traced.get.bind(traced);
    let count = 0;
    const store = Object.assign(Object.create(traced), {
      get: async (...call: Parameters<typeof gets>) => {
        if (++count === 3) await scene.store.put('data/x y.bin', patternBytes(SIZE, 3));
        return gets(...call);
      },
      identity: () => traced.identity?.(),
    });
    await expect(open().fetch({ store, meta: object.meta })).rejects.toMatchObject({
      kind: 'Precondition',
      message: expect.stringContaining('was overwritten after this run had looked at it'),
    });
    expect(await kept()).toEqual([]);
  });

  it.each([
    ['unavailable', /./],
    ['reset-body', /broke off after \d+ of/],
  ] as const)('whose server answers one request with %s for good fail, and leave nothing', async (fault, message) => {
    const object = await write(4);
    let bodies = 0;
    server.fault = (request) => (isBody(request) && ++bodies > 2 ? fault : undefined);
    const files = open();
    await expect(files.fetch(object)).rejects.toMatchObject({
      kind: 'Generic',
      message: expect.stringMatching(message),
    });
    expect(recorder.openSpans()).toBe(0);
    expect(await kept()).toEqual([]);
    server.fault = () => undefined;
    expect((await files.fetch(object)).bytesFetched).toBe(SIZE);
  });

  it.each(['silence', 'slow-body'] as const)('are left at once by a run that is stopped: %s', async (fault) => {
    const object = await write(5);
    const controller = new AbortController();
    const reason = new Error('enough');
    server.fault = (request) => {
      if (!isBody(request)) return undefined;
      setTimeout(() => controller.abort(reason), 30);
      return fault;
    };
    await expect(open().fetch(object, { signal: controller.signal })).rejects.toBe(reason);
    expect(recorder.openSpans()).toBe(0);
    expect(await kept()).toEqual([]);
  });
});

describe('the identity of a store', () => {
  const bucket = { bucket: 'data', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const identity = (options: object): Promise<string> => new S3Store({ ...bucket, ...options }).identity();

  it('tells buckets, regions and endpoints apart, given or from the environment', async () => {
    const all = [
      await identity({ region: 'eu-central-1' }),
      await identity({ region: 'us-east-1' }),
      await identity({ region: 'us-east-1', bucket: 'other' }),
      await identity({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9000' }),
      await identity({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9001' }),
    ];
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:9002');
    all.push(await identity({ region: 'us-east-1' }));
    expect(new Set(all).size).toBe(all.length);
  });
});
