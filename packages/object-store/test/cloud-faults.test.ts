import { createSpanRecorder } from '@planscope/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../src/contract/object-store.ts';
import { GsStore } from '../src/gs/index.ts';
import { instrumentStore } from '../src/instrument/instrument-store.ts';
import { S3Store } from '../src/s3/index.ts';
import { collect, patternBytes } from '../src/testing/room.ts';
import { GsServer } from './servers/gs-server.ts';
import type { LoopbackServer } from './servers/loopback-server.ts';
import { S3Server } from './servers/s3-server.ts';
import { accessKeyId, secretAccessKey } from './servers/s3-signature.ts';

const s3Server = new S3Server();
const gsServer = new GsServer();
const [s3Endpoint, gsEndpoint] = [await s3Server.listen(), await gsServer.listen()];
afterAll(() => Promise.all([s3Server.close(), gsServer.close()]));

const s3 = new S3Store({
  bucket: s3Server.bucket,
  endpoint: s3Endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey },
  partSize: 5 * 1024 * 1024,
});
const gs = new GsStore({
  bucket: gsServer.bucket,
  apiEndpoint: gsEndpoint,
  projectId: 'loopback',
  partSize: 1024 * 1024,
  clientConfig: { retryOptions: { maxRetries: 2, maxRetryDelay: 1 } },
});

const stores: readonly (readonly [string, ObjectStore, LoopbackServer & { objects: Map<string, unknown> }])[] = [
  ['s3', s3, s3Server],
  ['gs', gs, gsServer],
];

