import { setMaxListeners } from 'node:events';
import type { Artifact, Execution, ExecutionPlan, TaskContext } from '@planscope/plan';
import { DuckDBError } from '../duckdb-error.ts';
import type { FileBinding, FileFormat, LakeTableBinding, ProjectedColumn } from '../sql/input-binding.ts';
import type { FileOptions } from '../sql/quote.ts';

/** A relation of a query: files that a child node writes or finds, or a table that DuckDB reads itself. */
export type ExecInput = FileInput | LakeTableBinding;

/** A relation whose files a child node writes or finds. */
export interface FileInput {
  /** Name of the relation in the SQL. */
  readonly name: string;
  readonly format: FileFormat;
  /** Named parameters of the reading function, for example `{ delim: ';' }`. */
  readonly options?: FileOptions;
  /** The columns in their order; see `FileBinding`. Default: the columns of the files. */
  readonly projection?: readonly ProjectedColumn[];
  /** A CSV file with rows that the relation does not have; see `FileBinding`. Default: none. */
  readonly deletedRows?: string;
  /** SQL conditions; the query sees only the rows that meet all of them. Default: none. */
  readonly filters?: readonly string[];
}

/**
 * Runs the children concurrently and binds each input to the files of its child. When one child fails, the others are
 * stopped and awaited, so that no child runs after the node has ended.
 *
 * @throws the error of the first child that failed, unaltered; the signal's reason when one was cancelled
 */
export async function inputFiles(
  inputs: readonly ExecInput[],
  children: readonly ExecutionPlan[],
  context: TaskContext,
): Promise<(FileBinding | LakeTableBinding)[]> {
  const stop = new AbortController();
  const forward = (): void => stop.abort(context.signal.reason);
  if (context.signal.aborted) forward();
  else context.signal.addEventListener('abort', forward, { once: true });
  // Every node below may add a listener, so many listeners are not a leak.
  setMaxListeners(0, stop.signal);
  const stoppable = { ...context, signal: stop.signal };
  const running = children.map(async (child) => {
    try {
      return await runToFiles(child.execute(0, stoppable), stoppable);
    } catch (error) {
      // Keeps the first reason: aborting twice does nothing.
      stop.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(running);
  context.signal.removeEventListener('abort', forward);
  context.signal.throwIfAborted();
  stop.signal.throwIfAborted();
  const artifacts = await Promise.all(running);
  return inputs.map((input, index) =>
    'table' in input ? input : { ...input, paths: (artifacts[index] ?? []).map(({ path }) => path) },
  );
}

async function runToFiles(execution: Execution, { signal }: TaskContext): Promise<readonly Artifact[]> {
  // A node may start its work only when its batches are pulled; the outcome holds the error.
  void drain(execution).catch(() => {});
  const outcome = await execution.outcome;
  if (outcome.status === 'error') throw outcome.error;
  if (outcome.status === 'ok') return outcome.artifacts;
  signal.throwIfAborted();
  throw new DuckDBError('empty-input', 'an input was cancelled before its files were complete');
}

async function drain({ batches }: Execution): Promise<void> {
  for await (const _ of batches);
}
