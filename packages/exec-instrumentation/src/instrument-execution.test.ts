import { SamplingDecision } from '@opentelemetry/api';
import {
  createExecution,
  type ExecutionPlan,
  type NodeField,
  planQuery,
  type RowBatch,
  SpanBudget,
  samePlan,
  singlePartition,
  type TaskContext,
  walkPlan,
} from '@planscope/plan';
import {
  executionPlanConformance,
  logicalNode,
  testPlanningContext,
  testTaskContext,
  UnionExec,
} from '@planscope/plan/testing';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { batchOf, drain, leaf, union, values } from '../test/plans.ts';
import {
  type ExecutionInstrumentationOptions,
  ExecutionOptionsError,
  innerPlan,
  instrumentExecution,
  isInstrumented,
} from './index.ts';

function instrumented(
  plan: ExecutionPlan,
  recorder: SpanRecorder,
  options: ExecutionInstrumentationOptions = {},
): ExecutionPlan {
  const rule = instrumentExecution({ tracerProvider: recorder.tracerProvider, ...options });
  return rule.apply(plan, testPlanningContext()) as ExecutionPlan;
}

async function traced(
  plan: ExecutionPlan,
  options: ExecutionInstrumentationOptions = {},
  context: Partial<TaskContext> = {},
): Promise<SpanRecorder> {
  const recorder = createSpanRecorder();
  const execution = instrumented(plan, recorder, options).execute(0, testTaskContext(context));
  await drain(execution);
  await execution.outcome;
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans());
  return recorder;
}

describe('the rule', () => {
  it('must be the last physical rule, or planning names the rule after it', async () => {
    const rule = instrumentExecution();
    const late = { name: 'late', apply: (plan: ExecutionPlan) => plan };
    const state = {
      analyzerRules: [],
      optimizerRules: [],
      physicalOptimizerRules: [rule, late],
      queryPlanner: { createPhysicalPlan: () => values('Scan', [1]) },
    };
    await expect(planQuery(state, logicalNode('Relation'), testPlanningContext())).rejects.toThrow(
      /"instrument_execution" must be the last rule, but "late" comes after it/,
    );
    const planned = await planQuery(
      { ...state, physicalOptimizerRules: [late, rule] },
      logicalNode('Relation'),
      testPlanningContext(),
    );
    expect(isInstrumented(planned.plan)).toBe(true);
  });

  it('wraps each node once and keeps shared nodes shared', () => {
    const shared = values('Scan', [1]);
    const plan = union('Top', [union('Left', [shared]), union('Right', [shared])]);
    const wrapped = instrumented(plan, createSpanRecorder());
    const nodes = [...walkPlan(wrapped)];
    expect(nodes.map((node) => node.name)).toEqual(['Top', 'Left', 'Scan', 'Right']);
    expect(nodes.every(isInstrumented)).toBe(true);
    expect(nodes.map(innerPlan).some(isInstrumented)).toBe(false);
    expect(samePlan(plan, wrapped)).toBe(true);
    expect([...walkPlan(plan)].some(isInstrumented)).toBe(false);
  });

  it('wraps nothing twice, not even from another copy of the package', () => {
    const recorder = createSpanRecorder();
    const once = instrumented(union('Top', [values('Scan', [1])]), recorder);
    expect(instrumented(once, recorder)).toBe(once);
    const foreign = Object.assign(values('Scan', [1]), {
      [Symbol.for('planscope.exec-instrumentation.inner')]: values('Scan'),
    });
    expect(instrumented(foreign, recorder)).toBe(foreign);
  });

  it('gives access to the inner node', () => {
    const scan = values('Scan', [1]);
    const wrapped = instrumented(scan, createSpanRecorder());
    expect(innerPlan(wrapped)).toBe(scan);
    expect(innerPlan(scan)).toBe(scan);
    expect(wrapped.schema).toBe(scan.schema);
    expect(wrapped.properties).toBe(scan.properties);
    expect(wrapped.describe()).toEqual(scan.describe());
  });

  it('wraps the nodes that a wrapped node creates, and new children', () => {
    const recorder = createSpanRecorder();
    const wrapped = instrumented(union('Top', [values('Scan', [1])]), recorder);
    const remade = wrapped.withNewChildren([values('Other', [2])]);
    expect(isInstrumented(remade)).toBe(true);
    expect(remade.children.map(isInstrumented)).toEqual([false]);
    const again = instrumented(remade, recorder);
    expect([...walkPlan(again)].every(isInstrumented)).toBe(true);
    expect(isInstrumented(innerPlan(again))).toBe(false);
  });
});

