import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, renderSpanTree, traceChecklist } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { readQueryInfo } from '../src/report/read-query-info.ts';
import { toEngineReport } from '../src/report/to-engine-report.ts';
import { trinoSchema } from '../src/semconv.ts';
import { drawnTrace } from './drawn-trace.ts';
import { RECORDINGS, type Recording, recording } from './recordings.ts';

/** Literals of the recorded queries, and values that stand in their reports. */
const SECRETS = ['BUILDING', '1995-03-15', '1994-01-01', '1995-01-01', '0.05', '123-45-6789', '59943', '[[F]'];
const schemas = [sharedSchema, trinoSchema];

const tree = (name: Recording, attributes: readonly string[]): string => {
  const { spans, warnings } = drawnTrace(toEngineReport(readQueryInfo(recording(name))));
  expect(warnings).toEqual([]);
  return renderSpanTree(spans, { attributes });
};

describe('every recorded report', () => {
  it.each(Object.keys(RECORDINGS) as Recording[])('%s keeps the rules of every trace', (name) => {
    const { spans } = drawnTrace(toEngineReport(readQueryInfo(recording(name))));
    assertTraceInvariants(spans, { schemas, secrets: SECRETS });
    const missing = traceChecklist(spans, { schemas, secrets: SECRETS });
    // The span of the query is the client's.
    expect(missing.filter((line) => !line.startsWith('span "query"'))).toEqual([]);
  });
});

const ROWS = ['datafusion.metrics.output_rows'];

it('a query that finished: phases, rules, stages, tasks and operators', () => {
  expect(tree('483-finished', ROWS)).toMatchInlineSnapshot(`
    "query → elsewhere datafusion.metrics.output_rows=10
      queued ~engine_duration
      waiting ~engine_duration
      dispatching ~engine_duration
      analyze_logical_plan ~engine_duration
      optimize_logical_plan ~engine_duration
        PredicatePushDown (modified) ~engine_duration
        PushPredicateIntoTableScan (modified) ~engine_duration
        ReorderJoins (modified) ~engine_duration
        ProjectExpressionRewrite (modified) ~engine_duration
        FilterExpressionRewrite (modified) ~engine_duration
        AggregationExpressionRewrite ~engine_duration
        PushDownDereferencesThroughSort ~engine_duration
        PruneJoinChildrenColumns (modified) ~engine_duration
        AddExchanges (modified) ~engine_duration
        PushProjectionThroughUnion ~engine_duration
      stage datafusion.metrics.output_rows=337
        task datafusion.metrics.output_rows=182
        task datafusion.metrics.output_rows=155
        ScanFilterProject ~observed_events datafusion.metrics.output_rows=337
      stage → stage datafusion.metrics.output_rows=20
        task datafusion.metrics.output_rows=10
        task datafusion.metrics.output_rows=10
        TopNPartial ~observed_events datafusion.metrics.output_rows=20
          LocalExchange ~observed_events datafusion.metrics.output_rows=40
            TopNPartial ~observed_events datafusion.metrics.output_rows=40
              LocalExchange ~observed_events datafusion.metrics.output_rows=40
                TopNPartial ~observed_events datafusion.metrics.output_rows=40
                  Aggregate ~observed_events datafusion.metrics.output_rows=138
                    Project ~observed_events datafusion.metrics.output_rows=356
                      InnerJoin ~observed_events datafusion.metrics.output_rows=356
                        ScanFilterProject ~observed_events datafusion.metrics.output_rows=32260
                        LocalExchange ~observed_events datafusion.metrics.output_rows=1797
                          InnerJoin ~observed_events datafusion.metrics.output_rows=1797
                            ScanFilter ~observed_events datafusion.metrics.output_rows=7286
                            LocalExchange ~observed_events datafusion.metrics.output_rows=674
                              RemoteSource ~observed_events datafusion.metrics.output_rows=674
      stage → stage datafusion.metrics.output_rows=10
        task datafusion.metrics.output_rows=10
        Output ~observed_events
          TopN ~observed_events datafusion.metrics.output_rows=10
            LocalExchange ~observed_events datafusion.metrics.output_rows=20
              RemoteSource ~observed_events datafusion.metrics.output_rows=20"
  `);
});

