// A process of its own, since it mocks a module: files share one if these options are the same.
// @vitest-environment-options { "process": "drawn" }
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { runsFromSpans } from '@planscope/run-model';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { ConnectionProfiler } from '../../src/measure/connection-profiler.ts';
import { flush } from '../../src/trace/drawing-backlog.ts';
import { traceConnection } from '../../src/trace/trace-connection.ts';

// npm has no driver for DuckDB 2 yet, so recorded profiles replace the one that the installed driver writes.
vi.mock(import('../../src/profile/parse-profile.ts'), async (original) => {
  const actual = await original();
  return { ...actual, parseProfile: (text, _, options) => actual.parseProfile(text, 'v2.0.1', options) };
});
const recorder = createSpanRecorder();
afterEach(() => {
  recorder.clear();
  vi.restoreAllMocks();
});

async function draw(
  name: string,
  sql: string,
  options = {},
): Promise<readonly ReturnType<typeof recorder.spans>[number][]> {
  const text = readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8');
  const instance = await DuckDBInstance.create();
  const { tracerProvider } = recorder;
  const connection = traceConnection(await instance.connect(), { tracerProvider, warn: () => {}, ...options });
  // Its probe, and the query.
  vi.spyOn(ConnectionProfiler.prototype, 'take').mockReturnValue(text);
  await connection.run(sql).catch(() => {});
  await flush();
  connection.closeSync();
  instance.closeSync();
  return recorder.spans();
}

const operatorsOf = (spans: Awaited<ReturnType<typeof draw>>) =>
  spans.filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator');

it('the bytes, requests and times of a query are on its span', async () => {
  const spans = await draw('join', 'SELECT 1');
  const [query] = spans.filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
  expect(query?.attributes).toMatchObject({
    'planscope.metrics.bytes_read': expect.any(Number),
    'planscope.metrics.read_requests': 8,
    'planscope.metrics.read_time': expect.any(Number),
    'planscope.metrics.peak_memory': expect.any(Number),
    'planscope.metric_sources': ['bytes_read=profile', 'read_requests=profile'],
  });
  const [run] = runsFromSpans(spans as never);
  expect(run?.totals).toMatchObject({ bytesRead: { source: 'profile' }, readRequests: { source: 'profile' } });
  const rows = Object.fromEntries(
    operatorsOf(spans).map(({ name, attributes }) => [name, attributes['datafusion.metrics.output_rows']]),
  );
  expect(rows).toEqual({
    TOP_N: 3,
    HASH_GROUP_BY: 7,
    PROJECTION: 150_000,
    HASH_JOIN: 150_000,
    PARQUET_SCAN: 150_000,
    READ_CSV_AUTO: 7,
  });
});

it('so are they if only the totals are recorded', async () => {
  const spans = await draw('join', 'SELECT 1', { detail: { slowerThan: 60_000 } });
  expect(spans).toHaveLength(1);
  expect(spans[0]?.attributes).toMatchObject({
    'planscope.detail': 'summary',
    'planscope.metrics.bytes_read': expect.any(Number),
    'planscope.metrics.read_requests': 8,
  });
});

it('of a query that failed, operators and planner are drawn, and no zero', async () => {
  const spans = await draw('failed-at-run-time', `SELECT error('boom')`);
  const [query] = spans.filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
  expect(query?.attributes).toMatchObject({
    'planscope.run.status': 'error',
    'planscope.metrics.bytes_read': expect.any(Number),
    'planscope.metrics.read_requests': 11,
  });
  const metrics = (attributes: object): string[] => Object.keys(attributes).filter((key) => key.includes('.metrics.'));
  const drawn = operatorsOf(spans);
  expect(drawn.map(({ name }) => name)).toEqual(['UNGROUPED_AGGREGATE', 'PROJECTION', 'PARQUET_SCAN']);
  for (const { attributes } of drawn) expect(metrics(attributes)).toEqual(['planscope.metrics.estimated_rows']);
  expect(query?.attributes).not.toHaveProperty('planscope.metrics.peak_memory');
  expect(spans.map(({ name }) => name)).toContain('optimize_logical_plan');
});

it('a query that could not be bound has its error, and no warning about its profile', async () => {
  const codes: string[] = [];
  const spans = await draw('failed-binding', 'SELECT nope', { warn: ({ code }: { code: string }) => codes.push(code) });
  expect(spans).toHaveLength(1);
  expect(codes).toEqual([]);
});
