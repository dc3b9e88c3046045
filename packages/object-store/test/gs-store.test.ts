import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { GsStore } from '../src/gs/index.ts';
import { instrumentStore } from '../src/instrument/instrument-store.ts';
import { objectStoreConformance } from '../src/testing/index.ts';
import { GsServer } from './servers/gs-server.ts';

const server = new GsServer();
const apiEndpoint = await server.listen();
afterAll(() => server.close());

const store = new GsStore({ bucket: server.bucket, apiEndpoint, projectId: 'loopback' });

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
      assertTraceInvariants(recorder.spans());
    });
  }
});
