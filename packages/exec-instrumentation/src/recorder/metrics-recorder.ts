import { metricAttributes } from '../metric-attributes.ts';
import type { OperatorRecorderFactory } from './operator-recorder.ts';

/** Records every metric of the operator, aggregated over its partitions. */
export const metricsRecorder: OperatorRecorderFactory = () => ({
  name: 'metrics',
  onEnd: ({ metrics }, span) => span.setAttributes(metricAttributes(metrics.aggregateByName())),
});
