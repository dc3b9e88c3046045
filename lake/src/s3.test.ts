import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serverAt } from './answers.ts';
import { CountingServer } from './counting-server.ts';
import { Minio, minioProgram } from './minio.ts';
import { extensions, storageSpans, TracedInstance } from './traced-instance.ts';

let minio: Minio;
/** Between DuckDB and MinIO. */
let server: CountingServer;
let traced: TracedInstance;
let connection: DuckDBConnection;

describe.skipIf(extensions === undefined || minioProgram === undefined)('requests to MinIO', () => {
  beforeAll(async () => {
    minio = await Minio.start();
  });
  afterAll(() => minio.stop());
  beforeEach(async () => {
    server = await CountingServer.start(serverAt(minio.port));
    traced = await TracedInstance.open('httpfs');
    const bare = await traced.instance.connect();
    await bare.run(`CREATE SECRET (TYPE s3, KEY_ID '${Minio.keyId}', SECRET '${Minio.secret}', URL_STYLE 'path', USE_SSL false,
      ENDPOINT '127.0.0.1:${server.port}', REGION 'us-east-1')`);
    bare.closeSync();
    connection = await traced.connect();
  });
  afterEach(async () => {
    traced.close();
    expect(traced.recorder.openSpans()).toBe(0);
    assertTraceInvariants(traced.recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
    const texts = JSON.stringify(traced.recorder.spans().map(({ name, attributes }) => [name, attributes]));
    for (const secret of [Minio.secret, Minio.keyId, 'AWS4-HMAC', 'Signature']) expect(texts).not.toContain(secret);
    await server.stop();
  });

  /** Operation, location and bytes of each request of the last query. */
  const shown = (): string[] => {
    const query = traced.queries().at(-1);
    return (query === undefined ? [] : storageSpans(query)).map(({ name, attributes }) =>
      [name, attributes['object_store.location'], bytesOf(attributes)].join(' '),
    );
  };
  const sumOf = (key: 'sent' | 'received'): number => server.seen.reduce((sum, request) => sum + request[key], 0);

  it('are told by the store that SQL names, with a space in the name', async () => {
    await connection.run("COPY (SELECT range AS i FROM range(50000)) TO 's3://lake/a b/one.parquet'");
    expect(shown()).toEqual([`s3.put s3://lake/a b/one.parquet ${sumOf('received')}`]);
    server.seen.length = 0;
    await connection.runAndReadAll("SELECT sum(i) FROM 's3://lake/a b/*.parquet'");
    const lines = shown();
    const list = lines.find((line) => line.startsWith('s3.list')) ?? '';
    const reads = lines.filter((line) => line !== list);
    expect(list).toMatch(/^s3\.list s3:\/\/lake\/a b\/ \d+$/);
    expect(new Set(reads.map((read) => read.replace(/ \d+$/, '')))).toEqual(
      new Set(['s3.get_range s3://lake/a b/one.parquet']),
    );
    const drawn = lines.reduce((sum, line) => sum + Number(/\d+$/.exec(line)?.[0]), 0);
    expect(drawn).toBe(sumOf('sent'));
    expect(lines.length).toBe(server.seen.length);
  });

  it('of a large file are its parts', async () => {
    await connection.run("SET s3_uploader_max_filesize = '50GB'");
    const rows = 'SELECT range AS i, hash(range) AS h FROM range(3000000)';
    await connection.run(`COPY (${rows}) TO 's3://lake/large.parquet' (COMPRESSION uncompressed)`);
    const names = traced.queries().at(-1);
    const spans = names === undefined ? [] : storageSpans(names);
    const parts = spans.filter(({ name }) => name === 's3.put_part');
    const uploaded = server.seen.filter(({ url }) => url.includes('partNumber'));
    expect(parts.reduce((sum, { attributes }) => sum + Number(attributes['object_store.request_count']), 0)).toBe(
      uploaded.length,
    );
    expect(parts.reduce((sum, { attributes }) => sum + Number(bytesOf(attributes)), 0)).toBe(
      uploaded.reduce((sum, { received }) => sum + received, 0),
    );
    expect(spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['s3.put_multipart', 's3.complete_multipart']),
    );
  });

  it('of a gs:// path are told so, by the interoperable interface', async () => {
    const bare = await traced.instance.connect();
    await bare.run(`CREATE SECRET (TYPE gcs, KEY_ID '${Minio.keyId}', SECRET '${Minio.secret}', URL_STYLE 'path', USE_SSL false,
      ENDPOINT '127.0.0.1:${server.port}')`);
    bare.closeSync();
    await connection.run("COPY (SELECT range AS i FROM range(1000)) TO 'gs://lake/one.parquet'");
    expect(shown()).toEqual([`gs.put gs://lake/one.parquet ${sumOf('received')}`]);
  });

  it('are tried again where the server is busy', async () => {
    await connection.run("COPY (SELECT range AS i FROM range(1000)) TO 's3://lake/busy.parquet'");
    server.seen.length = 0;
    let failures = 0;
    server.fail(({ method }) => {
      failures += method === 'GET' && failures < 2 ? 1 : 0;
      return method === 'GET' && failures === 1 ? 'unavailable' : undefined;
    });
    await connection.runAndReadAll("SELECT sum(i) FROM 's3://lake/busy.parquet'");
    const query = traced.queries().at(-1);
    const spans = query === undefined ? [] : storageSpans(query);
    expect(spans.map(({ attributes }) => attributes['http.response.status_code'])).toEqual(
      expect.arrayContaining(server.seen.map(({ status }) => (status === 503 ? expect.anything() : status))),
    );
    expect(spans.length).toBe(server.seen.length);
  });
});

function bytesOf(attributes: Readonly<Record<string, unknown>>): unknown {
  return attributes['object_store.content_length'] ?? attributes['object_store.result.bytes'];
}
