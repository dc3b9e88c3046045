import { createSpanRecorder } from '@planscope/testing';
import { afterAll, expect, it } from 'vitest';
import { instrumentStore } from '../src/instrument/instrument-store.ts';
import { S3Store } from '../src/s3/index.ts';
import { collect } from '../src/testing/room.ts';
import { S3Server } from './servers/s3-server.ts';
import { accessKeyId, secretAccessKey } from './servers/s3-signature.ts';

const s3Server = new S3Server();
const endpoint = await s3Server.listen();
afterAll(() => s3Server.close());

const credentials = { accessKeyId, secretAccessKey };
const s3 = new S3Store({ bucket: s3Server.bucket, endpoint, region: 'us-east-1', credentials });

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
    new S3Store({ bucket: s3Server.bucket, endpoint: endpoint, region: 'us-east-1', credentials });
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
