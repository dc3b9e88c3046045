import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { filesOf } from './answers.ts';
import { CountingServer } from './counting-server.ts';
import { extensions, storageSpans, TracedInstance } from './traced-instance.ts';

const SECRET = 'kronjuwel';

let folder: string;
let server: CountingServer;
let traced: TracedInstance;
let connection: DuckDBConnection;

/** Everything that a reader of the traces sees. */
function texts(): string {
  return JSON.stringify(
    traced.recorder.spans().map(({ name, attributes, events, status }) => [name, attributes, events, status]),
  );
}

async function configure(...statements: readonly string[]): Promise<void> {
  const bare = await traced.instance.connect();
  for (const statement of statements) await bare.run(statement);
  bare.closeSync();
}

describe.skipIf(extensions === undefined)('a secret', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-secrets-'));
    const instance = await DuckDBInstance.create();
    const writer = await instance.connect();
    await writer.run(`COPY (SELECT range AS i FROM range(1000)) TO '${join(folder, 'numbers.parquet')}'`);
    writer.closeSync();
    instance.closeSync();
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    server = await CountingServer.start(filesOf(folder));
    traced = await TracedInstance.open('httpfs', 'azure');
    connection = await traced.connect();
  });
  afterEach(async () => {
    traced.close();
    assertTraceInvariants(traced.recorder.spans(), { schemas: [sharedSchema, duckdbSchema], secrets: [SECRET] });
    await server.stop();
  });

  /** Reads a file, which may fail, and expects requests in a trace that shows nothing of the secret. */
  async function read(url: string): Promise<unknown> {
    const error = await connection.runAndReadAll(`SELECT sum(i) FROM read_parquet('${url}')`).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const spans = traced.queries().flatMap(storageSpans);
    expect(spans.length).toBeGreaterThan(0);
    expect(texts()).toContain('parquet');
    expect(texts()).not.toContain(SECRET);
    return error;
  }

  it('in the headers of a secret of DuckDB is in no span', async () => {
    await configure(
      `CREATE SECRET (TYPE http, BEARER_TOKEN '${SECRET}', EXTRA_HTTP_HEADERS MAP {'X-Api-Key': '${SECRET}'})`,
    );
    expect(await read(`${server.origin}/numbers.parquet`)).toBeUndefined();
  });

  it.each([
    ['a signature', (origin: string, file: string) => `${origin}/${file}?X-Amz-Signature=${SECRET}`],
    ['a token for shared access', (origin: string, file: string) => `${origin}/${file}?sv=2026-01-01&sig=${SECRET}`],
    ['a password', (origin: string, file: string) => `${origin.replace('//', `//ada:${SECRET}@`)}/${file}`],
  ])('that is %s in a URL is in no span', async (_, urlOf) => {
    await read(urlOf(server.origin, 'numbers.parquet'));
    traced.recorder.clear();
    // DuckDB's own message repeats the URL.
    expect(String(await read(urlOf(server.origin, 'none.parquet')))).toContain(SECRET);
    expect(traced.queries().map(({ span }) => span.status.message)).toEqual(['HTTP Error']);
  });

  it.each(['unavailable', 'reset', 'cut'] as const)('in a URL is in no span of a request that is %s', async (fault) => {
    await configure('SET http_retries = 1', 'SET http_retry_wait_ms = 1');
    server.fail(({ method }) => (method === 'GET' ? fault : undefined));
    expect(await read(`${server.origin}/numbers.parquet?sig=${SECRET}`)).toBeInstanceOf(Error);
  });

  it('for the shared access to Azure is in no span', async () => {
    const endpoint = `${server.origin}/account`;
    const connectionString = `BlobEndpoint=${endpoint};SharedAccessSignature=sv=2026-01-01&sig=${SECRET}`;
    await configure(`CREATE SECRET (TYPE azure, CONNECTION_STRING '${connectionString}')`);
    expect(await read('az://lake/none.parquet')).toBeInstanceOf(Error);
    expect(server.seen.some(({ url }) => url.includes(SECRET))).toBe(true);
  });
});
