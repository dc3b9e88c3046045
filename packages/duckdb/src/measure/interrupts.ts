import type { DuckDBConnection } from '@duckdb/node-api';

const REPEAT_MS = 20;

/**
 * Interrupts the query of a connection when the signal is aborted, repeatedly until released: DuckDB ignores an
 * interrupt that comes before the query has started.
 *
 * @returns a function that releases it; safe to call twice
 */
export function interruptOnAbort(connection: DuckDBConnection, signal: AbortSignal): () => void {
  let release = (): void => {};
  const interrupt = (): void => {
    release = keepInterrupting(connection, REPEAT_MS);
  };
  if (signal.aborted) interrupt();
  else signal.addEventListener('abort', interrupt, { once: true });
  return () => {
    signal.removeEventListener('abort', interrupt);
    release();
  };
}

/**
 * Interrupts a connection now and then at a fixed interval.
 *
 * @returns a function that stops it; safe to call twice
 */
export function keepInterrupting(connection: DuckDBConnection, milliseconds: number): () => void {
  connection.interrupt();
  const timer = setInterval(() => connection.interrupt(), milliseconds);
  return () => clearInterval(timer);
}

/** Whether DuckDB threw because it was interrupted. */
export function isInterrupt(error: unknown): boolean {
  return /^INTERRUPT Error/.test(String((error as Error | undefined)?.message));
}