it('a query of one scan', () => {
  const shown = ['planscope.stage.*', 'planscope.task.*', 'datafusion.node', ...ROWS];
  expect(tree('483-small', shown)).toMatchInlineSnapshot(`
    "query → elsewhere datafusion.metrics.output_rows=1
      queued ~engine_duration
      waiting ~engine_duration
      dispatching ~engine_duration
      analyze_logical_plan ~engine_duration
      optimize_logical_plan ~engine_duration
        PushProjectionThroughUnion ~engine_duration
        PushAggregationIntoTableScan ~engine_duration
        AddExchanges (modified) ~engine_duration
        PushPartialAggregationThroughExchangeWithoutProjection (modified) ~engine_duration
        DetermineTableScanNodePartitioning (modified) ~engine_duration
        PruneAggregationSourceColumns (modified) ~engine_duration
        PredicatePushDown (modified) ~engine_duration
        ProjectExpressionRewrite ~engine_duration
        PruneCountAggregationOverScalar ~engine_duration
        AggregationExpressionRewrite ~engine_duration
      stage datafusion.metrics.output_rows=4 planscope.stage.id=1 planscope.stage.parents=["0"] planscope.stage.spread.bytes_read.least=0 planscope.stage.spread.bytes_read.median=0 planscope.stage.spread.bytes_read.most=0 planscope.stage.spread.duration.least=495493181 planscope.stage.spread.duration.median=495493181 planscope.stage.spread.duration.most=496542665 planscope.stage.spread.elapsed_compute.least=11010000 planscope.stage.spread.elapsed_compute.median=11010000 planscope.stage.spread.elapsed_compute.most=11960000 planscope.stage.spread.output_bytes.least=18 planscope.stage.spread.output_bytes.median=18 planscope.stage.spread.output_bytes.most=18 planscope.stage.spread.output_rows.least=2 planscope.stage.spread.output_rows.median=2 planscope.stage.spread.output_rows.most=2 planscope.stage.task_count=2
        task datafusion.metrics.output_rows=2 planscope.stage.id=1 planscope.task.attempt=0 planscope.task.host=worker2 planscope.task.id=1
        task datafusion.metrics.output_rows=2 planscope.stage.id=1 planscope.task.attempt=0 planscope.task.host=worker1 planscope.task.id=0
        Aggregate ~observed_events datafusion.metrics.output_rows=4 datafusion.node="Aggregate: step=PARTIAL, aggregates=[count(*)]" planscope.stage.id=1
          TableScan ~observed_events datafusion.metrics.output_rows=15000 datafusion.node="TableScan: table=tpch.tiny.orders" planscope.stage.id=1
      stage → stage datafusion.metrics.output_rows=1 planscope.stage.id=0 planscope.stage.task_count=1
        task datafusion.metrics.output_rows=1 planscope.stage.id=0 planscope.task.attempt=0 planscope.task.host=worker1 planscope.task.id=0
        Output ~observed_events datafusion.node="Output: columns=[_col0]" planscope.stage.id=0
          Aggregate ~observed_events datafusion.metrics.output_rows=1 datafusion.node="Aggregate: step=FINAL, aggregates=[count(count_0)]" planscope.stage.id=0
            LocalExchange ~observed_events datafusion.metrics.output_rows=4 datafusion.node="LocalExchange: partitioning=SINGLE" planscope.stage.id=0
              RemoteSource ~observed_events datafusion.metrics.output_rows=4 datafusion.node=RemoteSource planscope.stage.id=0"
  `);
});

