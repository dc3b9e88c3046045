import { type MetricReport, operatorsBelow, type StageReport } from '@planscope/plan';
import { METRIC_OUTPUT_BATCHES, METRIC_OUTPUT_BYTES, METRIC_OUTPUT_ROWS } from '@planscope/semconv';

/** What goes on to the next stage: only the topmost operators put it out, and nothing that a failed task put out counts. */
const OUTPUT: ReadonlySet<string> = new Set([METRIC_OUTPUT_ROWS, METRIC_OUTPUT_BATCHES, METRIC_OUTPUT_BYTES]);

/**
 * The entries that one number of a stage is made of. Stage, operators and tasks tell the same work three times, so only one
 * of them counts: what the engine says of the stage, else its operators, else its tasks, with the work of those that failed.
 */
export function stageMetrics(stage: StageReport, name: string): readonly MetricReport[] {
  const isOutput = OUTPUT.has(name);
  const roots = stage.operators ?? [];
  const operators = isOutput ? roots : [...operatorsBelow(roots)];
  const tasks = isOutput ? stage.tasks.filter(({ status }) => status !== 'error') : stage.tasks;
  for (const tellers of [[stage], operators, tasks]) {
    const entries = tellers.flatMap(({ metrics }) => metrics.filter((entry) => entry.name === name));
    if (entries.length > 0) return entries;
  }
  return [];
}
