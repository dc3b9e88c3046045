import type { TracingConfig } from '@planscope/config';
import { BootstrapError } from '../bootstrap-error.ts';

/** How spans are queued and sent. */
export type QueuePolicy = Pick<
  TracingConfig['exportPolicy'],
  'maxQueueSize' | 'maxExportBatchSize' | 'scheduleDelayMillis' | 'exportTimeoutMillis'
>;

const fields = ['maxQueueSize', 'maxExportBatchSize', 'scheduleDelayMillis', 'exportTimeoutMillis'] as const;

/**
 * Refuses a policy under which spans would vanish: a size or time that is no positive integer, a batch larger than the
 * queue.
 *
 * @throws BootstrapError that names the field and its value
 */
export function assertQueuePolicy(policy: QueuePolicy): void {
  for (const field of fields) {
    const value = policy[field];
    if (!Number.isSafeInteger(value) || value < 1) {
      throw invalid(field, value, 'a positive integer');
    }
  }
  if (policy.maxExportBatchSize > policy.maxQueueSize) {
    throw invalid('maxExportBatchSize', policy.maxExportBatchSize, `at most maxQueueSize, ${policy.maxQueueSize}`);
  }
}

function invalid(field: string, value: unknown, allowed: string): BootstrapError {
  return new BootstrapError(
    'invalid_export_policy',
    `exportPolicy.${field}: should be ${allowed}, got ${JSON.stringify(value)}`,
  );
}
