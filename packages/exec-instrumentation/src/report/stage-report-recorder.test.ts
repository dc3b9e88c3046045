import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  type EngineReport,
  type MetricReport,
  type OperatorReport,
  type ReportPlace,
  type ReportScope,
  SpanBudget,
  type StageReport,
  type TaskReport,
  toHrTime,
} from '@planscope/plan';
import { testPlanningContext } from '@planscope/plan/testing';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  engineSpanRecorder,
  operatorReportRecorder,
  type ReportParent,
  type StageReportOptions,
  stageReportRecorder,
} from '../index.ts';

const MILLISECOND = 1_000_000n;
const BEGIN = 1_700_000_000_000n * MILLISECOND;

/** A time, in milliseconds after the start of the execution. */
const at = (milliseconds: number): string => (BEGIN + BigInt(milliseconds) * MILLISECOND).toString();

const during = (start: number, end: number) =>
  ({ basis: 'measured', window: { start: at(start), end: at(end) } }) as const;

const rows = (value: number | string): MetricReport => ({ name: 'output_rows', type: 'count', unit: '{row}', value });

function task(id: string, start: number, end: number, more: Partial<TaskReport> = {}): TaskReport {
  return { id, status: 'ok', timing: during(start, end), metrics: [rows(end - start)], ...more };
}

function operator(id: string, more: Partial<OperatorReport> = {}): OperatorReport {
  return { id, name: id.toUpperCase(), timing: { basis: 'execution_window' }, metrics: [], children: [], ...more };
}

function stage(id: string, parents: string[], more: Partial<StageReport> = {}): StageReport {
  return { id, parents, status: 'ok', timing: during(10, 90), metrics: [], tasks: [], ...more };
}

function reportOf(stages: readonly StageReport[], more: Partial<EngineReport> = {}): EngineReport {
  return {
    version: 2,
    engine: { name: 'toy', version: '1' },
    status: 'ok',
    window: { start: at(0), end: at(100) },
    stages,
    ...more,
  };
}

interface DrawOptions extends StageReportOptions {
  readonly budget?: SpanBudget;
  readonly under?: ReportParent;
}

let recorder: SpanRecorder;
let scope: ReportScope;

beforeEach(() => {
  recorder = createSpanRecorder();
});

/** Draws a report with all recorders of this package, below the span of a query. */
function draw(report: EngineReport, { budget = new SpanBudget(), under, ...options }: DrawOptions = {}): void {
  const { tracerProvider } = recorder;
  const query = tracerProvider.getTracer('test').startSpan('query', { startTime: toHrTime(at(0)) });
  const place: ReportPlace = {
    otelContext: trace.setSpan(ROOT_CONTEXT, query),
    window: { start: at(0), end: at(100) },
  };
  scope = { ...testPlanningContext(), place, budget, stages: new Map(), operators: new Map() };
  const parent = under === undefined ? {} : { under };
  const recorders = [
    engineSpanRecorder(),
    stageReportRecorder({ tracerProvider, ...parent, ...options }),
    operatorReportRecorder({ tracerProvider, ...parent }),
  ];
  for (const record of recorders) record(report, scope);
  query.end(toHrTime(at(100)));
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(
    recorder.spans().filter(({ name }) => name !== 'query'),
    {},
  );
}

const tree = (...attributes: string[]): string => renderSpanTree(recorder.spans(), { attributes });

const named = (name: string) => recorder.spans().filter((span) => span.name === name);

