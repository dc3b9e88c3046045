import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as esm from '@planscope/exec-instrumentation';
import type { ExecutionPlan, OperatorRecord, TaskContext } from '@planscope/plan';
import { testTaskContext, UnionExec, ValuesExec } from '@planscope/plan/testing';
import { tableFromArrays } from 'apache-arrow';
import { recordingProvider, spanLines } from '../recording-provider.ts';

const cjs = createRequire(import.meta.url)('@planscope/exec-instrumentation') as typeof esm;

const { batches } = tableFromArrays({ delay: Int32Array.from([5, 12, 40]) });

/** Warns, so that it can be seen who is told. */
class WarningExec extends ValuesExec {
  override withNewChildren(): ExecutionPlan {
    return this;
  }

  override execute(partition: number, context: TaskContext): ReturnType<ValuesExec['execute']> {
    context.warn({ code: 'too-small', message: 'few rows' });
    return super.execute(partition, context);
  }
}

export async function main(): Promise<string> {
  assert.notEqual(esm.instrumentExecution, cjs.instrumentExecution);
  const tracerProvider = recordingProvider();
  const records: OperatorRecord[] = [];
  const context = testTaskContext({ observeOperator: (record) => records.push(record) });

  // What one build has wrapped stays below what the other wraps.
  const leaf = await cjs.instrumentExecution({ tracerProvider }).apply(new WarningExec([batches], 'LeafExec'), context);
  assert.ok(esm.isInstrumented(leaf));
  assert.equal(esm.innerPlan(leaf).name, 'LeafExec');
  const rule = esm.instrumentExecution({ tracerProvider });
  const plan = await rule.apply(new UnionExec([leaf, new ValuesExec([batches])]), context);
  assert.equal(await cjs.instrumentExecution({ tracerProvider }).apply(plan, context), plan);

  for (let partition = 0; partition < plan.properties.partitionCount; partition += 1) {
    const execution = plan.execute(partition, context);
    for await (const _ of execution.batches);
    await execution.outcome;
  }
  assert.deepEqual(spanLines(tracerProvider), ['UnionExec', 'LeafExec < UnionExec', 'ValuesExec < UnionExec']);

  // An operator has one identity in a run, and knows the one above it, whichever build wrapped that.
  const union = records.find(({ name }) => name === 'UnionExec');
  assert.equal(new Set(records.map(({ id }) => id)).size, 3);
  for (const name of ['LeafExec', 'ValuesExec']) {
    assert.equal(records.find((record) => record.name === name)?.parentId, union?.id, `${name} hangs under UnionExec`);
  }
  // What is warned of is on the operator that it is about, and on none above it.
  const warned = tracerProvider.spans.filter(({ attributes }) => attributes['planscope.warnings.count'] !== undefined);
  assert.deepEqual(
    warned.map(({ name }) => name),
    ['LeafExec'],
  );
  assert.deepEqual(
    context.warnings.map(({ code }) => code),
    ['too-small'],
  );
  assert.throws(
    () => cjs.instrumentExecution({ maxTextBytes: -1 }),
    (error) => esm.ExecutionOptionsError.isInstance(error),
  );
  return 'a node is wrapped once, and operators of both builds make one tree';
}
