import { describe, expect, it } from 'vitest';
import { testTaskContext } from '../testing/index.ts';
import { fileExecution } from './file-execution.ts';

const bytesRead = { name: 'bytes_read', type: 'count', unit: 'By', value: 7 } as const;

describe('the execution of a node that makes files', () => {
  it('begins at once, puts out no batch, and has what its work filled in', async () => {
    const { batches, outcome } = fileExecution(testTaskContext(), async ({ artifacts, metrics }) => {
      artifacts.push({ path: 'x', bytes: 7, format: 'csv' });
      metrics.add(bytesRead);
    });
    expect(await outcome).toMatchObject({ status: 'ok', artifacts: [{ path: 'x' }] });
    for await (const _ of batches) expect.unreachable();
    expect((await outcome).metrics.get('bytes_read')).toBe(7);
  });

  it('keeps the metrics of work that fails, and throws at whoever pulls', async () => {
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
