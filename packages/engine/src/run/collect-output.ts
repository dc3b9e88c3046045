import type { ExecutionOutcome, TaskContext } from '@planscope/plan';
import type { PlannedOutput } from './planned-output.ts';
import type { OutputResult } from './run-result.ts';

/**
 * Executes one output to its end: writes its file, or gathers its batches.
 *
 * @throws what went wrong, unaltered; the signal's reason when the run was stopped
 */
export async function collectOutput(
  { output, node, target, confirm }: PlannedOutput,
  context: TaskContext,
): Promise<OutputResult> {
  const execution = node.execute(0, context);
  const batches = [];
  for await (const batch of execution.batches) batches.push(batch);
  const { artifacts } = requireOk(await execution.outcome, context.signal);
  if (target === undefined) {
    await confirm();
    const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0);
    return { name: output.name, rows, schema: node.schema, batches };
  }
  const [artifact] = artifacts;
  if (artifact?.rows === undefined) throw new Error(`[planscope/engine] output "${output.name}" made no file`);
  const { bytes, etag, rows } = artifact;
  const file = { location: target.url, format: target.format, bytes, ...(etag === undefined ? {} : { etag }) };
  return { name: output.name, rows, file };
}

/** @throws the error of an outcome that is one, the signal's reason of one that was cancelled */
export function requireOk(outcome: ExecutionOutcome, signal: AbortSignal): ExecutionOutcome {
  if (outcome.status === 'error') throw outcome.error;
  if (outcome.status === 'cancelled') {
    signal.throwIfAborted();
    throw new Error('[planscope/engine] the execution was cancelled');
  }
  return outcome;
}
