import type { ReportRecorder } from '@planscope/plan';

/**
 * Makes a recorder from its steps.
 *
 * @param name stands in warnings
 */
export function recorderInSteps(name: string, inSteps: NonNullable<ReportRecorder['inSteps']>): ReportRecorder {
  const record: ReportRecorder = (report, scope) => {
    for (const _ of inSteps(report, scope));
  };
  Object.defineProperty(record, 'name', { value: name });
  return Object.assign(record, { inSteps });
}
