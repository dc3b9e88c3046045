import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { instrumentExecution } from '@planscope/exec-instrumentation';
import { type EngineReport, type ExecutionPlan, type ReportScope, SpanBudget, type TaskContext } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree } from '@planscope/testing';
import type { Schema } from 'apache-arrow';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect, flightsExec } from '../../test/flights-exec.ts';
import { taskContext } from '../../test/task-context.ts';
import { DuckDBExec } from '../exec/duckdb-exec.ts';
import { duckdbSchema } from '../semconv.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';
import { duckdbReportRecorders, type QueryRecorderOptions, queryRecorder } from './query-recorder.ts';

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

/** The attributes that the recorder sets on the span of a report. */
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

it('records the query and its totals, except those that the operators have', () => {
  expect(recorded(report)).toEqual({
    ...query,
    'planscope.metrics.peak_memory': 4096,
  });
});

it('has options to omit metrics and to keep literals', () => {
  expect(recorded(report, { recordMetrics: false })).toEqual(query);
  const options = { recordMetrics: false, redaction: { sqlLiterals: 'keep' } } as const;
  expect(recorded(report, options)).toEqual({ ...query, 'db.query.text': report.query?.text });
  expect(recorded(report, { recordMetrics: false, maxTextBytes: 20 })).not.toEqual(query);
});