describe('stageReportRecorder', () => {
  it('draws two stages as siblings with a link along the flow of rows, and operators and tasks below', () => {
    const scan = stage('scan', ['gather'], {
      timing: during(10, 60),
      metrics: [rows(120)],
      operators: [operator('aggregate', { metrics: [rows(120)], children: [operator('table_scan')] })],
      tasks: [
        task('0', 10, 50, { host: 'one' }),
        task('1', 10, 60, { host: 'https://ada:hunter2@two:8080' }),
        task('2', 20, 50),
      ],
    });
    const gather = stage('gather', [], {
      timing: during(30, 90),
      operators: [operator('exchange', { inputStages: ['scan'] })],
      tasks: [task('0', 30, 90)],
    });
    draw(reportOf([gather, scan]), { maxTasksPerStage: 2 });
    expect(
      tree(
        'planscope.stage.*',
        'planscope.task.*',
        'planscope.operator.input_stages',
        'datafusion.metrics.*',
        'planscope.metrics.*',
      ),
    ).toMatchInlineSnapshot(`
      "query
        stage datafusion.metrics.output_rows=120 planscope.stage.id=scan planscope.stage.parents=["gather"] planscope.stage.spread.duration.least=30000000 planscope.stage.spread.duration.median=40000000 planscope.stage.spread.duration.most=50000000 planscope.stage.spread.output_rows.least=30 planscope.stage.spread.output_rows.median=40 planscope.stage.spread.output_rows.most=50 planscope.stage.task_count=3 planscope.stage.undrawn_task_count=1
          task datafusion.metrics.output_rows=50 planscope.stage.id=scan planscope.task.host=https://two:8080 planscope.task.id=1
          task datafusion.metrics.output_rows=40 planscope.stage.id=scan planscope.task.host=one planscope.task.id=0
          AGGREGATE ~execution_window datafusion.metrics.output_rows=120 planscope.stage.id=scan
            TABLE_SCAN ~execution_window planscope.stage.id=scan
        stage → stage planscope.stage.id=gather planscope.stage.task_count=1
          task datafusion.metrics.output_rows=60 planscope.stage.id=gather planscope.task.id=0
          EXCHANGE ~execution_window planscope.operator.input_stages=["scan"] planscope.stage.id=gather"
    `);
    assertTraceInvariants(named('task'), { secrets: ['hunter2'] });
  });

  it('draws a failed run that was measured before its end', () => {
    const error = { code: 'DIVISION_BY_ZERO', type: 'USER_ERROR' };
    const scan = stage('scan', ['gather'], {
      status: 'error',
      operators: [operator('table_scan', { metrics: [rows(7)] })],
      tasks: [
        task('0', 10, 80),
        task('1', 10, 30, { status: 'error', error }),
        task('1', 30, 40, { attempt: 1, status: 'error' }),
        task('2', 10, 85, { status: 'cancelled' }),
        { id: '3', timing: { basis: 'execution_window' }, metrics: [] },
      ],
    });
    const done = stage('gather', [], { status: 'cancelled', partial: false, operators: [operator('exchange')] });
    draw(reportOf([done, scan], { status: 'error', error, partial: true }), { maxTasksPerStage: 3 });
    expect(
      tree(
        'planscope.partial',
        'planscope.run.status',
        'db.response.status_code',
        'planscope.engine.error_type',
        'planscope.stage.*task_count',
        'planscope.task.*',
      ),
    ).toMatchInlineSnapshot(`
      "query db.response.status_code=DIVISION_BY_ZERO planscope.engine.error_type=USER_ERROR planscope.partial=true
        stage !DIVISION_BY_ZERO db.response.status_code=DIVISION_BY_ZERO planscope.engine.error_type=USER_ERROR planscope.partial=true planscope.run.status=error
          task !DIVISION_BY_ZERO db.response.status_code=DIVISION_BY_ZERO planscope.engine.error_type=USER_ERROR planscope.partial=true planscope.run.status=error planscope.task.id=1
          task !_OTHER planscope.partial=true planscope.run.status=error planscope.task.attempt=1 planscope.task.id=1
          task planscope.partial=true planscope.run.status=cancelled planscope.task.id=2
          TABLE_SCAN ~execution_window planscope.partial=true
        stage → stage planscope.run.status=cancelled
          EXCHANGE ~execution_window"
    `);
  });

  it('shows the distribution over the tasks that did not fail', () => {
    draw(
      reportOf([
        stage('a', [], {
          tasks: [task('0', 10, 30), task('1', 10, 40), task('2', 10, 90), task('3', 10, 11, { status: 'error' })],
        }),
      ]),
    );
    expect(tree('planscope.stage.spread.*').split('\n')[1]).toMatchInlineSnapshot(
      `"  stage planscope.stage.spread.duration.least=20000000 planscope.stage.spread.duration.median=30000000 planscope.stage.spread.duration.most=80000000 planscope.stage.spread.output_rows.least=20 planscope.stage.spread.output_rows.median=30 planscope.stage.spread.output_rows.most=80"`,
    );
  });

  it('draws failed tasks first, in the order of their failures, and then the slowest', () => {
    const failing = Array.from({ length: 30 }, (_, id) => task(`f${id}`, 10, 80 - id, { status: 'error' }));
    const running = Array.from({ length: 30 }, (_, id) => task(`r${id}`, 10, 20 + id));
    const ids = (): unknown[] => named('task').map(({ attributes }) => attributes['planscope.task.id']);
    draw(reportOf([stage('a', [], { tasks: [...running, ...failing] })]), { maxTasksPerStage: 3 });
    expect(ids()).toEqual(['f29', 'f28', 'f27']);
    recorder = createSpanRecorder();
    draw(reportOf([stage('a', [], { tasks: [...running, ...failing.slice(0, 1)] })]), { maxTasksPerStage: 3 });
    expect(ids()).toEqual(['f0', 'r29', 'r28']);
  });

  it('keeps the budget for stages and operators; tasks get the rest, failed ones first, and dropped ones are counted', () => {
    const stages = ['a', 'b'].map((id) =>
      stage(id, [], {
        operators: [operator(`${id}1`, { children: [operator(`${id}2`)] })],
        tasks: [task('0', 10, 90), task('1', 10, 20, id === 'b' ? { status: 'error' } : {})],
      }),
    );
    const budget = new SpanBudget(7);
    draw(reportOf(stages), { budget });
    expect(
      tree('planscope.stage.id', 'planscope.task.id', 'planscope.stage.undrawn_task_count'),
    ).toMatchInlineSnapshot(`
      "query
        stage planscope.stage.id=a planscope.stage.undrawn_task_count=2
          A1 ~execution_window planscope.stage.id=a
            A2 ~execution_window planscope.stage.id=a
        stage planscope.stage.id=b planscope.stage.undrawn_task_count=1
          task !_OTHER planscope.stage.id=b planscope.task.id=1
          B1 ~execution_window planscope.stage.id=b
            B2 ~execution_window planscope.stage.id=b"
    `);
    expect([budget.used, budget.dropped]).toEqual([7, 0]);
  });

  it('draws the content of a stage without a span under the span above', () => {
    draw(reportOf([stage('a', [], { operators: [operator('scan')], tasks: [task('0', 10, 20)] })]), {
      isEnabled: (kind) => kind !== 'stage',
    });
    expect(tree()).toMatchInlineSnapshot(`
      "query
        SCAN ~execution_window"
    `);
    expect(scope.stages.get('a')?.window).toEqual({ start: at(10), end: at(90) });
  });

  it('draws no tasks with a limit of 0, or if they are disabled', () => {
    draw(reportOf([stage('a', [], { tasks: [task('0', 10, 20)] })]), { maxTasksPerStage: 0 });
    draw(reportOf([stage('a', [], { tasks: [task('0', 10, 20)] })]), { isEnabled: (kind) => kind !== 'task' });
    expect(named('task')).toEqual([]);
    expect(named('stage').map(({ attributes }) => attributes['planscope.stage.undrawn_task_count'])).toEqual([1, 1]);
  });

  it('moves windows outside of the parent to its edge, and gives operators of unknown times the window of their stage', () => {
    const scan = operator('scan');
    const late = stage('late', [], { timing: during(50, 120), operators: [scan], tasks: [task('0', 40, 70)] });
    draw(reportOf([late]));
    expect(tree('planscope.timing.clamped', 'planscope.timing.reported_duration')).toMatchInlineSnapshot(`
      "query
        stage planscope.timing.clamped=true planscope.timing.reported_duration=70000000
          task planscope.timing.clamped=true planscope.timing.reported_duration=30000000
          SCAN ~execution_window"
    `);
    expect(scope.operators.get('scan')?.window).toEqual({ start: at(50), end: at(100) });
  });

  it('draws stages with cyclic parents, which readers refuse', () => {
    draw(reportOf([stage('a', ['b']), stage('b', ['a'])]));
    expect(tree('planscope.stage.id')).toMatchInlineSnapshot(`
      "query
        stage planscope.stage.id=a
        stage → stage planscope.stage.id=b"
    `);
  });

  it.each([
    [{ maxTasksPerStage: -1 }, 'option maxTasksPerStage is -1; should be a whole number from 0 up'],
    [{ under: 'self' }, 'option under is "self"; should be one of "caller", "engine"'],
    [{ isEnabled: true }, 'option isEnabled is true; should be a function'],
  ])('refuses %j', (options, message) => {
    expect(() => stageReportRecorder(options as unknown as StageReportOptions)).toThrow(message);
  });
});

