import assert from 'node:assert/strict';
import { ExecutionOptionsError, innerPlan, instrumentExecution, isInstrumented } from '@planscope/exec-instrumentation';
import { createTaskContext } from '@planscope/plan';
import { UnionExec, ValuesExec } from '@planscope/plan/testing';
import { tableFromArrays } from 'apache-arrow';
import { recordingProvider, spanLines } from './recording-provider.ts';

export async function main(): Promise<string> {
  const context = createTaskContext({ warn: ({ message }) => assert.fail(message) });
  const { batches } = tableFromArrays({ delay: Int32Array.from([5, 12, 40]) });
  const tracerProvider = recordingProvider();
  const rule = instrumentExecution({ preview: { limit: 5 }, tracerProvider });
  const tree = new UnionExec([new ValuesExec([batches]), new ValuesExec([batches])]);
  const plan = await rule.apply(tree, context);
  assert.ok(isInstrumented(plan));
  assert.equal(innerPlan(plan).name, tree.name);
  let rows = 0;
  for (let partition = 0; partition < plan.properties.partitionCount; partition += 1) {
    const execution = plan.execute(partition, context);
    for await (const batch of execution.batches) rows += batch.numRows;
    await execution.outcome;
  }
  assert.equal(rows, 6);
  assert.deepEqual(spanLines(tracerProvider), ['UnionExec', 'ValuesExec < UnionExec', 'ValuesExec < UnionExec']);
  const [, values] = tracerProvider.spans;
  assert.equal(values?.attributes['datafusion.metrics.output_rows'], 3);
  assert.match(String(values.attributes['datafusion.preview']), /\| +40 \|/);
  assert.ok(tracerProvider.spans.every(({ ended }) => ended));
  assert.throws(
    () => instrumentExecution({ maxTextBytes: -1 }),
    (error) => ExecutionOptionsError.isInstance(error),
  );
  return `${tracerProvider.spans.length} spans of operators, with metrics and previews`;
}
