import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { filesOf } from './answers.ts';
import { CountingServer, type SeenRequest } from './counting-server.ts';
import { extensions, nanoseconds, storageSpans, TracedInstance, withDescendants } from './traced-instance.ts';

let folder: string;
let server: CountingServer;
let traced: TracedInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-lake-'));
  const instance = await DuckDBInstance.create();
  const writer = await instance.connect();
  const rows = 'SELECT range AS i, hash(range) AS h, range % 7 AS r FROM range(200000)';
  await writer.run(`COPY (${rows}) TO '${join(folder, 'numbers.parquet')}' (ROW_GROUP_SIZE 20480)`);
  writer.closeSync();
  instance.closeSync();
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(extensions === undefined)('requests of httpfs', () => {
  beforeEach(async () => {
    server = await CountingServer.start(filesOf(folder));
    traced = await TracedInstance.open('httpfs');
    connection = await traced.connect();
  });
  afterEach(async () => {
    traced.close();
    expect(traced.recorder.openSpans()).toBe(0);
    assertTraceInvariants(traced.recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
    await server.stop();
  });

  const numbers = (): string => `'${server.origin}/numbers.parquet'`;

  it('are those that the server saw, with their bytes and times', async () => {
    const reader = await connection.runAndReadAll(`SELECT sum(h % 10) FROM ${numbers()} WHERE i > 150000`);
    expect(reader.currentRowCount).toBe(1);
    const [query] = traced.queries();
    const spans = query === undefined ? [] : storageSpans(query);
    expect(spans.map(shown).toSorted()).toEqual(server.seen.map(asShown).toSorted());
    for (const span of spans) {
      const { start, end } = seenAs(span.attributes);
      // The request as DuckDB sees it is around what the server sees; two clocks of one machine differ by less than 5 ms.
      expect(nanoseconds(span.startTime) - 5_000_000n <= start).toBe(true);
      expect(nanoseconds(span.endTime) + 5_000_000n >= end).toBe(true);
    }
    const scan = query?.children
      .flatMap(withDescendants)
      .find(({ span }) => span.name === 'READ_PARQUET' || span.name === 'PARQUET_SCAN');
    expect(scan?.children.filter(({ span }) => span.attributes['planscope.span.kind'] === 'storage').length).toBe(
      spans.length,
    );
    const total = server.seen.reduce((sum, { sent }) => sum + sent, 0);
    expect(scan?.span.attributes).toMatchObject({
      'planscope.metrics.http_requests': server.seen.length,
      'planscope.metrics.http_bytes_received': total,
      'planscope.metrics.http_retries': 0,
      'planscope.metrics.http_failures': 0,
    });
  });

  it.each(['unavailable', 'cut'] as const)('show each try where one is %s', async (fault) => {
    const failed = new Set<string>();
    server.fail(({ method, headers, url }) => {
      const key = `${method} ${url} ${headers.range}`;
      if (failed.has(key)) return undefined;
      failed.add(key);
      return method === 'GET' ? fault : undefined;
    });
    await connection.runAndReadAll(`SELECT sum(h % 10) FROM ${numbers()} WHERE i > 190000`);
    const [query] = traced.queries();
    const spans = query === undefined ? [] : storageSpans(query);
    expect(spans.length).toBe(server.seen.length);
    const retries = spans.filter(({ attributes }) => attributes['http.request.resend_count'] === 1);
    const failures = spans.filter(({ attributes }) => attributes['error.type'] !== undefined);
    const gets = server.seen.filter(({ method }) => method === 'GET');
    expect(retries.length).toBe(gets.length / 2);
    expect(failures.length).toBe(gets.length / 2);
    expect(new Set(failures.map(({ status }) => status.code))).toEqual(new Set([2]));
    const scan = query?.children
      .flatMap(withDescendants)
      .find(({ span }) => span.name.endsWith('PARQUET') || span.name === 'PARQUET_SCAN');
    expect(scan?.span.attributes).toMatchObject({
      'planscope.metrics.http_retries': gets.length / 2,
      'planscope.metrics.http_failures': gets.length / 2,
    });
  });

  it('take as long as a slow server', async () => {
    server.fail(({ method }) => (method === 'GET' ? { delay: 120 } : undefined));
    await connection.runAndReadAll(`SELECT min(i) FROM ${numbers()}`);
    const [query] = traced.queries();
    const gets = query === undefined ? [] : storageSpans(query).filter(({ name }) => name === 'http.get_range');
    expect(gets.length).toBeGreaterThan(0);
    for (const { startTime, endTime } of gets) {
      expect(Number(nanoseconds(endTime) - nanoseconds(startTime))).toBeGreaterThanOrEqual(115_000_000);
    }
  });

  it('of a query that failed are shown with what the server answered', async () => {
    await expect(connection.run(`FROM '${server.origin}/none.parquet'`)).rejects.toThrow('404');
    const [query] = traced.queries();
    const spans = query === undefined ? [] : storageSpans(query);
    expect(spans.map(({ attributes }) => attributes['http.response.status_code'])).toEqual(
      server.seen.map(({ status }) => status),
    );
  });

  it('show nothing of a signature', async () => {
    await connection.runAndReadAll(
      `SELECT min(i) FROM '${server.origin}/numbers.parquet?X-Amz-Signature=geheim&sig=geheim'`,
    );
    const texts = JSON.stringify(
      traced.recorder.spans().map(({ name, attributes, events }) => [name, attributes, events]),
    );
    expect(texts).toContain('numbers.parquet');
    expect(texts).not.toContain('geheim');
  });

  it('go to the query that made them, eight at once', async () => {
    const others = await Promise.all(Array.from({ length: 8 }, () => traced.connect()));
    const runs = others.map((other, index) =>
      other.runAndReadAll(
        `SELECT sum(h % 10) FROM '${server.origin}/numbers.parquet?query=${index}' WHERE i > ${index * 20_000}`,
      ),
    );
    await Promise.all(runs);
    const queries = traced.queries();
    expect(queries.length).toBe(8);
    const bytesOf = (seen: readonly SeenRequest[]): number => seen.reduce((sum, { sent }) => sum + sent, 0);
    const seen = Array.from({ length: 8 }, (_, index) =>
      server.seen.filter(({ url }) => url.endsWith(`query=${index}`)),
    );
    const drawn = queries.map((query) => storageSpans(query));
    const counts = drawn.map((spans) => [
      spans.reduce((sum, { attributes }) => sum + Number(attributes['object_store.request_count']), 0),
      spans.reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes']), 0),
    ]);
    expect(counts.toSorted()).toEqual(seen.map((requests) => [requests.length, bytesOf(requests)]).toSorted());
  });

  it('beyond a limit are merged, with sums that stay exact', async () => {
    await connection.run('SET threads = 1');
    for (let pass = 0; pass < 3; pass += 1) {
      await connection.runAndReadAll(`SELECT sum(h % 10), sum(i), sum(r) FROM ${numbers()}`);
    }
    const queries = traced.queries().slice(-3);
    const spans = queries.flatMap(storageSpans);
    const drawn = spans.reduce((sum, { attributes }) => sum + Number(attributes['object_store.request_count']), 0);
    expect(drawn).toBe(server.seen.length);
    expect(spans.length).toBeLessThan(server.seen.length);
    const bytes = spans.reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes']), 0);
    expect(bytes).toBe(server.seen.reduce((sum, { sent }) => sum + sent, 0));
  });

  it('keep their own times below a scan whose row groups are known', async () => {
    const other = await traced.connect(['reads', 'requests', 'row-groups']);
    await other.runAndReadAll(`SELECT sum(h % 10) FROM ${numbers()} WHERE i > 100000`);
    const spans = traced.queries().flatMap(storageSpans);
    expect(spans.length).toBeGreaterThan(1);
    expect(spans.filter(({ attributes }) => attributes['planscope.timing.clamped'] !== undefined)).toEqual([]);
  });

  it('are not looked for where only reads are wanted', async () => {
    const other = await traced.connect(['reads']);
    await other.runAndReadAll(`SELECT min(i) FROM ${numbers()}`);
    const names = traced
      .queries()
      .flatMap(storageSpans)
      .map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(['duckdb.get_ranges']));
  });
});

/** What both sides know of a request: operation, range, status, bytes of the response. */
function shown({ name, attributes }: { readonly name: string; readonly attributes: Record<string, unknown> }): string {
  const {
    'object_store.ranges': ranges,
    'http.response.status_code': status,
    'object_store.result.bytes': bytes,
  } = attributes;
  return [name, ranges, status, bytes].join(' ');
}

function asShown({ method, range, status, sent }: SeenRequest): string {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const ranges = first === undefined ? undefined : `${first}-${Number(last) + 1}`;
  const operation = method === 'HEAD' ? 'head' : first === undefined ? 'get' : 'get_range';
  return [`http.${operation}`, ranges, status, sent].join(' ');
}

function seenAs(attributes: Record<string, unknown>): SeenRequest {
  const wanted = shown({ name: `http.${String(attributes['object_store.operation'])}`, attributes });
  const found = server.seen.find((request) => asShown(request) === wanted);
  if (found === undefined) throw new Error(`the server saw no ${wanted}`);
  return found;
}