it('a query that failed in two tasks', () => {
  const shown = ['planscope.partial', 'db.response.status_code', 'planscope.engine.error_type', 'planscope.run.status'];
  expect(tree('483-failed', shown)).toMatchInlineSnapshot(`
    "query → elsewhere db.response.status_code=DIVISION_BY_ZERO planscope.engine.error_type=USER_ERROR planscope.partial=true
      queued ~engine_duration
      waiting ~engine_duration
      dispatching ~engine_duration
      analyze_logical_plan ~engine_duration
      optimize_logical_plan ~engine_duration
        PruneCountAggregationOverScalar ~engine_duration
        ProjectExpressionRewrite ~engine_duration
        InlineProjections (modified) ~engine_duration
        PushProjectionIntoTableScan ~engine_duration
        AddExchanges (modified) ~engine_duration
        PushPartialAggregationThroughExchangeWithoutProjection (modified) ~engine_duration
        PredicatePushDown (modified) ~engine_duration
        PruneAggregationSourceColumns (modified) ~engine_duration
        DetermineTableScanNodePartitioning (modified) ~engine_duration
        PruneTableScanColumns (modified) ~engine_duration
      stage !DIVISION_BY_ZERO db.response.status_code=DIVISION_BY_ZERO planscope.engine.error_type=USER_ERROR planscope.partial=true planscope.run.status=error
        task !DIVISION_BY_ZERO db.response.status_code=DIVISION_BY_ZERO planscope.engine.error_type=USER_ERROR planscope.partial=true planscope.run.status=error
        task !DIVISION_BY_ZERO db.response.status_code=DIVISION_BY_ZERO planscope.engine.error_type=USER_ERROR planscope.partial=true planscope.run.status=error
        Aggregate ~observed_events planscope.partial=true
          ScanProject ~observed_events planscope.partial=true
      stage → stage planscope.partial=true planscope.run.status=cancelled
        task planscope.partial=true planscope.run.status=cancelled
        Output ~observed_events planscope.partial=true
          Aggregate ~observed_events planscope.partial=true
            LocalExchange ~observed_events planscope.partial=true
              RemoteSource ~observed_events planscope.partial=true"
  `);
});

it('a scan of a file, by a version that nests its stages', () => {
  const shown = ['datafusion.node', 'planscope.metrics.bytes_read', 'planscope.metrics.physical_rows_read', ...ROWS];
  expect(tree('476-lake', shown)).toMatchInlineSnapshot(`
    "query → elsewhere datafusion.metrics.output_rows=1 planscope.metrics.bytes_read=1408155 planscope.metrics.physical_rows_read=60175
      queued ~engine_duration
      waiting ~engine_duration
      dispatching ~engine_duration
      analyze_logical_plan ~engine_duration
      optimize_logical_plan ~engine_duration
        PushPredicateIntoTableScan (modified) ~engine_duration
        FilterExpressionRewrite (modified) ~engine_duration
        PredicatePushDown (modified) ~engine_duration
        PushProjectionThroughUnion ~engine_duration
        ProjectExpressionRewrite ~engine_duration
        PruneSortColumns ~engine_duration
        PruneSpatialJoinColumns ~engine_duration
        AddExchanges (modified) ~engine_duration
        PushDownDereferenceThroughFilter ~engine_duration
        PruneFilterColumns (modified) ~engine_duration
      stage datafusion.metrics.output_rows=1 planscope.metrics.bytes_read=1408155 planscope.metrics.physical_rows_read=60175
        task datafusion.metrics.output_rows=1 planscope.metrics.bytes_read=1408155 planscope.metrics.physical_rows_read=60175
        Aggregate ~observed_events datafusion.metrics.output_rows=1 datafusion.node="Aggregate: step=PARTIAL, aggregates=[sum(expr)]"
          ScanFilterProject ~observed_events datafusion.metrics.output_rows=1191 datafusion.node="ScanFilterProject: table=lake.t.lineitem, filter=((discount BETWEEN ?1) AND (quantity < ?2) AND (shipdate >= date ?3) AND (shipdate < date ?4)), projections=[multiply(extendedprice, discount)]" planscope.metrics.bytes_read=1408155 planscope.metrics.physical_rows_read=60175
      stage → stage datafusion.metrics.output_rows=1 planscope.metrics.bytes_read=0 planscope.metrics.physical_rows_read=0
        task datafusion.metrics.output_rows=1 planscope.metrics.bytes_read=0 planscope.metrics.physical_rows_read=0
        Output ~observed_events datafusion.node="Output: columns=[revenue]"
          Aggregate ~observed_events datafusion.metrics.output_rows=1 datafusion.node="Aggregate: step=FINAL, aggregates=[sum(sum_0)]"
            LocalExchange ~observed_events datafusion.metrics.output_rows=1 datafusion.node="LocalExchange: partitioning=SINGLE"
              RemoteSource ~observed_events datafusion.metrics.output_rows=1 datafusion.node=RemoteSource"
  `);
});