it('records returned rows only for statements that return rows', () => {
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

it('sets no attributes if the active span is that of a parent', () => {
  expect(recorded(report, {}, false)).toEqual({});
  expect(recorded(report, {}, true)).toMatchObject(engine);
});

const schemas = [sharedSchema, duckdbSchema];
const recorder = createSpanRecorder();
const { tracerProvider } = recorder;

let session: DuckDBSession;
beforeAll(async () => {
  session = await DuckDBSession.open({
    settings: { threads: 1 },
    events: ['reads', 'requests'],
    externalFileCache: false,
  });
});
afterAll(() => session.close());
beforeEach(() => recorder.clear());

const instrumented = async (node: ExecutionPlan): Promise<ExecutionPlan> => {
  const rule = instrumentExecution({
    tracerProvider,
    outcomeWait: 30_000,
    reportRecorders: duckdbReportRecorders({
      planning: { tracerProvider },
      operators: { tracerProvider },
      io: { tracerProvider },
    }),
  });
  return rule.apply(node, taskContext());
};
const run = async (sql: string, signal?: AbortSignal): Promise<TaskContext> => {
  const node = await instrumented(await flightsExec(session, sql, { recording: { plans: true } }));
  const task = taskContext(signal);
  await collect(node.execute(0, task)).catch(() => {});
  await expect.poll(() => recorder.openSpans()).toBe(0);
  return task;
};

describe('a traced query', () => {
  it('shows the engine’s planner and operators under its node', async () => {
    await run(`SELECT origin, count(*) AS n FROM flights JOIN airports ON iata = origin
      WHERE state = 'TX' AND delay > 137.0625 GROUP BY origin ORDER BY n DESC LIMIT 3`);
    assertTraceInvariants(recorder.spans(), { schemas, secrets: [`'TX'`, '137.0625'] });
    expect(renderSpanTree(recorder.spans())).toMatchInlineSnapshot(`
      "DuckDBExec
        FilesNode
        FilesNode
        analyze_logical_plan ~engine_duration
          planner_binding ~engine_duration
        optimize_logical_plan ~engine_duration
          build_side_probe_side ~engine_duration
          column_lifetime ~engine_duration
          common_aggregate ~engine_duration
          common_subexpressions ~engine_duration
          common_subplan ~engine_duration
          cte_filter_pusher ~engine_duration
          cte_inlining ~engine_duration
          deliminator ~engine_duration
          duplicate_groups ~engine_duration
          empty_result_pullup ~engine_duration
          expression_rewriter ~engine_duration
          filter_pullup ~engine_duration
          filter_pushdown ~engine_duration
          in_clause ~engine_duration
          join_elimination ~engine_duration
          join_filter_pushdown ~engine_duration
          join_order ~engine_duration
          late_materialization ~engine_duration
          limit_pushdown ~engine_duration
          regex_range ~engine_duration
          reorder_filter ~engine_duration
          row_group_pruner ~engine_duration
          sampling_pushdown ~engine_duration
          statistics_propagation ~engine_duration
          sum_rewriter ~engine_duration
          top_n ~engine_duration
          top_n_window_elimination ~engine_duration
          unnest_rewriter ~engine_duration
          unused_columns ~engine_duration
          window_self_join ~engine_duration
        create_physical_plan ~engine_duration
          column_binding ~engine_duration
          create_plan ~engine_duration
          resolve_types ~engine_duration
        TOP_N ~execution_window
          HASH_GROUP_BY ~execution_window
            PROJECTION ~execution_window
              HASH_JOIN ~execution_window
                READ_PARQUET ~execution_window
                  duckdb.get_ranges ~observed_events
                PROJECTION ~execution_window
                  FILTER ~execution_window
                    READ_CSV ~execution_window
                      duckdb.get_ranges ~observed_events"
    `);
  });

  it('draws the reads of a file under their scan with their own times', async () => {
    for (let round = 0; round < 10; round++) {
      recorder.clear();
      await run(`SELECT count(*) FROM airports WHERE latitude > 29.5`);
      assertTraceInvariants(recorder.spans(), { schemas });
      const moved = recorder.spans().filter(({ attributes }) => attributes['planscope.timing.clamped'] === true);
      expect(moved.map(({ name }) => name)).toEqual([]);
    }
    const hide = ({ name }: { readonly name: string }): boolean => /plan$/.test(name) || name === 'FilesNode';
    const attributes = ['object_store.result.bytes', 'object_store.request_count', 'planscope.metrics.bytes_read'];
    expect(renderSpanTree(recorder.spans(), { hide, attributes })).toMatchInlineSnapshot(`
      "DuckDBExec
        UNGROUPED_AGGREGATE ~execution_window
          PROJECTION ~execution_window
            FILTER ~execution_window
              READ_CSV ~execution_window planscope.metrics.bytes_read=631095
                duckdb.get_ranges ~observed_events object_store.request_count=6 object_store.result.bytes=631095
        duckdb.get_ranges ~observed_events object_store.request_count=3 object_store.result.bytes=5249"
    `);
  });

  it('has the attributes of the database conventions, without literals', async () => {
    await run(`SELECT city FROM airports WHERE state = 'TX' AND latitude > 29.5 -- secret`);
    const [span] = recorder.spans().filter(({ name }) => name === 'DuckDBExec');
    const own = Object.entries(span?.attributes ?? {}).filter(([key]) => /^(db|duckdb)\./.test(key));
    expect(Object.fromEntries(own)).toEqual({
      'db.system.name': 'duckdb',
      'duckdb.version': session.version,
      'db.operation.name': 'SELECT',
      'db.query.summary': 'SELECT flights airports',
      'db.query.text': 'SELECT city FROM airports WHERE state = ?1 AND latitude > ?2',
      'db.response.returned_rows': 172,
    });
  });

  it('shows the changes of the optimizers to the plan', async () => {
    await run(`SELECT origin FROM flights JOIN airports ON iata = origin WHERE state = 'TX' LIMIT 3`);
    const [optimize] = recorder.spans().filter(({ name }) => name === 'optimize_logical_plan');
    expect(optimize?.attributes['datafusion.plan_diff']).toMatchInlineSnapshot(`
      "@@ -1,8 +1,8 @@
      -LIMIT
      -  PROJECTION: expressions=origin
      -    FILTER: expressions=(state = CAST(?1 AS VARCHAR))
      -      COMPARISON_JOIN: join_type=INNER, join_keys=(origin = iata)
      -        PROJECTION: expressions=[date, delay, distance, origin, destination]
      -          READ_PARQUET
      -        PROJECTION: expressions=[iata, name, city, state, country, latitude, longitude]
      +PROJECTION: expressions=origin
      +  LIMIT
      +    COMPARISON_JOIN: join_type=INNER, join_keys=(origin = iata)
      +      PROJECTION: expressions=origin
      +        READ_PARQUET
      +      PROJECTION: expressions=iata
      +        FILTER: expressions=(state = ?1)
                 READ_CSV"
    `);
  });

  it('gives each operator its attributes and metrics', async () => {
    await run(`SELECT origin, count(*) AS n FROM flights JOIN airports ON iata = origin
      WHERE state = 'TX' AND delay > 137 GROUP BY origin ORDER BY n DESC LIMIT 3`);
    const hide = ({ name }: { readonly name: string }): boolean => /plan$/.test(name) || name === 'FilesNode';
    const attributes = [
      'duckdb.j*',
      'duckdb.f*',
      'duckdb.d*',
      'duckdb.e*',
      'duckdb.g*',
      'duckdb.aggregates',
      'duckdb.limit',
      'duckdb.order_by',
      'datafusion.metrics.output_rows',
      'planscope.metrics.estimated_rows',
    ];
    const tree = renderSpanTree(recorder.spans(), { hide, attributes });
    // The numbers of placeholders depend on the redaction.
    const stable = tree.replaceAll(/duckdb.files="?[^" ]*\//g, 'duckdb.files=…/').replaceAll(/\?\d+/g, '?');
    expect(stable).toMatchInlineSnapshot(`
      "DuckDBExec datafusion.metrics.output_rows=3
        TOP_N ~execution_window datafusion.metrics.output_rows=3 duckdb.limit=3 duckdb.order_by=["count_star() DESC"]
          HASH_GROUP_BY ~execution_window datafusion.metrics.output_rows=24 duckdb.aggregates=["count_star()"] duckdb.estimate_factor=4901.291666666667 duckdb.groups=["#0"] planscope.metrics.estimated_rows=117631
            PROJECTION ~execution_window datafusion.metrics.output_rows=3087 duckdb.estimate_factor=38.87269193391642 planscope.metrics.estimated_rows=120000
              HASH_JOIN ~execution_window datafusion.metrics.output_rows=3087 duckdb.estimate_factor=38.87269193391642 duckdb.join.conditions=["origin = iata"] duckdb.join.type=INNER planscope.metrics.estimated_rows=120000
                READ_PARQUET ~execution_window datafusion.metrics.output_rows=3265 duckdb.dynamic_filters=["optional: origin>=? AND optional: origin<=? AND optional: origin IN BF(iata)"] duckdb.estimate_factor=183.76722817764164 duckdb.files=…/flights-3m.parquet duckdb.filters=["delay>?"] duckdb.function=READ_PARQUET planscope.metrics.estimated_rows=600000
                  duckdb.get_ranges ~observed_events
                PROJECTION ~execution_window datafusion.metrics.output_rows=209 duckdb.estimate_factor=5.751196172248804 planscope.metrics.estimated_rows=1202
                  FILTER ~execution_window datafusion.metrics.output_rows=209 duckdb.estimate_factor=5.751196172248804 duckdb.expressions=["(state = ?)"] planscope.metrics.estimated_rows=1202
                    READ_CSV ~execution_window datafusion.metrics.output_rows=3376 duckdb.estimate_factor=1.78021327014218 duckdb.files=…/airports.csv duckdb.function=READ_CSV planscope.metrics.estimated_rows=6010
                      duckdb.get_ranges ~observed_events"
    `);
  });

  it.each([
    ['unknown names', 'SELECT nothing FROM flights'],
    ['a failing cast', `SELECT CAST(origin AS INTEGER) FROM flights`],
    ['a stream that broke off', `SELECT CASE WHEN delay = 400 THEN error('boom') ELSE origin END FROM flights`],
  ])('that fails because of %s has an error without data', async (_, sql) => {
    const described = await flightsExec(session, 'SELECT * FROM flights, airports');
    const node = await instrumented(
      new DuckDBExec({
        session,
        sql,
        schema: described.schema as Schema,
        inputs: [
          { name: 'flights', format: 'parquet' },
          { name: 'airports', format: 'csv' },
        ],
        children: described.children,
      }),
    );
    await collect(node.execute(0, taskContext())).catch(() => {});
    await expect.poll(() => recorder.openSpans()).toBe(0);
    assertTraceInvariants(recorder.spans(), { schemas, secrets: ['boom', 'ABE', 'SFO'] });
    const [span] = recorder.spans().filter(({ name }) => name === 'DuckDBExec');
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes['planscope.run.status']).toBe('error');
    expect(span?.attributes['db.query.summary']).toBe('SELECT flights airports');
  });

  it('that is cancelled has the status cancelled', async () => {
    const node = await instrumented(await flightsExec(session, 'SELECT * FROM flights'));
    for await (const _ of node.execute(0, taskContext()).batches) break;
    await expect.poll(() => recorder.openSpans()).toBe(0);
    assertTraceInvariants(recorder.spans(), { schemas });
    const [span] = recorder.spans().filter(({ name }) => name === 'DuckDBExec');
    expect(span?.attributes['planscope.run.status']).toBe('cancelled');
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });
});
