import type { DuckDBConnection } from '@duckdb/node-api';

const REPEAT_MS = 20;

/**
 * Interrupts a connection's query when the signal is aborted, and again until released: DuckDB forgets an interrupt that
 * comes before the query has begun to run.
 *
 * @returns release; safe to call twice
 */
export function interruptOnAbort(connection: DuckDBConnection, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    timer ??= setInterval(() => connection.interrupt(), REPEAT_MS);
  };
  if (signal.aborted) interrupt();
  else signal.addEventListener('abort', interrupt, { once: true });
  return () => {
    signal.removeEventListener('abort', interrupt);
    clearInterval(timer);
  };
}
