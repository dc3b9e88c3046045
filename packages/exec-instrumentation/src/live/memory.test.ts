import type { ExecutionPlan } from '@planscope/plan';
import { testPlanningContext, testTaskContext } from '@planscope/plan/testing';
import { createSpanRecorder } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { batchOf, drain, leaf, union } from '../../test/plans.ts';
import { instrumentExecution } from '../index.ts';

const MEBIBYTE = 1024 * 1024;

describe('memory', () => {
  const recorder = createSpanRecorder();
  const rule = instrumentExecution({ tracerProvider: recorder.tracerProvider });
  // The plan and the signal outlive every run, as in a service.
  const scan = leaf('ScanExec', () => [batchOf(...Array(1_000).keys())], { partitionCount: 2 });
  const plan = rule.apply(union('TopExec', [scan, scan]), testPlanningContext()) as ExecutionPlan;
  const { signal } = new AbortController();

  async function run(number: number): Promise<void> {
    const execution = plan.execute(0, testTaskContext({ signal, run: { runId: `run-${number}` } }));
    if (number % 3 === 0) {
      await execution.batches[Symbol.asyncIterator]().return?.();
    } else if (number % 3 === 1) {
      for await (const _ of execution.batches) break;
    } else {
      await drain(execution);
    }
    await execution.outcome;
  }

  async function heapAfter(runs: number): Promise<number> {
    for (let number = 0; number < runs; number += 1) await run(number);
    expect(recorder.openSpans()).toBe(0);
    expect(recorder.spans().length).toBeGreaterThan(runs);
    recorder.clear();
    global.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
    global.gc?.();
    return process.memoryUsage().heapUsed;
  }

  it('is released after every run, however it was consumed', async () => {
    expect(global.gc, 'run with --expose-gc').toBeTypeOf('function');
    await heapAfter(100);
    const afterHundred = await heapAfter(100);
    const afterThousand = await heapAfter(1_000);
    expect(Math.abs(afterThousand - afterHundred)).toBeLessThan(5 * MEBIBYTE);
  });
});
