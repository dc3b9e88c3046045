import type { StorageCall } from './run.ts';

/** What an operation of a store does with content. */
export function callDirection(operation: string): StorageCall['direction'] {
  if (/^(?:get|read)/.test(operation)) return 'read';
  return /^(?:put|write|complete)/.test(operation) ? 'write' : 'other';
}

/** Whether a status asks the client to slow down. */
export function isThrottling(status: number | undefined): boolean {
  return status === 429 || status === 503;
}
