import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  createExecution,
  type EngineReport,
  type NodeField,
  type OperatorReport,
  type ReportScope,
  SpanBudget,
} from '@planscope/plan';
import { testPlanningContext, testTaskContext } from '@planscope/plan/testing';
import { type SemanticSchema, sharedSchema, type TextAttributeDefinition } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { batchOf, drain, node } from '../../test/plans.ts';
import { instrumentExecution, type OperatorReportOptions, operatorReportRecorder } from '../index.ts';

const MILLISECOND = 1_000_000n;
const BEGIN = 1_700_000_000_000n * MILLISECOND;

/** A time, in milliseconds after the start of the execution. */
const at = (milliseconds: number): string => (BEGIN + BigInt(milliseconds) * MILLISECOND).toString();

function operator(id: string, more: Partial<OperatorReport> = {}): OperatorReport {
  return {
    id,
    name: `${id.toUpperCase()}_OPERATOR`,
    timing: { basis: 'execution_window' },
    metrics: [],
    children: [],
    ...more,
  };
}

const filter = (text: string): NodeField => ({ key: 'filter', text, kind: 'expression' });

const compute = (value: string | number): OperatorReport['metrics'] => [
  { name: 'elapsed_compute', type: 'time', unit: 'ns', value },
];

function reportOf(...operators: OperatorReport[]): EngineReport {
  return {
    version: 2,
    engine: { name: 'toy', version: '1' },
    status: 'ok',
    window: { start: at(10), end: at(90) },
    operators,
  };
}

let recorder: SpanRecorder;
let scope: ReportScope;

beforeEach(() => {
  recorder = createSpanRecorder();
  scope = {
    ...testPlanningContext(),
    place: { otelContext: ROOT_CONTEXT, window: { start: at(0), end: at(100) } },
    stages: new Map(),
    operators: new Map(),
  };
});

function draw(report: EngineReport, options: OperatorReportOptions = {}): void {
  operatorReportRecorder({ tracerProvider: recorder.tracerProvider, ...options })(report, scope);
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, ...(options.schemas ?? [])] });
}

/** The registry of an engine with a text attribute for each given key. */
function registryOf(texts: Readonly<Record<string, Pick<TextAttributeDefinition, 'type' | 'text'>>>): SemanticSchema {
  const attributes = Object.entries(texts).map(([key, kind]): TextAttributeDefinition => {
    return { key, ...kind, meaning: 'What the engine tells.', spans: ['operator'], setBy: ['toy'] };
  });
  return { scope: 'duckdb', spans: [], attributes, operatorMetrics: [], metrics: [] };
}

const filters = registryOf({ 'duckdb.filters': { type: 'string[]', text: 'expression' } });

const tree = (...attributes: string[]): string => renderSpanTree(recorder.spans(), { attributes });

/** The window of each span, in milliseconds after the start. */
function windows(): Record<string, string> {
  const milliseconds = ([seconds, nanoseconds]: readonly [number, number]): number =>
    Number((BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds) - BEGIN) / MILLISECOND);
  return Object.fromEntries(
    recorder.spans().map((span) => [span.name, `${milliseconds(span.startTime)}-${milliseconds(span.endTime)}`]),
  );
}