describe('a wrapped plan fulfills the contract', () => {
  const make = (): ExecutionPlan => new UnionExec([values('Scan', [1, 2], [3]), values('Scan', [4])]);
  const makeFailing = (): ExecutionPlan =>
    new UnionExec([
      leaf('Scan', function* () {
        yield batchOf(1);
        throw new Error('broken');
      }),
    ]);
  const recorder = createSpanRecorder();
  const checks = executionPlanConformance(() => instrumented(make(), recorder), {
    makeFailingPlan: () => instrumented(makeFailing(), recorder),
  });
  for (const { name, run } of checks) it(name, run);
});

describe('the spans of a plan', () => {
  it('count the rows of a scan without columns', async () => {
    const schema = new Schema([]);
    const rows = new RecordBatch(schema, makeData({ type: new Struct([]), length: 3, nullCount: 0 }));
    const scan: ExecutionPlan = { ...leaf('ScanExec', () => [rows]), schema };
    const recorder = await traced(scan);
    expect(renderSpanTree(recorder.spans(), { attributes: ['datafusion.metrics.output_rows'] })).toBe(
      'ScanExec datafusion.metrics.output_rows=3',
    );
  });

  it('count rows without a type, and omit unknown bytes', async () => {
    const people: RowBatch = { numRows: 2, rows: [{ name: 'Ada' }, { name: 36 }] };
    const scan: ExecutionPlan<RowBatch> = {
      name: 'ScanExec',
      output: 'batches',
      properties: singlePartition,
      children: [],
      withNewChildren: () => scan,
      describe: () => [{ key: 'table', text: 'people', kind: 'identifier' }],
      execute: (_, context) => createExecution(context, () => [people]),
    };
    const recorder = createSpanRecorder();
    const rule = instrumentExecution({ tracerProvider: recorder.tracerProvider, preview: { limit: 3 } });
    const seen: RowBatch[] = [];
    for await (const batch of rule.apply(scan).execute(0, testTaskContext()).batches) seen.push(batch);
    expect(seen).toEqual([people]);
    expect(
      renderSpanTree(recorder.spans(), {
        attributes: ['datafusion.metrics.*', 'planscope.metrics.*', 'datafusion.node'],
      }),
    ).toBe(
      'ScanExec datafusion.metrics.output_batches=1 datafusion.metrics.output_rows=2 datafusion.node="ScanExec: table=people"',
    );
  });

  it('redact each field of a node by its kind', async () => {
    const describe = (): NodeField[] => [
      { key: 'join_type', text: 'LEFT', kind: 'code' },
      { key: 'join_keys', text: ['p.age = q.age', "p.name = 'Ada'"], kind: 'expression' },
      { key: 'location', text: 'https://user:secret@host/p.csv?X-Amz-Signature=abc', kind: 'url' },
      { key: 'secret', text: 'Ada', kind: 'data' },
    ];
    const recorder = await traced(leaf('JoinExec', () => [batchOf(1)], { describe }));
    expect(recorder.spans()[0]?.attributes['datafusion.node']).toBe(
      'JoinExec: join_type=LEFT, join_keys=[p.age = q.age, p.name = ?1], location=https://host/p.csv?…, secret=?2',
    );
  });

  it('are nested like the plan, with the description and metrics of each operator', async () => {
    const scan = values('ScanExec', [1, 2, 3], [4]);
    const plan = union('UnionExec', [scan, values('ValuesExec', [])]);
    const recorder = await traced(plan, {}, { run: { runId: 'r1', specHash: 'abc', ruleMode: 'full' } });
    expect(renderSpanTree(recorder.spans(), { attributes: ['*'] })).toMatchInlineSnapshot(`
      "UnionExec datafusion.boundedness=bounded datafusion.emission_type=incremental datafusion.metrics.output_batches=3 datafusion.metrics.output_bytes=16 datafusion.metrics.output_rows=4 datafusion.node=UnionExec datafusion.partitioning=unknown(1) planscope.operator.name=UnionExec planscope.run.id=r1 planscope.run.status=ok planscope.span.kind=operator planscope.timing.basis=measured trace.rule_mode=full trace.spec_hash=abc
        ScanExec datafusion.boundedness=bounded datafusion.emission_type=incremental datafusion.metrics.output_batches=2 datafusion.metrics.output_bytes=16 datafusion.metrics.output_rows=4 datafusion.node=ScanExec datafusion.partitioning=unknown(1) planscope.operator.name=ScanExec planscope.run.id=r1 planscope.run.status=ok planscope.span.kind=operator planscope.timing.basis=measured trace.rule_mode=full trace.spec_hash=abc
        ValuesExec datafusion.boundedness=bounded datafusion.emission_type=incremental datafusion.metrics.output_batches=1 datafusion.metrics.output_bytes=0 datafusion.metrics.output_rows=0 datafusion.node=ValuesExec datafusion.partitioning=unknown(1) planscope.operator.name=ValuesExec planscope.run.id=r1 planscope.run.status=ok planscope.span.kind=operator planscope.timing.basis=measured trace.rule_mode=full trace.spec_hash=abc"
    `);
  });

  it('have the custom fields of the program; those of the run override those of the options', async () => {
    const recorder = await traced(
      values('ScanExec', [1]),
      { customFields: { team: 'flights', tier: 1, 'planscope.span.kind': 'custom' } },
      { run: { runId: 'r1', customFields: { team: 'airports' } } },
    );
    expect(
      renderSpanTree(recorder.spans(), { attributes: ['team', 'tier', 'trace.*', 'planscope.span.kind'] }),
    ).toMatchInlineSnapshot(
      `"ScanExec planscope.span.kind=operator team=airports tier=1 trace.custom_fields_json="{\\"planscope.span.kind\\":\\"custom\\",\\"team\\":\\"airports\\",\\"tier\\":1}""`,
    );
  });

  it('are omitted for disabled operators; the spans below get the next one above', async () => {
    const plan = union('TopExec', [union('MiddleExec', [values('ScanExec', [1])])]);
    const names: string[] = [];
    const recorder = await traced(
      plan,
      { isEnabled: ({ name }) => name !== 'MiddleExec' },
      { observeOperator: ({ name, metrics }) => names.push(`${name} ${metrics.get('output_rows')}`) },
    );
    expect(renderSpanTree(recorder.spans())).toMatchInlineSnapshot(`
      "TopExec
        ScanExec"
    `);
    expect(names).toEqual(['ScanExec 1', 'MiddleExec 1', 'TopExec 1']);
  });

  it('stay within the budget, which counts the dropped ones', async () => {
    const budget = new SpanBudget(2);
    const plan = union('TopExec', [union('MiddleExec', [values('ScanExec', [1]), values('ScanExec', [2])])]);
    const recorder = await traced(plan, {}, { budget });
    expect(renderSpanTree(recorder.spans())).toMatchInlineSnapshot(`
      "TopExec
        MiddleExec"
    `);
    expect(budget.dropped).toBe(2);
  });

  it('can omit the description and the metrics', async () => {
    const recorder = await traced(values('ScanExec', [1]), { recordNode: false, recordMetrics: false });
    const keys = recorder.spans().flatMap(({ attributes }) => Object.keys(attributes));
    expect(keys.filter((key) => key.startsWith('datafusion.'))).toEqual([
      'datafusion.partitioning',
      'datafusion.emission_type',
      'datafusion.boundedness',
    ]);
  });
});

