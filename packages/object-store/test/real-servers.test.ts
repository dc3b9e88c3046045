import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe } from 'vitest';
import type { ObjectStore } from '../src/contract/object-store.ts';
import { GsStore } from '../src/gs/index.ts';
import { S3Store } from '../src/s3/index.ts';
import { testConformance } from './servers/conformance.ts';
import { freePort, ServerProcess } from './servers/server-process.ts';

/** Servers of others, by the path of their program; those that are not here are left out by name. */
const programs = {
  minio: process.env.PLANSCOPE_TEST_MINIO,
  fakeGcsServer: process.env.PLANSCOPE_TEST_FAKE_GCS_SERVER,
};

const bucket = 'conformance';

for (const [name, program] of Object.entries(programs)) {
  if (program === undefined) console.log(`left out: the conformance suite against ${name}, whose program is not named`);
}

describe.skipIf(programs.minio === undefined)('MinIO (set PLANSCOPE_TEST_MINIO to its program)', () => {
  const credentials = { accessKeyId: 'conformance', secretAccessKey: 'conformance-key' };
  let folder: string;
  let server: ServerProcess;
  let store: ObjectStore;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planscope-minio-'));
    const port = await freePort();
    server = await ServerProcess.start(
      programs.minio ?? '',
      ['server', folder, '--address', `127.0.0.1:${port}`, '--quiet'],
      port,
      {
        MINIO_ROOT_USER: credentials.accessKeyId,
        MINIO_ROOT_PASSWORD: credentials.secretAccessKey,
        MINIO_BROWSER: 'off',
      },
    );
    const settings = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials };
    await new S3({ ...settings, forcePathStyle: true }).createBucket({ Bucket: bucket });
    store = new S3Store({ ...settings, bucket });
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  testConformance('MinIO', () => store, [credentials.secretAccessKey]);
});

describe.skipIf(programs.fakeGcsServer === undefined)(
  'fake-gcs-server (set PLANSCOPE_TEST_FAKE_GCS_SERVER to its program)',
  () => {
    let server: ServerProcess;
    let store: ObjectStore;

    beforeAll(async () => {
      const port = await freePort();
      const settings = ['-backend', 'memory', '-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)];
      server = await ServerProcess.start(programs.fakeGcsServer ?? '', settings, port);
      const apiEndpoint = `http://127.0.0.1:${port}`;
      await new Storage({ apiEndpoint, projectId: 'conformance' }).createBucket(bucket);
      store = new GsStore({ bucket, apiEndpoint, projectId: 'conformance' });
    });
    afterAll(() => server.stop());

    testConformance('fake-gcs-server', () => store);
  },
);
