import { instrumentExecution } from '@planscope/exec-instrumentation';
import { instrumentStore, MemoryStore } from '@planscope/object-store';
import { createTaskContext, type LogicalPlan, planQuery, type SessionState } from '@planscope/plan';
import { instrumentSession } from '@planscope/rule-instrumentation';
import { createSpanRecorder, renderSpanTree, traceChecklist } from '@planscope/testing';
import { expect, it } from 'vitest';
import { NumbersExec } from './numbers-exec.ts';

const numbers: LogicalPlan = {
  name: 'Numbers',
  children: [],
  withNewChildren: () => numbers,
  describe: () => [{ key: 'location', text: 'n.txt', kind: 'url' }],
};

const taskContext = createTaskContext({ warn: (warning) => expect.unreachable(warning.message) });

it('gets operator, rule and storage spans without knowing of tracing', async () => {
  const { tracerProvider, ...recorder } = createSpanRecorder();
  const memory = new MemoryStore();
  await memory.put('n.txt', '1\n2\n3\n');
  const store = instrumentStore(memory, { tracerProvider });
  const engine: SessionState = {
    analyzerRules: [],
    optimizerRules: [{ name: 'leave_it', apply: (plan) => plan }],
    physicalOptimizerRules: [],
    queryPlanner: { createPhysicalPlan: () => new NumbersExec(store, 'n.txt') },
  };
  const traced = instrumentSession(
    { ...engine, physicalOptimizerRules: [instrumentExecution({ tracerProvider, preview: { limit: 2 } })] },
    { tracerProvider, planner: 'toy' },
  );

  const { plan } = await planQuery(traced, numbers, taskContext);
  const rows: unknown[] = [];
  for await (const batch of plan.execute(0, taskContext).batches)
    rows.push(...batch.toArray().map(({ number }) => number));

  expect(rows).toEqual([1, 2, 3]);
  expect(recorder.openSpans()).toBe(0);
  expect(traceChecklist(recorder.spans())).toEqual([]);
  expect(
    renderSpanTree(recorder.spans(), { attributes: ['datafusion.metrics.output_rows', 'object_store.result.bytes'] }),
  ).toMatchInlineSnapshot(`
      "analyze_logical_plan
      optimize_logical_plan
        leave_it
      create_physical_plan
      optimize_physical_plan
        instrument_execution
      NumbersExec datafusion.metrics.output_rows=3
        memory.get object_store.result.bytes=6"
    `);
});
