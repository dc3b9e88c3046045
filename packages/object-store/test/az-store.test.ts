import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { AzStore } from '../src/az/index.ts';
import { instrumentStore } from '../src/instrument/instrument-store.ts';
import { objectStoreConformance } from '../src/testing/index.ts';
import { account, accountKey, startAzurite } from './servers/azurite.ts';

const azurite = await startAzurite();
afterAll(() => azurite.stop());

const { endpoint } = azurite;
const container = 'loopback';
await new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, accountKey)).createContainer(container);
const store = new AzStore({ container, endpoint, account, accountKey });

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
      assertTraceInvariants(recorder.spans(), { secrets: [accountKey] });
    });
  }
});
