import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type EngineReport, type IoReport, type ReportScope, type RunWarning, SpanBudget } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilesNode } from '../../test/files-node.ts';
import { processReads } from '../../test/process-reads.ts';
import { type ReadableSpan, type TracedRun, tracedRun } from '../../test/traced-run.ts';
import { DuckDBExec } from '../exec/duckdb-exec.ts';
import { duckdbSchema } from '../semconv.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';
import { duckdbReportRecorders } from './query-recorder.ts';

const schemas = [sharedSchema, duckdbSchema];
const FILES = 300;
const ROWS_OF_FILE = 5000;

const storageSpans = (spans: readonly ReadableSpan[]): ReadableSpan[] =>
  spans.filter(({ attributes }) => attributes['planscope.span.kind'] === 'storage');
const sum = (spans: readonly ReadableSpan[], key: string): number =>
  spans.reduce((total, { attributes }) => total + Number(attributes[key] ?? 0), 0);
const sumOf = (io: readonly IoReport[], key: 'bytes' | 'requests'): number =>
  io.reduce((total, entry) => total + Number(entry[key]), 0);

describe('a query over 300 files', () => {
  let folder: string;
  let paths: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storage-spans-'));
    paths = Array.from({ length: FILES }, (_, file) => join(folder, `part-${file}.parquet`));
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    for (const [file, path] of paths.entries()) {
      const rows = `SELECT ${file} AS file, random() AS x FROM range(${ROWS_OF_FILE})`;
      await connection.run(`COPY (${rows}) TO '${path}' (FORMAT parquet)`);
    }
    connection.disconnectSync();
    instance.closeSync();
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs the query in a separate instance and returns the bytes that the process read meanwhile. */
  async function read(budget?: SpanBudget): Promise<TracedRun & { readonly processBytes: number }> {
    await using session = await DuckDBSession.open({ events: ['reads', 'requests'], externalFileCache: false });
    const sql = 'SELECT sum(x) AS total FROM parts';
    const { schema } = await session.describe({ sql, inputs: [{ name: 'parts', format: 'parquet', paths }] });
    const inputs = [{ name: 'parts', format: 'parquet' }] as const;
    const node = new DuckDBExec({ session, sql, schema, inputs, children: [new FilesNode(paths)] });
    const before = await processReads();
    const run = await tracedRun(node, budget === undefined ? {} : { budget });
    return { ...run, processBytes: (await processReads()) - before };
  }

  it('groups its reads under the scan without losing a byte or a request', async () => {
    const { spans, outcome, warnings, processBytes } = await read();
    expect(warnings).toEqual([]);
    assertTraceInvariants(spans, { schemas });
    const { io = [] } = outcome.report ?? {};
    expect(new Set(io.map(({ location }) => location))).toEqual(new Set(paths));

    const scan = spans.find(({ name }) => name === 'READ_PARQUET') as ReadableSpan;
    const below = storageSpans(spans).filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === scan.spanContext().spanId,
    );
    expect(below).toHaveLength(32);
    expect(below.map(({ attributes }) => attributes['object_store.location'])).toContain(
      `${FILES - 31} other locations`,
    );
    const owned = io.filter(({ operatorId }) => operatorId === scan.attributes['planscope.operator.id']);
    expect(new Set(owned.map(({ location }) => location)).size).toBe(FILES);
    expect(scan.attributes['planscope.metrics.bytes_read']).toBe(sumOf(owned, 'bytes'));
    expect(scan.attributes['planscope.metrics.read_requests']).toBe(sumOf(owned, 'requests'));
    expect(sum(below, 'object_store.result.bytes')).toBe(sumOf(owned, 'bytes'));
    expect(sum(below, 'object_store.request_count')).toBe(sumOf(owned, 'requests'));

    const all = sum(storageSpans(spans), 'object_store.result.bytes');
    expect(all).toBe(sumOf(io, 'bytes'));
    expect(all).toBeGreaterThan(FILES * ROWS_OF_FILE * 8);
    expect(Math.abs(all / processBytes - 1)).toBeLessThan(0.01);
  });

  it.each([12, 60])('stays within a budget of %i spans', async (limit) => {
    const budget = new SpanBudget(limit);
    const { spans, outcome } = await read(budget);
    assertTraceInvariants(spans, { schemas });
    expect(spans.length).toBeLessThanOrEqual(limit);
    expect(outcome.status).toBe('ok');
    const drawn = sum(storageSpans(spans), 'object_store.result.bytes');
    const { io = [] } = outcome.report ?? {};
    if (limit === 60) expect(drawn).toBe(sumOf(io, 'bytes'));
    else expect(budget.dropped).toBeGreaterThan(0);
  });
});

describe('a report of 100,000 reads', () => {
  const window = { start: '1700000000000000000', end: '1700000010000000000' };
  const operators = ['0', '0.0', '0.1'];
  const io = Array.from(
    { length: 100_000 },
    (_, index): IoReport => ({
      store: 'duckdb',
      operation: 'get_ranges',
      location: `/data/part-${index}.parquet`,
      bytes: String(index),
      requests: 1 + (index % 3),
      timing: { basis: 'observed_events', window: { start: window.start, end: window.end } },
      operatorId: operators[index % 3] as string,
    }),
  );
  const operator = (id: string, children: EngineReport['operators'] = []) =>
    ({ id, name: 'SCAN', timing: { basis: 'execution_window' }, metrics: [], children }) as const;
  const report: EngineReport = {
    version: 2,
    engine: { name: 'duckdb', version: 'v1.5.6' },
    status: 'ok',
    window,
    operators: [operator('0', [operator('0.0'), operator('0.1')])],
    io,
  };

  function draw(limit: number): { readonly spans: readonly ReadableSpan[]; readonly warnings: readonly RunWarning[] } {
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    const warnings: RunWarning[] = [];
    const scope: ReportScope = {
      place: { otelContext: ROOT_CONTEXT, window },
      stages: new Map(),
      operators: new Map(),
      run: { runId: 'test' },
      budget: new SpanBudget(limit),
      warn: (warning) => void warnings.push(warning),
    };
    for (const record of duckdbReportRecorders({ operators: { tracerProvider }, io: { tracerProvider } })) {
      record(report, scope);
    }
    expect(recorder.openSpans()).toBe(0);
    return { spans: recorder.spans(), warnings };
  }

  it.each([10_000, 40, 6])('counts every byte and request within a budget of %i spans', (limit) => {
    const { spans, warnings } = draw(limit);
    assertTraceInvariants(spans, { schemas });
    expect(warnings).toEqual([]);
    expect(spans.length).toBeLessThanOrEqual(Math.min(limit, 3 * 32 + 3));
    const storage = storageSpans(spans);
    expect(sum(storage, 'object_store.result.bytes')).toBe(sumOf(io, 'bytes'));
    expect(sum(storage, 'object_store.request_count')).toBe(sumOf(io, 'requests'));
  });

  it('counts what was dropped if the budget does not allow one span for each operator', () => {
    const { spans, warnings } = draw(4);
    const [drawn] = storageSpans(spans);
    expect(storageSpans(spans)).toHaveLength(1);
    const bytes = sumOf(io, 'bytes') - Number(drawn?.attributes['object_store.result.bytes']);
    const requests = sumOf(io, 'requests') - Number(drawn?.attributes['object_store.request_count']);
    expect(warnings.map(({ code }) => code)).toEqual(['io-spans-dropped']);
    expect(warnings[0]?.message).toContain(`${bytes} bytes in ${requests} requests`);
  });
});
