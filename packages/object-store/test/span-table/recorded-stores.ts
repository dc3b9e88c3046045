import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { AzStore } from '../../src/az/index.ts';
import type { ObjectStore } from '../../src/contract/object-store.ts';
import { FileStore } from '../../src/file/file-store.ts';
import { GsStore } from '../../src/gs/index.ts';
import { instrumentStore } from '../../src/instrument/instrument-store.ts';
import { MemoryStore } from '../../src/memory/memory-store.ts';
import { S3Store } from '../../src/s3/index.ts';
import { account, accountKey, startAzurite } from '../servers/azurite.ts';
import { GsServer } from '../servers/gs-server.ts';
import { S3Server } from '../servers/s3-server.ts';
import { accessKeyId, secretAccessKey } from '../servers/s3-signature.ts';
import { everyOperation } from './every-operation.ts';

/** The spans of every operation on each of the five stores, by the name of the store. */
export async function recordedStores(): Promise<ReadonlyMap<string, ReturnType<SpanRecorder['spans']>>> {
  const root = await mkdtemp(join(tmpdir(), 'planscope-span-table-'));
  const s3Server = new S3Server();
  const gsServer = new GsServer();
  const azurite = await startAzurite();
  try {
    const stores = [
      new FileStore({ root }),
      new MemoryStore(),
      s3Store(s3Server, await s3Server.listen()),
      gsStore(gsServer, await gsServer.listen()),
      await azStore(azurite.endpoint),
    ];
    const spans = new Map<string, ReturnType<SpanRecorder['spans']>>();
    for (const store of stores) spans.set(store.name, await recorded(store));
    return spans;
  } finally {
    await Promise.all([s3Server.close(), gsServer.close(), azurite.stop()]);
    await rm(root, { recursive: true });
  }
}

async function recorded(store: ObjectStore): Promise<ReturnType<SpanRecorder['spans']>> {
  const recorder = createSpanRecorder();
  await everyOperation(instrumentStore(store, { tracerProvider: recorder.tracerProvider }));
  return recorder.spans();
}

function s3Store({ bucket }: S3Server, endpoint: string): ObjectStore {
  return new S3Store({ bucket, endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } });
}

function gsStore({ bucket }: GsServer, apiEndpoint: string): ObjectStore {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const credentials = { client_email: 'tests@loopback', private_key: pem };
  return new GsStore({ bucket, apiEndpoint, projectId: 'loopback', credentials });
}

async function azStore(endpoint: string): Promise<ObjectStore> {
  const container = 'loopback';
  await new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, accountKey)).createContainer(container);
  return new AzStore({ container, endpoint, account, accountKey });
}