it('a cancelled query', () => {
  expect(tree('476-cancelled', ['planscope.partial', 'planscope.run.status', ...ROWS])).toMatchInlineSnapshot(`
    "query → elsewhere datafusion.metrics.output_rows=0 planscope.partial=true
      queued ~engine_duration
      waiting ~engine_duration
      dispatching ~engine_duration
      analyze_logical_plan ~engine_duration
      optimize_logical_plan ~engine_duration
        JoinExpressionRewrite ~engine_duration
        PredicatePushDown (modified) ~engine_duration
        ProjectExpressionRewrite (modified) ~engine_duration
        ReorderJoins (modified) ~engine_duration
        PruneAggregationSourceColumns (modified) ~engine_duration
        AddExchanges (modified) ~engine_duration
        PruneApplyCorrelation (modified) ~engine_duration
        SimplifyCountOverConstant ~engine_duration
        PushDownDereferenceThroughProject (modified) ~engine_duration
        PruneApplyColumns (modified) ~engine_duration
      stage datafusion.metrics.output_rows=150000 planscope.partial=true planscope.run.status=cancelled
        task datafusion.metrics.output_rows=75000 planscope.partial=true planscope.run.status=ok
        task datafusion.metrics.output_rows=75000 planscope.partial=true planscope.run.status=ok
        TableScan ~observed_events datafusion.metrics.output_rows=150000 planscope.partial=true
      stage → stage datafusion.metrics.output_rows=0 planscope.partial=true planscope.run.status=cancelled
        task datafusion.metrics.output_rows=0 planscope.partial=true planscope.run.status=cancelled
        task datafusion.metrics.output_rows=0 planscope.partial=true planscope.run.status=cancelled
        TopNPartial ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
          LocalExchange ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
            TopNPartial ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
              LocalExchange ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                TopNPartial ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                  Aggregate ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                    InnerJoin ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                      ScanFilter ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                      LocalExchange ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                        InnerJoin ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                          InnerJoin ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                            ScanFilter ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                            FilterProject ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                              Aggregate ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                                LocalExchange ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                                  Aggregate ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
                                    TableScan ~observed_events datafusion.metrics.output_rows=1339865 planscope.partial=true
                          LocalExchange ~observed_events datafusion.metrics.output_rows=300000 planscope.partial=true
                            RemoteSource ~observed_events datafusion.metrics.output_rows=300000 planscope.partial=true
      stage → stage datafusion.metrics.output_rows=0 planscope.partial=true planscope.run.status=cancelled
        task datafusion.metrics.output_rows=0 planscope.partial=true planscope.run.status=cancelled
        Output ~observed_events planscope.partial=true
          TopN ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
            LocalExchange ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
              RemoteSource ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true"
  `);
});

it('a query that still runs has no numbers of operators', () => {
  expect(tree('476-running', ['planscope.partial', 'planscope.run.status', ...ROWS])).toMatchInlineSnapshot(`
    "query → elsewhere datafusion.metrics.output_rows=0 planscope.partial=true
      queued ~engine_duration
      waiting ~engine_duration
      dispatching ~engine_duration
      analyze_logical_plan ~engine_duration
      optimize_logical_plan ~engine_duration
        PredicatePushDown (modified) ~engine_duration
        PushDownDereferenceThroughFilter ~engine_duration
        FilterExpressionRewrite (modified) ~engine_duration
        PushPredicateIntoTableScan ~engine_duration
        PushDownDereferencesThroughMarkDistinct ~engine_duration
        DetermineTableScanNodePartitioning (modified) ~engine_duration
        ProjectExpressionRewrite ~engine_duration
        AddExchanges (modified) ~engine_duration
        PruneAggregationSourceColumns (modified) ~engine_duration
        PruneCountAggregationOverScalar ~engine_duration
      stage ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
        task ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
        task ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
        Aggregate ~execution_window planscope.partial=true
          ScanFilterProject ~execution_window planscope.partial=true
      stage ~observed_events → stage datafusion.metrics.output_rows=0 planscope.partial=true
        task ~observed_events datafusion.metrics.output_rows=0 planscope.partial=true
        Output ~execution_window planscope.partial=true
          Aggregate ~execution_window planscope.partial=true
            LocalExchange ~execution_window planscope.partial=true
              RemoteSource ~execution_window planscope.partial=true"
  `);
});

