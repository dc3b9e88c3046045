import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, accountKey, startAzurite } from '../../packages/object-store/test/servers/azurite.ts';
import { filesOf, serverAt } from './answers.ts';
import { CountingServer, type SeenRequest } from './counting-server.ts';
import { Minio, minioProgram } from './minio.ts';
import { extensions, nanoseconds, storageSpans, TracedInstance } from './traced-instance.ts';

const QUERIES = Array.from({ length: 8 }, (_, index) => index);
const nameOf = (query: number): string => `query-${query}.parquet`;
/** Two clocks of one machine, of which DuckDB's writes the time of a request a little before it sends it. */
const CLOCK_TOLERANCE = 5_000_000n;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'planscope-parallel-'));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  for (const query of QUERIES) {
    const rows = `SELECT range AS i, hash(range + ${query}) AS h FROM range(${20_000 + query * 1000})`;
    await connection.run(`COPY (${rows}) TO '${join(folder, nameOf(query))}' (ROW_GROUP_SIZE 20480)`);
  }
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A server of files behind a counting one. */
interface Served {
  readonly extension: string;
  /** What comes before the name of a file in SQL. */
  readonly root: (server: CountingServer) => string;
  readonly secret?: (server: CountingServer) => string;
  start(): Promise<{ readonly answer: ReturnType<typeof filesOf>; stop(): Promise<void> }>;
}

const minioSecret = (type: string) => (server: CountingServer) =>
  `CREATE SECRET (TYPE ${type}, KEY_ID '${Minio.keyId}', SECRET '${Minio.secret}', URL_STYLE 'path', USE_SSL false,
    ENDPOINT '127.0.0.1:${server.port}'${type === 's3' ? ", REGION 'us-east-1'" : ''})`;

async function startMinio(): Promise<Awaited<ReturnType<Served['start']>>> {
  const minio = await Minio.start();
  const traced = await TracedInstance.open('httpfs');
  const bare = await traced.instance.connect();
  await bare.run(minioSecret('s3')({ port: minio.port } as CountingServer));
  for (const query of QUERIES) {
    await bare.run(
      `COPY (FROM '${join(folder, nameOf(query))}') TO 's3://lake/${nameOf(query)}' (ROW_GROUP_SIZE 20480)`,
    );
  }
  bare.closeSync();
  traced.close();
  return { answer: serverAt(minio.port), stop: () => minio.stop() };
}

async function startAzure(): Promise<Awaited<ReturnType<Served['start']>>> {
  const azurite = await startAzurite();
  const credential = new StorageSharedKeyCredential(account, accountKey);
  const container = new BlobServiceClient(azurite.endpoint, credential).getContainerClient('lake');
  await container.create();
  for (const query of QUERIES) {
    await container.getBlockBlobClient(nameOf(query)).uploadData(readFileSync(join(folder, nameOf(query))));
  }
  return { answer: serverAt(Number(new URL(azurite.endpoint).port)), stop: () => azurite.stop() };
}

const stores: readonly (readonly [name: string, served: Served, isThere: boolean])[] = [
  [
    'http',
    {
      extension: 'httpfs',
      root: ({ origin }) => `${origin}/`,
      start: async () => ({ answer: filesOf(folder), stop: async () => {} }),
    },
    true,
  ],
  [
    's3',
    { extension: 'httpfs', root: () => 's3://lake/', secret: minioSecret('s3'), start: startMinio },
    minioProgram !== undefined,
  ],
  [
    'gs',
    { extension: 'httpfs', root: () => 'gs://lake/', secret: minioSecret('gcs'), start: startMinio },
    minioProgram !== undefined,
  ],
  [
    'az',
    {
      extension: 'azure',
      root: () => 'az://lake/',
      secret: ({ port }) => {
        const endpoint = `http://127.0.0.1:${port}/${account}`;
        const parts = `AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint};`;
        return `CREATE SECRET (TYPE azure, CONNECTION_STRING 'DefaultEndpointsProtocol=http;${parts}')`;
      },
      start: startAzure,
    },
    true,
  ],
];

