import type { TracingConfig } from '@planscope/config';
import { BootstrapError } from '../bootstrap-error.ts';

/** How spans are queued and sent. */
export type QueuePolicy = Pick<
  TracingConfig['exportPolicy'],
  'maxQueueSize' | 'maxExportBatchSize' | 'scheduleDelayMillis' | 'exportTimeoutMillis'
>;

/** How spans are held, queued and sent. */
export type PipelinePolicy = QueuePolicy & Pick<TracingConfig['exportPolicy'], 'slowQuery'>;

const fields = ['maxQueueSize', 'maxExportBatchSize', 'scheduleDelayMillis', 'exportTimeoutMillis'] as const;

/**
 * Refuses a policy that would lose spans or pile them up: a size or time that is not a positive integer, or a batch larger
 * than the queue.
 *
 * @throws BootstrapError that names the field and its value
 */
export function assertPipelinePolicy(policy: PipelinePolicy): void {
  for (const field of fields) assertPositive(field, policy[field]);
  for (const field of ['thresholdMillis', 'maxHeldSpans'] as const) {
    const value = policy.slowQuery[field];
    if (value !== undefined) assertPositive(`slowQuery.${field}`, value);
  }
  if (policy.maxExportBatchSize > policy.maxQueueSize) {
    throw invalid('maxExportBatchSize', policy.maxExportBatchSize, `at most maxQueueSize, ${policy.maxQueueSize}`);
  }
}

function assertPositive(field: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw invalid(field, value, 'a positive integer');
}

function invalid(field: string, value: unknown, allowed: string): BootstrapError {
  return new BootstrapError(
    'invalid-export-policy',
    `exportPolicy.${field}: should be ${allowed}, got ${JSON.stringify(value)}`,
  );
}