describe('operatorReportRecorder', () => {
  it('draws the tree with the description and metrics of each operator, without literals', () => {
    const scan = operator('scan', {
      fields: [filter("origin = 'SEA' AND delay > 10")],
      metrics: [
        { name: 'output_rows', type: 'count', unit: '{row}', value: 446 },
        { name: 'elapsed_compute', type: 'time', unit: 'ns', value: '9007199254740993' },
      ],
    });
    const report = reportOf(operator('join', { children: [scan, operator('empty')] }));
    draw(report, { customFields: { team: 'flights' } });
    expect(
      tree('datafusion.*', 'planscope.metrics.*', 'planscope.operator.id', 'planscope.rounded_metrics', 'team'),
    ).toMatchInlineSnapshot(`
      "JOIN_OPERATOR ~execution_window planscope.operator.id=join team=flights
        SCAN_OPERATOR ~execution_window datafusion.metrics.elapsed_compute=9007199254740992 datafusion.metrics.output_rows=446 datafusion.node="SCAN_OPERATOR: filter=origin = ?1 AND delay > ?2" planscope.operator.id=scan planscope.rounded_metrics=["elapsed_compute"] team=flights
        EMPTY_OPERATOR ~execution_window planscope.operator.id=empty team=flights"
    `);
    assertTraceInvariants(recorder.spans(), { secrets: ['SEA'] });
  });

  it('has the basis of its times, and moves operators outside of their parent to its edge', () => {
    draw(
      reportOf(
        operator('measured', { timing: { basis: 'measured', window: { start: at(20), end: at(40) } } }),
        operator('lasting', { timing: { basis: 'engine_duration', duration: (5n * MILLISECOND).toString() } }),
        operator('somewhere'),
        operator('seen', {
          timing: { basis: 'observed_events', window: { start: at(30), end: at(120) } },
          children: [operator('below', { timing: { basis: 'measured', window: { start: at(10), end: at(20) } } })],
        }),
      ),
    );
    expect(tree('planscope.timing.clamped', 'planscope.timing.reported_duration')).toMatchInlineSnapshot(`
      "MEASURED_OPERATOR
      LASTING_OPERATOR ~engine_duration
      SOMEWHERE_OPERATOR ~execution_window
      SEEN_OPERATOR ~observed_events planscope.timing.clamped=true planscope.timing.reported_duration=90000000
        BELOW_OPERATOR planscope.timing.clamped=true planscope.timing.reported_duration=10000000"
    `);
    expect(windows()).toEqual({
      MEASURED_OPERATOR: '20-40',
      LASTING_OPERATOR: '10-15',
      SOMEWHERE_OPERATOR: '10-90',
      SEEN_OPERATOR: '30-100',
      BELOW_OPERATOR: '30-30',
    });
  });

  it('draws shares of the compute time only with the option, and marks them', () => {
    const report = reportOf(
      operator('top', {
        metrics: compute(0),
        children: [
          operator('cheap', { metrics: compute(10) }),
          operator('dear', { metrics: compute(10), children: [operator('dearest', { metrics: compute('20') })] }),
          operator('known', { timing: { basis: 'measured', window: { start: at(15), end: at(16) } } }),
        ],
      }),
    );
    draw(report, { layout: 'proportional' });
    expect(tree()).toMatchInlineSnapshot(`
      "TOP_OPERATOR ~proportional
        CHEAP_OPERATOR ~proportional
        DEAR_OPERATOR ~proportional
          DEAREST_OPERATOR ~proportional
        KNOWN_OPERATOR"
    `);
    expect(windows()).toEqual({
      TOP_OPERATOR: '10-90',
      CHEAP_OPERATOR: '10-30',
      DEAR_OPERATOR: '30-90',
      DEAREST_OPERATOR: '30-70',
      KNOWN_OPERATOR: '15-16',
    });
  });

  it('invents no shares if no compute time is known', () => {
    draw(reportOf(operator('top', { children: [operator('below')] })), { layout: 'proportional' });
    expect(tree()).toMatchInlineSnapshot(`
      "TOP_OPERATOR ~execution_window
        BELOW_OPERATOR ~execution_window"
    `);
  });

  it('shares placeholders between the texts of one operator', () => {
    const attributes = {
      'db.query.text': "SELECT 'SEA', 'AA'",
      'duckdb.filters': ["carrier = 'AA'", 'plain'],
      'db.response.returned_rows': 5,
    };
    draw(reportOf(operator('scan', { fields: [filter("origin = 'SEA'")], attributes })), { schemas: [filters] });
    expect(recorder.spans()[0]?.attributes).toMatchObject({
      'datafusion.node': 'SCAN_OPERATOR: filter=origin = ?1',
      'db.query.text': 'SELECT ?1, ?2',
      'duckdb.filters': ['carrier = ?2', 'plain'],
      'db.response.returned_rows': 5,
    });
  });

  it('redacts the entries of a list as one text, because a literal may span several entries', () => {
    draw(reportOf(operator('filter', { attributes: { 'duckdb.filters': ["note != 'a", 'secret', "b'"] } })), {
      schemas: [filters],
    });
    expect(recorder.spans()[0]?.attributes['duckdb.filters']).toEqual(['note != ?1']);
  });

  it('shows only the names that the report lists, if it lists any', () => {
    const attributes = { 'duckdb.filters': ['amount', 'Oslo'] };
    const fields: NodeField[] = [{ key: 'projections', text: ['amount', 'Oslo'], kind: 'name_of_data' }];
    const report = reportOf(operator('pivot', { fields, attributes }));
    draw({ ...report, identifiers: ['amount'] }, { schemas: [filters] });
    expect(recorder.spans()[0]?.attributes).toMatchObject({
      'datafusion.node': 'PIVOT_OPERATOR: projections=[amount, ?1]',
      'duckdb.filters': ['amount', '?1'],
    });
  });

  it('keeps only the words of the given dialect', () => {
    const attributes = { 'duckdb.filters': ['amount > tally(price)'] };
    const fields = [{ key: 'sums', text: 'tally(price)', kind: 'expression' }] as const;
    const report = reportOf(operator('sum', { fields, attributes }));
    const shown = (dialect: OperatorReportOptions['dialect']) => {
      recorder.clear();
      draw({ ...report, identifiers: ['amount', 'price'] }, { schemas: [filters], ...(dialect && { dialect }) });
      const { 'datafusion.node': node, 'duckdb.filters': filter } = recorder.spans()[0]?.attributes ?? {};
      return [node, filter];
    };
    expect(shown({ functions: ['tally'] })).toEqual(['SUM_OPERATOR: sums=tally(price)', ['amount > tally(price)']]);
    expect(shown(undefined)).toEqual(['SUM_OPERATOR: sums=?1(price)', ['amount > ?2']]);
  });

  it('keeps the codes of warnings', () => {
    const attributes = { 'planscope.warnings.codes': ['cardinality-misestimated', 'small-reads'] };
    draw({ ...reportOf(operator('join', { attributes })), identifiers: ['amount'] });
    expect(recorder.spans()[0]?.attributes).toMatchObject(attributes);
  });

  it('keeps the names of files, without credentials', () => {
    const files = "/data/o'hare-3m.parquet, s3://key:secret@bucket/flights.parquet?X-Amz-Signature=abc";
    draw(reportOf(operator('scan', { attributes: { 'duckdb.table': files } })), {
      schemas: [registryOf({ 'duckdb.table': { type: 'string', text: 'path' } })],
    });
    expect(recorder.spans()[0]?.attributes['duckdb.table']).toMatchInlineSnapshot(
      `"/data/o'hare-3m.parquet, s3://bucket/flights.parquet?…"`,
    );
  });

  it('does not change the codes of warnings', () => {
    const codes = ['broad-scan', 'estimate-off'];
    draw({ ...reportOf(operator('scan', { attributes: { 'planscope.warnings.codes': codes } })), identifiers: [] });
    expect(recorder.spans()[0]?.attributes['planscope.warnings.codes']).toEqual(codes);
  });

  it('hides a text that is in no registry, whatever its key, unless the program allows data', () => {
    const attributes = { 'duckdb.files': 'ada@example.com', 'duckdb.join.conditions': ['ada', 'bob', 'ada'] };
    const record = operatorReportRecorder;
    const { tracerProvider } = recorder;
    record({ tracerProvider, redaction: { planLiterals: 'keep' } })(reportOf(operator('scan', { attributes })), scope);
    record({ tracerProvider, redaction: { data: 'keep' } })(reportOf(operator('scan', { attributes })), scope);
    const [hidden, allowed] = recorder.spans();
    expect(hidden?.attributes).toMatchObject({
      'duckdb.files': '?1',
      'duckdb.join.conditions': ['?2', '?3', '?2'],
    });
    expect(allowed?.attributes).toMatchObject(attributes);
  });

  it('has options to keep literals and to truncate texts', () => {
    draw(reportOf(operator('scan', { fields: [filter(`origin = '${'S'.repeat(100)}'`)] })), {
      redaction: { planLiterals: 'keep' },
      maxTextBytes: 64,
    });
    expect(recorder.spans()[0]?.attributes['datafusion.node']).toBe(
      "SCAN_OPERATOR: filter=origin = 'SSSSSS… [truncated, 133 bytes]",
    );
  });

  it('stays within the budget; spans below a missing one get the next one above', () => {
    const budget = new SpanBudget(2);
    scope = { ...scope, budget };
    draw(reportOf(operator('top', { children: [operator('middle', { children: [operator('bottom')] })] })));
    expect(tree()).toMatchInlineSnapshot(`
      "TOP_OPERATOR ~execution_window
        MIDDLE_OPERATOR ~execution_window"
    `);
    expect(budget.dropped).toBe(1);
    expect(trace.getSpan(scope.operators.get('bottom')?.otelContext ?? ROOT_CONTEXT)).toBe(
      trace.getSpan(scope.operators.get('middle')?.otelContext ?? ROOT_CONTEXT),
    );
  });

  it('omits disabled operators; the spans below get the next one above', () => {
    const scan = operator('scan');
    const filter = operator('filter', { children: [scan] });
    draw(reportOf(operator('join', { children: [filter] })), { isEnabled: ({ name }) => name !== 'FILTER_OPERATOR' });
    expect(tree()).toMatchInlineSnapshot(`
      "JOIN_OPERATOR ~execution_window
        SCAN_OPERATOR ~execution_window"
    `);
    expect([...scope.operators.keys()]).toEqual(['join', 'filter', 'scan']);
    expect(scope.budget.used).toBe(2);
  });

  it('publishes the place of each operator for other recorders', () => {
    draw(reportOf(operator('top', { children: [operator('scan')] })));
    expect([...scope.operators.keys()]).toEqual(['top', 'scan']);
    expect(scope.operators.get('scan')?.window).toEqual({ start: at(10), end: at(90) });
  });
});

