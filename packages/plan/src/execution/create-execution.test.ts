import { type RecordBatch, tableFromArrays } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { testTaskContext } from '../testing/index.ts';
import { createExecution, fileExecution } from './create-execution.ts';
import type { Execution } from './execution.ts';

const [batch] = tableFromArrays({ a: [1, 2, 3] }).batches as [RecordBatch];

async function drain(execution: Execution): Promise<number> {
  let count = 0;
  for await (const _ of execution.batches) count += 1;
  return count;
}

it('starts its body at the first pull and returns what it filled', async () => {
  let started = false;
  const report = { version: 1, engine: { name: 'toy', version: '1' }, status: 'ok' } as never;
  const execution = createExecution(testTaskContext(), function* (run) {
    started = true;
    run.metrics.add({ name: 'output_rows', type: 'count', unit: '{row}', value: 3 });
    run.artifacts.push({ path: 'x', bytes: 1, format: 'csv' });
    run.report = report;
    yield batch;
    yield batch;
  });
  expect(started).toBe(false);
  expect(await drain(execution)).toBe(2);
  const outcome = await execution.outcome;
  expect(outcome).toMatchObject({ status: 'ok', artifacts: [{ path: 'x' }], report });
  expect(outcome.metrics.get('output_rows')).toBe(3);
});

describe('the outcome', () => {
  it.each([true, false])('is the error itself when the body throws (before a batch: %s)', async (early) => {
    const failure = new Error('x');
    const execution = createExecution(testTaskContext(), async function* () {
      if (!early) yield batch;
      throw failure;
    });
    await expect(drain(execution)).rejects.toBe(failure);
    expect(await execution.outcome).toMatchObject({ status: 'error', error: failure });
    expect(await drain(execution)).toBe(0);
  });

  it('is cancelled when the consumer stops, after the clean-up of the body', async () => {
    const order: string[] = [];
    const execution = createExecution(testTaskContext(), async function* () {
      try {
        yield batch;
        yield batch;
      } finally {
        await Promise.resolve();
        order.push('clean');
      }
    });
    const outcome = execution.outcome.then(({ status }) => order.push(status));
    for await (const _ of execution.batches) break;
    await outcome;
    expect(order).toEqual(['clean', 'cancelled']);
  });

  it('is cancelled when the consumer stops before the first pull, and the body never starts', async () => {
    let started = false;
    const execution = createExecution(testTaskContext(), function* () {
      started = true;
      yield batch;
    });
    await execution.batches[Symbol.asyncIterator]().return?.();
    expect((await execution.outcome).status).toBe('cancelled');
    expect(await drain(execution)).toBe(0);
    expect(started).toBe(false);
  });

  it('is the error of a clean-up that fails', async () => {
    const failure = new Error('clean-up');
    const execution = createExecution(testTaskContext(), function* () {
      try {
        yield batch;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: a failing clean-up is what is tested
        throw failure;
      }
    });
    const leave = async (): Promise<void> => {
      for await (const _ of execution.batches) break;
    };
    await expect(leave()).rejects.toBe(failure);
    expect(await execution.outcome).toMatchObject({ status: 'error', error: failure });
  });

  it('stays ok when the consumer returns after the end', async () => {
    const execution = createExecution(testTaskContext(), () => []);
    const iterator = execution.batches[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(true);
    await iterator.return?.();
    expect((await execution.outcome).status).toBe('ok');
  });
});

describe('an abort', () => {
  it('ends the output with the reason, cleans up and settles as cancelled, without an error', async () => {
    const controller = new AbortController();
    let cleaned = false;
    const execution = createExecution(testTaskContext({ signal: controller.signal }), function* () {
      try {
        yield batch;
        yield batch;
      } finally {
        cleaned = true;
      }
    });
    const iterator = execution.batches[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort('stop');
    await expect(iterator.next()).rejects.toBe('stop');
    const outcome = await execution.outcome;
    expect(outcome.status).toBe('cancelled');
    expect('error' in outcome).toBe(false);
    expect(cleaned).toBe(true);
  });
});

const bytesRead = { name: 'bytes_read', type: 'count', unit: 'By', value: 7 } as const;

describe('the execution of a node that writes files', () => {
  it('starts immediately, has no batches, and returns what its work filled in', async () => {
    const { batches, outcome } = fileExecution(testTaskContext(), async ({ artifacts, metrics }) => {
      artifacts.push({ path: 'x', bytes: 7, format: 'csv' });
      metrics.add(bytesRead);
    });
    expect(await outcome).toMatchObject({ status: 'ok', artifacts: [{ path: 'x' }] });
    for await (const _ of batches) expect.unreachable();
    expect((await outcome).metrics.get('bytes_read')).toBe(7);
  });

  it('keeps the metrics of failed work, and throws the error to the consumer', async () => {
    const failure = new Error('x');
    const { batches, outcome } = fileExecution(testTaskContext(), async ({ metrics }) => {
      metrics.add(bytesRead);
      throw failure;
    });
    const ended = await outcome;
    expect(ended).toMatchObject({ status: 'error', error: failure });
    expect(ended.metrics.get('bytes_read')).toBe(7);
    await expect(batches[Symbol.asyncIterator]().next()).rejects.toBe(failure);
  });

  it('is cancelled by the signal, with the metrics so far', async () => {
    const controller = new AbortController();
    const context = { ...testTaskContext(), signal: controller.signal };
    const { outcome } = fileExecution(context, async ({ metrics }) => {
      metrics.add(bytesRead);
      controller.abort();
      controller.signal.throwIfAborted();
    });
    const ended = await outcome;
    expect(ended.status).toBe('cancelled');
    expect(ended.metrics.get('bytes_read')).toBe(7);
  });
});