describe('a report of 200 stages with 2,000 tasks each', () => {
  const operators = (id: number): OperatorReport[] => [operator(`${id}.0`, { children: [operator(`${id}.1`)] })];
  const tasks = Array.from({ length: 2_000 }, (_, id) => task(String(id), 10, 20 + (id % 70)));
  const stages = Array.from({ length: 200 }, (_, id) =>
    stage(String(id), id === 0 ? [] : [String((id - 1) >> 1)], { operators: operators(id), tasks }),
  );

  it.each([
    [2_000, 200, 400, 800],
    [700, 200, 400, 100],
    [250, 200, 50, 0],
  ])('stays within a budget of %i spans', (limit, stageSpans, operatorSpans, taskSpans) => {
    const budget = new SpanBudget(limit);
    draw(reportOf(stages), { budget });
    const kinds = recorder.spans().map(({ attributes }) => attributes['planscope.span.kind']);
    const count = (kind: string): number => kinds.filter((one) => one === kind).length;
    expect([count('stage'), count('operator'), count('task')]).toEqual([stageSpans, operatorSpans, taskSpans]);
    expect(budget.used).toBeLessThanOrEqual(limit);
    const undrawn = named('stage').map(({ attributes }) => Number(attributes['planscope.stage.undrawn_task_count']));
    expect(undrawn.reduce((sum, one) => sum + one, 0)).toBe(400_000 - taskSpans);
  });
});

