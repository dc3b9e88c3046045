import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { instrumentStore } from '../src/instrument/instrument-store.ts';
import { S3Store } from '../src/s3/index.ts';
import { objectStoreConformance } from '../src/testing/index.ts';
import { S3Server } from './servers/s3-server.ts';
import { accessKeyId, secretAccessKey } from './servers/s3-signature.ts';

const server = new S3Server();
const endpoint = await server.listen();
afterAll(() => server.close());

const credentials = { accessKeyId, secretAccessKey };
const store = new S3Store({ bucket: server.bucket, endpoint, region: 'us-east-1', credentials });

describe('conformance', () => {
  for (const { name, run } of objectStoreConformance(() => store)) test(name, run);
});

describe('conformance, traced', () => {
  const recorder = createSpanRecorder();
  const traced = instrumentStore(store, { tracerProvider: recorder.tracerProvider });
  for (const { name, run } of objectStoreConformance(() => traced)) {
    test(`${name}, every span ended and sound`, async () => {
      recorder.clear();
      await run();
      expect(recorder.openSpans()).toBe(0);
      assertTraceInvariants(recorder.spans(), { secrets: [secretAccessKey] });
    });
  }
});