describe.skipIf(extensions === undefined)('eight queries at once', () => {
  for (const [store, served, isThere] of stores) {
    it.skipIf(!isThere)(
      `over ${store}: each has the requests, bytes, tries and times that the server saw`,
      async () => {
        const { answer, stop } = await served.start();
        const server = await CountingServer.start(answer);
        const traced = await TracedInstance.open(served.extension);
        try {
          if (served.secret !== undefined) {
            const bare = await traced.instance.connect();
            await bare.run(served.secret(server));
            bare.closeSync();
          }
          const refused = new Set<string>();
          server.fail(({ method, url = '' }) => {
            const name = /query-\d/.exec(url)?.[0] ?? '';
            if (method !== 'GET' || refused.has(name)) return undefined;
            refused.add(name);
            return 'unavailable';
          });
          const connections = await Promise.all(QUERIES.map(() => traced.connect()));
          await Promise.all(connections.map((connection) => connection.run('SELECT 1')));
          traced.recorder.clear();
          server.seen.length = 0;
          await Promise.all(
            connections.map((connection, query) =>
              connection.runAndReadAll(
                `SELECT sum(h % 10) FROM '${served.root(server)}${nameOf(query)}' WHERE i > 100`,
              ),
            ),
          );
          const trees = traced.queries();
          expect(trees.length).toBe(8);
          for (const query of QUERIES) {
            const seen = server.seen.filter(({ url }) => url.includes(nameOf(query)));
            const tree = trees.find((each) =>
              storageSpans(each).some(({ attributes }) =>
                String(attributes['object_store.location']).endsWith(nameOf(query)),
              ),
            );
            const spans = tree === undefined ? [] : storageSpans(tree);
            expect(spans.map(shown).toSorted()).toEqual(seen.map((request) => asShown(store, request)).toSorted());
            for (const span of spans) expectTime(span, store, seen);
            expect(tree?.span.attributes).toMatchObject({
              'planscope.metrics.http_requests': seen.length,
              'planscope.metrics.http_bytes_received': seen.reduce((sum, { sent }) => sum + sent, 0),
              'planscope.metrics.http_retries': 1,
              'planscope.metrics.http_failures': 1,
            });
          }
          assertTraceInvariants(traced.recorder.spans(), {
            schemas: [sharedSchema, duckdbSchema],
            secrets: [accountKey, Minio.secret],
          });
        } finally {
          traced.close();
          await server.stop();
          await stop();
        }
      },
    );
  }
});

type StorageSpan = ReturnType<typeof storageSpans>[number];

/** What both sides know of a request: operation, range and bytes. DuckDB logs no status of most tries that failed. */
function shown({ name, attributes }: StorageSpan): string {
  return [name, attributes['object_store.ranges'], attributes['object_store.result.bytes']].join(' ');
}

function asShown(store: string, { method, range, sent }: SeenRequest): string {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const ranges = first === undefined ? undefined : `${first}-${Number(last) + 1}`;
  const operation = method === 'HEAD' ? 'head' : first === undefined ? 'get' : 'get_range';
  return [`${store}.${operation}`, ranges, sent].join(' ');
}

/** Expects that a span begins before and ends after one of the requests that look like it. */
function expectTime(span: StorageSpan, store: string, seen: readonly SeenRequest[]): void {
  const [start, end] = [nanoseconds(span.startTime), nanoseconds(span.endTime)];
  const alike = seen.filter((request) => asShown(store, request) === shown(span));
  const inside = alike.filter(
    (request) => start - CLOCK_TOLERANCE <= request.start && request.end <= end + CLOCK_TOLERANCE,
  );
  expect(inside.length, `${shown(span)} from ${start} to ${end}`).toBeGreaterThan(0);
}