describe.each(stores)('a faulty %s server', (_, store, server) => {
  const recorder = createSpanRecorder();
  const traced = instrumentStore(store, { tracerProvider: recorder.tracerProvider });
  const size = 2_000_000;

  afterEach(() => {
    server.fault = () => undefined;
    expect(recorder.openSpans()).toBe(0);
    recorder.clear();
  });

  it('that is unavailable is asked again, and the tries are counted', async () => {
    await store.put('x', 'abc');
    let refused = 0;
    server.fault = () => (refused++ < 1 ? 'unavailable' : undefined);
    await traced.head('x');
    expect(recorder.spans()[0]?.attributes).toMatchObject({
      'object_store.attempts': 2,
      'object_store.request_count': 1,
    });
  });

  it('that stays unavailable is an error with its kind', async () => {
    server.fault = () => 'unavailable';
    await expect(traced.head('x')).rejects.toMatchObject({ kind: 'Generic', store: store.name, path: 'x' });
    expect(recorder.spans()[0]?.attributes['error.type']).toBe('Generic');
  });

  it('that resets in the middle of a body never makes a short object', async () => {
    await store.put('x', patternBytes(size));
    server.fault = ({ method, url }) => {
      const isRead = method === 'GET' && (store.name === 's3' || url.searchParams.get('alt') === 'media');
      return isRead ? 'reset-body' : undefined;
    };
    const { body } = await traced.get('x');
    await expect(body.bytes()).rejects.toThrow(/the body broke off after \d+ of 2000000 bytes/);
    const attributes = recorder.spans().at(-1)?.attributes;
    expect(attributes).toMatchObject({ 'error.type': 'Generic', 'object_store.body_complete': false });
    expect(attributes?.['object_store.result.bytes']).toBeLessThan(size);
  });

  it('that never answers is left when the call is aborted', async () => {
    await store.put('x', 'abc');
    server.fault = () => 'silence';
    const reason = new Error('waited long enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    const { signal } = controller;
    const calls = [
      traced.get('x', { signal }),
      traced.put('y', 'abc', { signal }),
      collect(traced.list('', { signal })),
      traced.copy('x', 'z', { signal }),
      collect(traced.deleteStream(['x'], { signal })),
    ];
    for (const call of calls) await expect(call).rejects.toBe(reason);
  });

  it('that is slow is read as it comes, until the reader leaves', async () => {
    await store.put('x', patternBytes(size));
    server.fault = () => 'slow-body';
    const { body } = await traced.get('x');
    for await (const _ of body) break;
    const attributes = recorder.spans().at(-1)?.attributes;
    expect(attributes?.['object_store.body_complete']).toBe(false);
    server.fault = () => undefined;
    expect((await traced.head('x')).size).toBe(size);
  });

  it('that fails during an upload in parts leaves nothing behind', async () => {
    server.objects.clear();
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let chunk = 0; chunk < 12; chunk += 1) yield patternBytes(1024 * 1024, chunk);
    }
    let writes = 0;
    server.fault = ({ body }) => (body.length > 500_000 && ++writes > 1 ? 'unavailable' : undefined);
    await expect(traced.put('big', chunks())).rejects.toMatchObject({ kind: 'Generic' });
    server.fault = () => undefined;
    expect([...server.objects.keys()]).toEqual([]);
    if (server instanceof S3Server) expect(server.uploads.size).toBe(0);
    await traced.put('big', chunks());
    expect((await traced.head('big')).size).toBe(12 * 1024 * 1024);
    expect([...server.objects.keys()]).toEqual(['big']);
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

  it('with ten thousand objects is listed page by page, and emptied', async () => {
    server.objects.clear();
    await store.put('many/00000', 'x');
    const [object] = server.objects.values();
    for (let index = 1; index < 10_000; index += 1) {
      server.objects.set(`many/${String(index).padStart(5, '0')}`, object);
    }
    let count = 0;
    for await (const _ of traced.list('many')) count += 1;
    expect(count).toBe(10_000);
    expect(recorder.spans().at(-1)?.attributes).toMatchObject({
      'object_store.result.object_count': 10_000,
      'object_store.result.page_count': 10,
      'object_store.request_count': 10,
      'object_store.attempts': 10,
    });
  });
});

describe('s3', () => {
  it('carries the names of the AWS convention', async () => {
    const recorder = createSpanRecorder();
    const traced = instrumentStore(s3, { tracerProvider: recorder.tracerProvider });
    await traced.put('a b', 'x');
    await traced.copy('a b', 'c');
    const upload = await traced.putMultipart('d');
    await upload.putPart(1, 'part');
    await upload.complete();
    const aws = recorder
      .spans()
      .map(({ name, attributes }) => [
        name,
        Object.fromEntries(Object.entries(attributes).filter(([key]) => key.startsWith('aws.'))),
      ]);
    const id = upload.id;
    expect(aws).toEqual([
      ['s3.put', { 'aws.s3.bucket': 'loopback', 'aws.s3.key': 'a b' }],
      ['s3.copy', { 'aws.s3.bucket': 'loopback', 'aws.s3.key': 'c', 'aws.s3.copy_source': 'loopback/a%20b' }],
      ['s3.put_multipart', { 'aws.s3.bucket': 'loopback', 'aws.s3.key': 'd', 'aws.s3.upload_id': id }],
      [
        's3.put_part',
        { 'aws.s3.bucket': 'loopback', 'aws.s3.key': 'd', 'aws.s3.upload_id': id, 'aws.s3.part_number': 1 },
      ],
      ['s3.complete', { 'aws.s3.bucket': 'loopback', 'aws.s3.key': 'd', 'aws.s3.upload_id': id }],
    ]);
  });

  it('signs URLs that the server takes', async () => {
    const recorder = createSpanRecorder();
    const traced = instrumentStore(s3, { tracerProvider: recorder.tracerProvider });
    await s3.put('signed é.txt', 'for all who hold the URL');
    const url = await traced.signedUrl?.('signed é.txt', { method: 'GET', expiresIn: 60 });
    expect(await (await fetch(url ?? '')).text()).toBe('for all who hold the URL');
    expect(
      (await fetch((url ?? '').replace(/Signature=(.)/, (_, digit) => `Signature=${digit === '0' ? 1 : 0}`))).status,
    ).toBe(403);
    expect(JSON.stringify(recorder.spans()[0]?.attributes)).not.toContain('Signature');
  });

  it('tells wrong credentials from missing permission', async () => {
    const at = (credentials: { accessKeyId: string; secretAccessKey: string }): S3Store =>
      new S3Store({ bucket: s3Server.bucket, endpoint: s3Endpoint, region: 'us-east-1', credentials });
    await expect(at({ accessKeyId: 'unknown', secretAccessKey }).get('x')).rejects.toMatchObject({
      kind: 'Unauthenticated',
    });
    await expect(at({ accessKeyId, secretAccessKey: 'wrong' }).get('x')).rejects.toMatchObject({
      kind: 'Unauthenticated',
    });
  });

  it('deletes thousands in batches, each path with its own result', async () => {
    await s3.put('x', 'x');
    async function* paths(): AsyncGenerator<string> {
      for (let index = 0; index < 2500; index += 1) yield index === 1200 ? 'bad//path' : `many/${index}`;
    }
    const before = s3Server.requests;
    const results = await collect(s3.deleteStream(paths()));
    expect(results).toHaveLength(2500);
    expect(results.filter(({ error }) => error !== undefined).map(({ path }) => path)).toEqual(['bad//path']);
    expect(s3Server.requests - before).toBe(3);
  });
});
