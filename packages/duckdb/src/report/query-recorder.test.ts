import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type EngineReport, type ReportScope, SpanBudget } from '@planscope/plan';
import { createSpanRecorder } from '@planscope/testing';
import { expect, it } from 'vitest';
import { type QueryRecorderOptions, queryRecorder } from './query-recorder.ts';

const report: EngineReport = {
  version: 2,
  engine: { name: 'duckdb', version: 'v1.5.6' },
  status: 'ok',
  window: { start: '1', end: '2' },
  query: { text: `SELECT * FROM t WHERE name = 'Ann'`, operation: 'SELECT', summary: 'SELECT t' },
  metrics: [
    { name: 'output_rows', type: 'count', unit: '{row}', value: 3 },
    { name: 'peak_memory', type: 'gauge', unit: 'By', value: '4096' },
    { name: 'bytes_read', type: 'count', unit: 'By', value: 6 },
  ],
};

/** What the recorder puts on the span of a report. */
function recorded(about: EngineReport, options: QueryRecorderOptions = {}, hasOwnSpan?: boolean): unknown {
  const recorder = createSpanRecorder();
  const span = recorder.tracerProvider.getTracer('test').startSpan('query');
  const otelContext = trace.setSpan(ROOT_CONTEXT, span);
  const scope: ReportScope = {
    place: { otelContext, window: about.window, ...(hasOwnSpan === undefined ? {} : { hasOwnSpan }) },
    stages: new Map(),
    operators: new Map(),
    run: { runId: 'test' },
    budget: new SpanBudget(),
    warn: () => {},
  };
  queryRecorder(options)(about, scope);
  span.end();
  return recorder.spans()[0]?.attributes;
}

const engine = { 'db.system.name': 'duckdb', 'duckdb.version': 'v1.5.6' };
const query = {
  ...engine,
  'db.query.text': 'SELECT * FROM t WHERE name = ?1',
  'db.operation.name': 'SELECT',
  'db.query.summary': 'SELECT t',
  'db.response.returned_rows': 3,
};

it('says what was asked and what the query took as a whole, but no sum that operators say', () => {
  expect(recorded(report)).toEqual({
    ...query,
    'datafusion.metrics.peak_memory': 4096,
  });
});

it('leaves out metrics, and keeps literals, where that is asked for', () => {
  expect(recorded(report, { recordMetrics: false })).toEqual(query);
  const options = { recordMetrics: false, redaction: { sqlLiterals: 'keep' } } as const;
  expect(recorded(report, options)).toEqual({ ...query, 'db.query.text': report.query?.text });
  expect(recorded(report, { recordMetrics: false, maxTextBytes: 20 })).not.toEqual(query);
});

it('speaks of returned rows only where rows are returned', () => {
  const { metrics, ...bare } = report;
  const copy = { ...bare, query: { text: 'COPY t TO ?', operation: 'COPY' } };
  expect(recorded({ ...copy, metrics: metrics ?? [] }, { recordMetrics: false })).toEqual({
    ...engine,
    'db.query.text': 'COPY t TO ?',
    'db.operation.name': 'COPY',
  });
  expect(recorded(bare)).not.toHaveProperty('db.response.returned_rows');
  const { query: _, ...nothing } = bare;
  expect(recorded(nothing)).toEqual(engine);
});

it('says nothing on the span of something above', () => {
  expect(recorded(report, {}, false)).toEqual({});
  expect(recorded(report, {}, true)).toMatchObject(engine);
});
