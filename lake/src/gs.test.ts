import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry } from '@planscope/object-store';
import { gsStores } from '@planscope/object-store/gs';
import { s3Stores } from '@planscope/object-store/s3';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants } from '@planscope/testing';
import { expect, it } from 'vitest';
import { GsServer } from '../../packages/object-store/test/servers/gs-server.ts';
import { serverAt } from './answers.ts';
import { CountingServer } from './counting-server.ts';
import { Minio, minioProgram } from './minio.ts';
import { openEngine, recorder } from './traced-engine.ts';
import { extensions } from './traced-instance.ts';

class LakeOfGoogle extends GsServer {
  override readonly bucket = 'lake';
}

const isComplete = extensions !== undefined && minioProgram !== undefined;

// The JSON API, which lists the bucket, is on one server; the XML API, which takes HMAC keys, is stood in for by MinIO.
it.skipIf(!isComplete)('inputs in Google Cloud Storage are read by DuckDB with an HMAC key', async () => {
  const minio = await Minio.start();
  const server = await CountingServer.start(serverAt(minio.port));
  const json = new LakeOfGoogle();
  const apiEndpoint = await json.listen();
  const endpoint = `http://127.0.0.1:${server.port}`;
  const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
  const hmacKey = { accessId: Minio.keyId, secret: Minio.secret, endpoint };
  const s3 = s3Stores({ endpoint: `http://127.0.0.1:${minio.port}`, region: 'us-east-1', credentials });
  const stores = (more: object) =>
    createStoreRegistry({ factories: { s3, gs: gsStores({ apiEndpoint, projectId: 'tests', ...more }) } });
  const bytes = await parquet();
  const bucket = createStoreRegistry({ factories: { s3 } });
  await bucket.resolve('s3://lake/').store.put('numbers.parquet', bytes);
  const withKey = stores({ hmacKey });
  await withKey.resolve('gs://lake/').store.put('numbers.parquet', bytes);

  const input = { name: 't', location: 'gs://lake/*.parquet' } as const;
  const spec = {
    version: 1,
    views: [{ name: 'v', sql: 'SELECT sum(i)::INTEGER AS s FROM t' }],
    outputs: [{ name: 'o', from: 'v' }],
  } as const;
  const engine = await openEngine(['httpfs'], { stores: withKey, duckdb: { settings: {} } });
  const without = await openEngine(['httpfs'], { stores: stores({}) });
  try {
    const { outputs } = await engine.run({ ...spec, inputs: [input] });
    expect(outputs[0]?.batches?.[0]?.get(0)?.toJSON()).toEqual({ s: 12_497_500 });
    expect(recorder.spans().some(({ name }) => name === 'DirectExec')).toBe(true);
    const requests = recorder.spans().filter(({ name }) => /^gs\.(head|get_range)$/.test(name));
    expect(requests.map(({ attributes }) => attributes['server.address'])).toContain('127.0.0.1');
    expect(server.seen.filter(({ url }) => url.includes('/lake/numbers.parquet')).length).toBeGreaterThan(1);
    expect(JSON.stringify(recorder.spans().map(({ attributes }) => attributes))).not.toContain(Minio.secret);
    await expect(without.run({ ...spec, inputs: [{ ...input, access: 'direct' }] })).rejects.toMatchObject({
      code: 'direct-unavailable',
    });
    assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
  } finally {
    await engine.close();
    await without.close();
    await json.close();
    await server.stop();
    await minio.stop();
  }
});

async function parquet(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-gs-'));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT range::INTEGER AS i FROM range(5000)) TO '${folder}/numbers.parquet'`);
  connection.closeSync();
  instance.closeSync();
  const bytes = readFileSync(join(folder, 'numbers.parquet'));
  rmSync(folder, { recursive: true });
  return bytes;
}