describe('a report that comes with the outcome', () => {
  const engine = (report: (now: bigint) => EngineReport): ReturnType<typeof node> =>
    node('EngineExec', (_, context) =>
      createExecution(context, async function* (run) {
        const start = BigInt(Date.now()) * MILLISECOND;
        yield batchOf(1, 2);
        run.report = report(start);
      }),
    );

  it('is drawn under the operator that ran the engine, by the recorders in order', async () => {
    const order: string[] = [];
    const rule = instrumentExecution({
      tracerProvider: recorder.tracerProvider,
      reportRecorders: [
        function planning() {
          order.push('planning');
          throw new TypeError('no plan');
        },
        operatorReportRecorder({ tracerProvider: recorder.tracerProvider }),
        (_, { operators, place }) =>
          order.push(`io ${[...operators.keys()].join()} ${BigInt(place.window.end) > BigInt(place.window.start)}`),
      ],
    });
    const plan = engine((now) => ({
      ...reportOf(operator('scan')),
      window: { start: now.toString(), end: (now + MILLISECOND).toString() },
    }));
    const context = testTaskContext();
    const execution = (await rule.apply(plan, testPlanningContext())).execute(0, context);
    await drain(execution);
    expect(await execution.outcome).toMatchObject({ status: 'ok', report: { version: 2 } });
    assertTraceInvariants(recorder.spans());
    expect(renderSpanTree(recorder.spans(), { attributes: ['planscope.warnings.codes'] })).toMatchInlineSnapshot(`
      "EngineExec planscope.warnings.codes=["recorder-failed"]
        SCAN_OPERATOR ~execution_window"
    `);
    expect(order).toEqual(['planning', 'io scan true']);
    expect(context.warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'recorder-failed: recorder "planning" on EngineExec failed with TypeError; the query went on without what it records',
    ]);
  });

  it('is not lost when each partition has its own report', async () => {
    const window = { start: at(0), end: at(1) };
    const parallel = node(
      'EngineExec',
      (partition, context) =>
        createExecution(context, function* (run) {
          yield batchOf(partition);
          run.report = { ...reportOf(operator(`scan${partition}`)), window };
        }),
      { partitionCount: 2 },
    );
    const reports: EngineReport[][] = [];
    const rule = instrumentExecution({
      tracerProvider: recorder.tracerProvider,
      reportRecorders: [operatorReportRecorder({ tracerProvider: recorder.tracerProvider })],
    });
    const plan = await rule.apply(parallel, testPlanningContext());
    const context = testTaskContext({ observeOperator: (record) => reports.push([...record.reports]) });
    await Promise.all([0, 1].map((partition) => drain(plan.execute(partition, context))));
    expect(recorder.spans().map(({ name }) => name)).toEqual(['SCAN0_OPERATOR', 'SCAN1_OPERATOR', 'EngineExec']);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toHaveLength(2);
  });
});