describe('previews', () => {
  const plan = (): ExecutionPlan =>
    union('TopExec', [leaf('ScanExec', (_, partition) => [batchOf(partition, 10 + partition)], { partitionCount: 3 })]);

  it('have the first rows of all partitions, up to the limit', async () => {
    const recorder = await traced(plan(), { preview: { limit: 3 } });
    const previews = recorder.spans().map(({ attributes }) => attributes['datafusion.preview']);
    expect(previews[0]).toMatchInlineSnapshot(`
      "+----+
      |  n |
      +----+
      |  0 |
      | 10 |
      |  1 |
      +----+"
    `);
    expect(previews[1]).toBe(previews[0]);
    expect(recorder.spans().map(({ attributes }) => attributes['datafusion.preview_rows'])).toEqual([3, 3]);
  });

  it.each([{}, { preview: false as const }, { preview: { limit: 0 } }])('are off with %j', async (options) => {
    const recorder = await traced(plan(), options);
    const keys = recorder.spans().flatMap(({ attributes }) => Object.keys(attributes));
    expect(keys.filter((key) => key.startsWith('datafusion.preview'))).toEqual([]);
  });

  it('that cannot show a value raise one warning for the run and do not affect the query', async () => {
    const broken = leaf('ScanExec', () => {
      const batch = batchOf(1);
      Object.defineProperty(batch.data, 'children', { value: [] });
      return [batch];
    });
    const context = testTaskContext();
    const recorder = await traced(union('TopExec', [broken]), { preview: { limit: 3 } }, { warn: context.warn });
    expect(recorder.spans()).toHaveLength(2);
    expect(context.warnings).toMatchInlineSnapshot(`
      [
        {
          "code": "recorder-failed",
          "message": "recorder "preview" on ScanExec met a problem: [planscope/preview] a value of column 1 could not be shown (RangeError); the query went on without what it records",
          "operator": "ScanExec",
        },
      ]
    `);
  });

  it('with invalid limits are refused before any work', () => {
    expect(() => instrumentExecution({ preview: { limit: -1 } })).toThrow(/limit is -1/);
  });
});

