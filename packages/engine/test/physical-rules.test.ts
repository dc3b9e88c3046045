import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSchema } from '@planscope/duckdb';
import { instrumentExecution } from '@planscope/exec-instrumentation';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import {
  describeNode,
  type Execution,
  type ExecutionPlan,
  MetricsSet,
  type NodeField,
  type PhysicalOptimizerRule,
  type PlanProperties,
  type TaskContext,
  transformPlan,
  walkPlan,
} from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import type { Schema } from 'apache-arrow';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine, type ExecutionSpec } from '../src/index.ts';

/** Hands on whatever the node below it makes. */
class PassExec implements ExecutionPlan {
  readonly output: ExecutionPlan['output'];
  readonly schema: Schema | undefined;
  readonly properties: PlanProperties;
  readonly children: readonly [ExecutionPlan];

  constructor(
    readonly name: string,
    child: ExecutionPlan,
  ) {
    this.children = [child];
    this.output = child.output;
    this.schema = child.schema;
    this.properties = child.properties;
  }

  withNewChildren([child = this.children[0]]: readonly ExecutionPlan[]): PassExec {
    return new PassExec(this.name, child);
  }

  describe(): NodeField[] {
    return [];
  }

  execute(partition: number, context: TaskContext): Execution {
    return this.children[0].execute(partition, context);
  }
}

/** An input that is a local file already. */
class LocalFileExec implements ExecutionPlan {
  readonly name = 'LocalFileExec';
  readonly children: readonly [] = [];
  readonly output: ExecutionPlan['output'];
  readonly schema: Schema | undefined;
  readonly properties: PlanProperties;

  constructor(
    replaced: ExecutionPlan,
    readonly path: string,
  ) {
    this.output = replaced.output;
    this.schema = replaced.schema;
    this.properties = replaced.properties;
  }

  withNewChildren(): LocalFileExec {
    return this;
  }

  describe(): NodeField[] {
    return [];
  }

  execute(partition: number, context: TaskContext): Execution {
    const { path } = this;
    const made = { path, bytes: 0, format: 'csv' };
    const outcome = Promise.resolve({ status: 'ok', metrics: new MetricsSet(), artifacts: [made] } as const);
    return context.shared.once(this, partition, () => ({ batches: noBatches(), outcome }));
  }
}

async function* noBatches(): AsyncGenerator<never> {}

const wrap: PhysicalOptimizerRule = {
  name: 'wrap',
  apply: (plan) =>
    transformPlan(plan, (node) => {
      if (node.name === 'OutputsExec') return node;
      return node.name === 'DuckDBExec'
        ? new PassExec('OuterExec', new PassExec('InnerExec', node))
        : new PassExec('AroundExec', node);
    }),
};

const reorder: PhysicalOptimizerRule = {
  name: 'reorder',
  apply: (plan) =>
    transformPlan(plan, (node) => {
      const [inner] = node.children;
      if (node.name !== 'OuterExec' || inner === undefined) return node;
      return inner.withNewChildren([node.withNewChildren(inner.children)]);
    }),
};

let folder: string;
let recorder: SpanRecorder;
let stores: ReturnType<typeof createStoreRegistry>;
let planned: ExecutionPlan;
let engine: Engine;

const look: PhysicalOptimizerRule = { name: 'look', apply: (plan) => (planned = plan) };

const spec: ExecutionSpec = {
  version: 1,
  inputs: [
    { name: 'a', location: 'memory:///a.csv' },
    { name: 'b', location: 'memory:///b.csv' },
  ],
  views: [{ name: 'both', sql: 'SELECT sum(n)::INT AS n FROM (SELECT n FROM a UNION ALL SELECT n FROM b)' }],
  outputs: [
    { name: 'file', from: 'both', location: 'memory:///both.csv' },
    { name: 'rows', from: 'both' },
  ],
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-physical-'));
  await writeFile(join(folder, 'b.csv'), 'n\n100\n');
  recorder = createSpanRecorder();
  const memory = new MemoryStore();
  await memory.put('a.csv', 'n\n1\n2\n');
  await memory.put('b.csv', 'n\n3\n');
  stores = createStoreRegistry({ stores: [memory] });
});

afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

async function runWith(
  physical: readonly PhysicalOptimizerRule[],
  preset = 'maximal-no-data' as const,
): Promise<unknown> {
  const { tracerProvider } = recorder;
  engine = await createEngine({ tracing: { preset }, environment: {}, tracerProvider, stores, rules: { physical } });
  const { outputs } = await engine.run(spec);
  return outputs.find(({ name }) => name === 'rows')?.batches?.[0]?.get(0)?.n;
}

/** The spans of the operators that ran in this process; DuckDB's own are reported. */
function operatorSpans(): ReturnType<SpanRecorder['spans']> {
  return recorder
    .spans()
    .filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator')
    .filter(({ attributes }) => attributes['planscope.timing.basis'] === 'measured');
}

/** Each node of the plan has a span of its own, under the span of a node that it is below. */
function expectNoHoles(): void {
  const nodes = [...walkPlan(planned)].filter(({ name }) => name !== 'OutputsExec');
  const spans = operatorSpans();
  for (const { name } of nodes) {
    const count = nodes.filter((node) => node.name === name).length;
    // A node that does not share its execution runs for each of its consumers.
    expect(spans.filter((span) => span.name === name).length, name).toBeGreaterThanOrEqual(count);
  }
  const names = new Map(recorder.spans().map((span) => [span.spanContext().spanId, span.name]));
  const edges = spans.map(({ name, parentSpanContext }) => `${names.get(parentSpanContext?.spanId ?? '')} > ${name}`);
  expect(new Set(edges)).toEqual(new Set(planEdges()));
}

/** Outputs are executed by the run itself. */
function planEdges(): string[] {
  return [...walkPlan(planned)].flatMap(({ name, children }) =>
    children.map((child) => `${name === 'OutputsExec' ? 'planscope.execute' : name} > ${child.name}`),
  );
}

it.each<[string, PhysicalOptimizerRule[]]>([
  ['wrapped', [wrap, look]],
  ['wrapped and reordered', [wrap, reorder, look]],
  ['wrapped twice', [wrap, { ...wrap, name: 'wrap_again' }, look]],
])('every executed node has its span when nodes are %s', async (_, rules) => {
  expect(await runWith(rules)).toBe(6);
  expectNoHoles();
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
});

it('every executed node has its span when nodes are replaced', async () => {
  const replace: PhysicalOptimizerRule = {
    name: 'replace',
    apply: (plan) =>
      transformPlan(plan, (node) =>
        node.name === 'FetchExec' && describeNode(node).startsWith('FetchExec: name=b,')
          ? new LocalFileExec(node, join(folder, 'b.csv'))
          : node,
      ),
  };
  expect(await runWith([replace, look])).toBe(103);
  expectNoHoles();
  expect(renderSpanTree(operatorSpans())).toMatchInlineSnapshot(`
    "UploadExec
      DuckDBExec
        FetchExec
        LocalFileExec
    DuckDBExec → FetchExec → LocalFileExec"
  `);
});

it('an instrumentation that is not the last rule is refused, naming what comes after it', async () => {
  engine = await createEngine({
    tracing: { preset: 'off' },
    environment: {},
    stores,
    rules: { physical: [instrumentExecution(), wrap, reorder] },
  });
  await expect(engine.run(spec)).rejects.toThrow(
    'physicalOptimizerRules[0] "instrument_execution" must be the last rule, but "wrap", "reorder" come after it; move it to the end',
  );
});
