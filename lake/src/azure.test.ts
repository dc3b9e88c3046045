import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry } from '@planscope/object-store';
import { azStores } from '@planscope/object-store/az';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants } from '@planscope/testing';
import { expect, it } from 'vitest';
import { account, accountKey, startAzurite } from '../../packages/object-store/test/servers/azurite.ts';
import { serverAt } from './answers.ts';
import { CountingServer } from './counting-server.ts';
import { openEngine, recorder } from './traced-engine.ts';
import { extensions, storageSpans, TracedInstance } from './traced-instance.ts';

it.skipIf(extensions === undefined)('requests to Azurite are those that it saw', async () => {
  const azurite = await startAzurite();
  const server = await CountingServer.start(serverAt(Number(new URL(azurite.endpoint).port)));
  const traced = await TracedInstance.open('azure');
  try {
    const credential = new StorageSharedKeyCredential(account, accountKey);
    const container = new BlobServiceClient(azurite.endpoint, credential).getContainerClient('lake');
    await container.create();
    await container.getBlockBlobClient('numbers.parquet').uploadData(await parquet());

    const endpoint = `http://127.0.0.1:${server.port}/${account}`;
    const secret = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint};`;
    const bare = await traced.instance.connect();
    await bare.run(`CREATE SECRET (TYPE azure, CONNECTION_STRING '${secret}')`);
    bare.closeSync();
    const connection = await traced.connect();
    const reader = await connection.runAndReadAll("SELECT sum(i) FROM 'az://lake/*.parquet'");
    expect(reader.getRowsJson()).toEqual([['1249975000']]);

    const query = traced.queries().at(-1);
    const spans = query === undefined ? [] : storageSpans(query);
    const shown = spans.map(({ name, attributes }) => [name, attributes['object_store.location']].join(' '));
    expect(spans.length).toBe(server.seen.length);
    expect(new Set(shown)).toEqual(
      new Set(['az.list az://lake/', 'az.head az://lake/numbers.parquet', 'az.get_range az://lake/numbers.parquet']),
    );
    const bytes = spans
      .filter(({ name }) => name === 'az.get_range')
      .reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes']), 0);
    const sent = server.seen.filter(({ status }) => status === 206).reduce((sum, request) => sum + request.sent, 0);
    expect(bytes).toBe(sent);
    assertTraceInvariants(traced.recorder.spans(), {
      schemas: [sharedSchema, duckdbSchema],
      secrets: [accountKey, 'AccountKey'],
    });
  } finally {
    traced.close();
    await server.stop();
    await azurite.stop();
  }
});

it.skipIf(extensions === undefined)(
  'inputs of the engine in Azurite are read by DuckDB with the key of the store',
  async () => {
    const azurite = await startAzurite();
    const credential = new StorageSharedKeyCredential(account, accountKey);
    const container = new BlobServiceClient(azurite.endpoint, credential).getContainerClient('lake');
    await container.create();
    await container.getBlockBlobClient('numbers.parquet').uploadData(await parquet());
    const factories = { az: azStores({ account, accountKey, endpoint: azurite.endpoint }) };
    const engine = await openEngine(['azure'], {
      stores: createStoreRegistry({ factories }),
      duckdb: { settings: {} },
    });
    try {
      const { outputs } = await engine.run({
        version: 1,
        inputs: [{ name: 'numbers', location: 'az://lake/numbers.parquet', access: 'direct' }],
        views: [{ name: 'total', sql: 'SELECT sum(i)::BIGINT AS total FROM numbers' }],
        outputs: [{ name: 'total', from: 'total' }],
      });
      expect(outputs[0]?.batches?.[0]?.get(0)?.toJSON()).toEqual({ total: 1249975000n });
      const spans = recorder.spans();
      expect(spans.filter(({ name }) => name === 'DirectExec').length).toBe(1);
      expect(spans.filter(({ name }) => name === 'az.get_range').length).toBeGreaterThan(0);
      expect(JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]))).not.toContain(accountKey);
    } finally {
      await engine.close();
      await azurite.stop();
    }
  },
);

async function parquet(): Promise<Buffer> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const folder = mkdtempSync(join(tmpdir(), 'planscope-azure-'));
  const path = join(folder, 'numbers.parquet');
  await connection.run(`COPY (SELECT range AS i FROM range(50000)) TO '${path}'`);
  const content = readFileSync(path);
  rmSync(folder, { recursive: true });
  connection.closeSync();
  instance.closeSync();
  return content;
}
