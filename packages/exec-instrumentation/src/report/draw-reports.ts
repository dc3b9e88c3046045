import type { ReportRecorder, ReportScope, TaskContext } from '@planscope/plan';
import type { FinishedOperator } from '../recorder/operator-recorder.ts';
import { tryRecording } from '../try-recording.ts';

/**
 * Draws what engines reported of themselves under the operator that ran them.
 *
 * @param context of the operator; its place in the trace is where the reports belong
 * @param hasOwnSpan whether the span in that context is the operator's own
 */
export function drawReports(
  { node, window, reports }: FinishedOperator,
  context: TaskContext,
  hasOwnSpan: boolean,
  recorders: readonly ReportRecorder[],
): void {
  const { run, budget, warn } = context;
  for (const report of reports) {
    const scope: ReportScope = {
      place: { otelContext: context.otelContext, window, ...(hasOwnSpan ? {} : { hasOwnSpan }) },
      stages: new Map(),
      operators: new Map(),
      run,
      budget,
      warn,
    };
    recorders.forEach((record, index) => {
      tryRecording(record.name || `report recorder ${index + 1}`, node.name, context, () => record(report, scope));
    });
  }
}
