import { expect, test } from 'vitest';
import { BootstrapError } from '../bootstrap-error.ts';
import { assertPipelinePolicy, type PipelinePolicy } from './export-policy.ts';

const policy: PipelinePolicy = {
  maxQueueSize: 2048,
  maxExportBatchSize: 512,
  scheduleDelayMillis: 5000,
  exportTimeoutMillis: 30_000,
  slowQuery: { maxHeldSpans: 100 },
};

test('a sound policy is taken', () => {
  expect(() => assertPipelinePolicy(policy)).not.toThrow();
});

test.each([
  [{ maxQueueSize: -1 }, /exportPolicy\.maxQueueSize: should be a positive integer, got -1/],
  [{ maxQueueSize: Number.NaN }, /exportPolicy\.maxQueueSize: should be a positive integer/],
  [{ maxExportBatchSize: 0 }, /exportPolicy\.maxExportBatchSize: should be a positive integer, got 0/],
  [{ scheduleDelayMillis: 1.5 }, /exportPolicy\.scheduleDelayMillis: should be a positive integer, got 1\.5/],
  [
    { slowQuery: { thresholdMillis: 0, maxHeldSpans: 1 } },
    /exportPolicy\.slowQuery\.thresholdMillis: should be a positive integer, got 0/,
  ],
  [{ maxExportBatchSize: 4096 }, /exportPolicy\.maxExportBatchSize: should be at most maxQueueSize, 2048, got 4096/],
])('%j is refused', (changes, message) => {
  const refuse = (): void => assertPipelinePolicy({ ...policy, ...changes });
  expect(refuse).toThrow(message);
  expect(refuse).toThrow(BootstrapError);
});
