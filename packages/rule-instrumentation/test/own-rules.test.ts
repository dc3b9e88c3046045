import { readFileSync } from 'node:fs';
import { trace } from '@opentelemetry/api';
import { testPlanningContext, ValuesExec } from '@planscope/plan/testing';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { planWithDriver, planWithOwnLoop, type ToyNode } from './own-rules.example.ts';

const query: ToyNode = {
  kind: 'Limit',
  detail: '10',
  inputs: [{ kind: 'Filter', detail: 'true', inputs: [{ kind: 'Scan', detail: 'flights', inputs: [] }] }],
};

let recorder: SpanRecorder;

beforeEach(() => {
  recorder = createSpanRecorder();
  trace.setGlobalTracerProvider(recorder.tracerProvider);
});

afterEach(() => trace.disable());

it('is what the document shows', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  expect(read('../../../docs/planning.md')).toContain(`\`\`\`ts\n${read('./own-rules.example.ts')}\`\`\``);
});

it('traces the rules of an engine that leaves planning to the driver', async () => {
  const plan = await planWithDriver(query, (node) => new ValuesExec([[]], `${node.kind}Exec`), testPlanningContext());
  expect(plan.name).toBe('LimitExec');
  expect(renderSpanTree(recorder.spans(), { attributes: ['datafusion.logical_plan'] })).toMatchInlineSnapshot(`
    "analyze_logical_plan
      qualify_names (modified)
    optimize_logical_plan
      drop_true_filters (modified)
      push_limits
    optimize_logical_plan
      drop_true_filters
      push_limits
    create_physical_plan datafusion.logical_plan="Limit: ?1\\n  Scan: main.flights"
    optimize_physical_plan"
  `);
  assertTraceInvariants(recorder.spans());
});

it('traces the rules of an engine that keeps its own loop', async () => {
  const limited = await planWithOwnLoop(query, testPlanningContext());
  expect(limited.inputs.map((input) => input.kind)).toEqual(['Scan']);
  expect(renderSpanTree(recorder.spans(), { attributes: ['datafusion.plan_diff'] })).toMatchInlineSnapshot(`
    "optimize_logical_plan datafusion.plan_diff="@@ -1,3 +1,2 @@\\n Limit: ?1\\n-  Filter: true\\n-    Scan: flights\\n+  Scan: flights"
      drop_true_filters (modified) datafusion.plan_diff="@@ -1,3 +1,2 @@\\n Limit: ?1\\n-  Filter: true\\n-    Scan: flights\\n+  Scan: flights"
      push_limits"
  `);
  assertTraceInvariants(recorder.spans());
});