describe('an invalid option', () => {
  it.each([
    [{ maxTextBytes: -1 }, 'option maxTextBytes is -1; should be a whole number of bytes from 0 up'],
    [{ recordMetrics: 'yes' }, 'option recordMetrics is "yes"; should be one of true, false'],
    [
      { redaction: { planLiterals: 'raw' } },
      'option redaction.planLiterals is "raw"; should be one of "redact", "keep"',
    ],
    [{ isEnabled: true }, 'option isEnabled is true; should be a function'],
    [{ reportRecorders: [1] }, 'option reportRecorders is 1; should be an array of functions'],
  ])('is refused before any work: %j', (options, message) => {
    const make = (): unknown => instrumentExecution(options as unknown as ExecutionInstrumentationOptions);
    expect(make).toThrow(`[planscope/exec-instrumentation] ${message}`);
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it('throws an error that every copy of the package recognizes', () => {
    const foreign = { [Symbol.for('planscope.exec-instrumentation.options-error')]: true };
    expect(
      [new ExecutionOptionsError('a', 1, '2'), foreign, new Error()].map(ExecutionOptionsError.isInstance),
    ).toEqual([true, true, false]);
  });
});

describe('a value that is not a record batch', () => {
  it('passes unchanged and raises no warning', async () => {
    const rows = [{ n: 1 }] as unknown as RecordBatch;
    const recorder = createSpanRecorder();
    const context = testTaskContext();
    const { batches, error } = await drain(
      instrumented(
        leaf('ToyExec', () => [rows]),
        recorder,
      ).execute(0, context),
    );
    expect(error).toBeUndefined();
    expect(batches[0]).toBe(rows);
    expect(context.warnings.map(({ message }) => message)).toMatchInlineSnapshot(`[]`);
  });
});

describe('a trace that is not sampled', () => {
  it('creates no texts and no previews, but the run still gets its metrics', async () => {
    let described = 0;
    const scan = leaf('ScanExec', () => [batchOf(1, 2)], {
      describe: () => {
        described += 1;
        return [];
      },
    });
    const recorder = createSpanRecorder({
      sampler: { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }) },
    });
    const plan = instrumented(scan, recorder, { preview: { limit: 3 } });
    await drain(plan.execute(0, testTaskContext()));
    expect([recorder.spans(), recorder.openSpans(), described]).toEqual([[], 0, 0]);
    const rows: unknown[] = [];
    await drain(
      plan.execute(0, testTaskContext({ observeOperator: ({ metrics }) => rows.push(metrics.get('output_rows')) })),
    );
    expect(rows).toEqual([2]);
  });
});