it('a query that failed in its analysis', () => {
  const shown = ['db.*', 'planscope.timing.*', 'planscope.partial'];
  expect(tree('476-missing-table', shown)).toMatchInlineSnapshot(`
    "query → elsewhere db.operation.name=SELECT db.query.summary=query db.query.text="SELECT secretcol FROM tpch.tiny.nope WHERE ssn = ?1" db.response.status_code=TABLE_NOT_FOUND db.system.name=trino planscope.partial=true planscope.timing.basis=measured
      queued ~engine_duration planscope.timing.basis=engine_duration
      waiting ~engine_duration planscope.timing.basis=engine_duration planscope.timing.clamped=true planscope.timing.reported_duration=5840000
      analyze_logical_plan ~engine_duration planscope.timing.basis=engine_duration"
  `);
});

it('tells what the operators of a join did', () => {
  const { spans } = drawnTrace(toEngineReport(readQueryInfo(recording('483-finished'))));
  const join = spans.find(({ attributes }) => attributes['planscope.operator.id'] === '1.452');
  expect(join?.attributes).toMatchInlineSnapshot(`
    {
      "datafusion.metrics.elapsed_compute": 33858530,
      "datafusion.metrics.output_bytes": 17444,
      "datafusion.metrics.output_rows": 356,
      "datafusion.metrics.spilled_bytes": 0,
      "datafusion.node": "InnerJoin: join_type=INNER, join_keys=[orderkey_4 = orderkey], distribution=PARTITIONED",
      "planscope.metrics.blocked_time": 4384930000,
      "planscope.metrics.estimated_rows": 4716,
      "planscope.metrics.peak_driver_memory": 131072,
      "planscope.metrics.scheduled_time": 257535420,
      "planscope.operator.id": "1.452",
      "planscope.operator.name": "InnerJoin",
      "planscope.run.id": "run-1",
      "planscope.span.kind": "operator",
      "planscope.stage.id": "1",
      "planscope.timing.basis": "observed_events",
      "trino.operators": [
        "LookupJoinOperator",
        "DynamicFilterSourceOperator",
        "HashBuilderOperator",
      ],
    }
  `);
});

it('says on the span of the query what the whole query did', () => {
  const { spans } = drawnTrace(toEngineReport(readQueryInfo(recording('476-lake'))));
  expect(spans.find(({ name }) => name === 'query')?.attributes).toMatchInlineSnapshot(`
    {
      "datafusion.metrics.bytes_written": 0,
      "datafusion.metrics.output_bytes": 9,
      "datafusion.metrics.output_rows": 1,
      "datafusion.metrics.spilled_bytes": 0,
      "db.operation.name": "SELECT",
      "db.query.summary": "query",
      "db.query.text": "SELECT sum(extendedprice * discount) AS revenue FROM lake.t.lineitem WHERE shipdate >= DATE ?1 AND shipdate < DATE ?2 AND discount BETWEEN ?3 AND ?4 AND quantity < ?5",
      "db.response.returned_rows": 1,
      "db.system.name": "trino",
      "planscope.metrics.blocked_time": 1860000000,
      "planscope.metrics.bytes_read": 1408155,
      "planscope.metrics.cumulative_compute": 203000000,
      "planscope.metrics.input_blocked_time": 639770000,
      "planscope.metrics.network_bytes_received": 44,
      "planscope.metrics.peak_memory": 296,
      "planscope.metrics.physical_read_time": 1000000,
      "planscope.metrics.physical_rows_read": 60175,
      "planscope.metrics.scheduled_time": 611000000,
      "planscope.span.kind": "query",
      "planscope.timing.basis": "measured",
      "trino.query.id": "20261128_111124_00021_9dts4",
      "trino.version": "476",
    }
  `);
});