describe('the engine’s own span', () => {
  const spanId = 'b7ad6b7169203331';

  /** Draws with the trace context of an engine's span in the trace of the query. */
  function drawIn(flags: string, under: ReportParent, traceId?: string, passesOn = false): void {
    const { tracerProvider } = recorder;
    const query = tracerProvider.getTracer('test').startSpan('query', { startTime: toHrTime(at(0)) });
    const own = passesOn ? query.spanContext().spanId : spanId;
    const traceparent = `00-${traceId ?? query.spanContext().traceId}-${own}-${flags}`;
    const place = { otelContext: trace.setSpan(ROOT_CONTEXT, query), window: { start: at(0), end: at(100) } };
    scope = { ...testPlanningContext(), place, stages: new Map(), operators: new Map() };
    const report = reportOf([stage('a', [], { operators: [operator('scan')] })], {
      traceparent,
      operators: [operator('top')],
    });
    for (const record of [
      engineSpanRecorder(),
      stageReportRecorder({ tracerProvider, under }),
      operatorReportRecorder({ tracerProvider, under }),
    ]) {
      record(report, scope);
    }
    query.end(toHrTime(at(100)));
  }

  const parents = (): Record<string, string | undefined> =>
    Object.fromEntries(recorder.spans().map((span) => [span.name, span.parentSpanContext?.spanId]));
  const query = () => named('query')[0];

  it('is linked from the span that ran the engine', () => {
    drawIn('01', 'caller');
    expect(query()?.links.map(({ context, attributes }) => [context.spanId, attributes])).toEqual([
      [spanId, { 'db.system.name': 'toy' }],
    ]);
    expect(parents()).toMatchObject({ stage: query()?.spanContext().spanId, TOP: query()?.spanContext().spanId });
  });

  it('can be the parent of stages and operators', () => {
    drawIn('01', 'engine');
    expect(parents()).toMatchObject({ stage: spanId, TOP: spanId, SCAN: named('stage')[0]?.spanContext().spanId });
  });

  it('is neither linked nor a parent if the engine did not record it', () => {
    drawIn('00', 'engine');
    expect(query()?.links).toEqual([]);
    expect(parents()).toMatchObject({ stage: query()?.spanContext().spanId, TOP: query()?.spanContext().spanId });
  });

  it('is not linked if the engine only passes on the span that ran it', () => {
    drawIn('01', 'engine', undefined, true);
    expect(query()?.links).toEqual([]);
    expect(parents()).toMatchObject({ stage: query()?.spanContext().spanId, TOP: query()?.spanContext().spanId });
  });

  it('is linked but not a parent if it is in another trace', () => {
    drawIn('01', 'engine', '0af7651916cd43dd8448eb211c80319c');
    expect(query()?.links).toHaveLength(1);
    expect(parents()).toMatchObject({ stage: query()?.spanContext().spanId });
  });
});
