import type { Attributes } from '@opentelemetry/api';
import { type Metric, type MetricReport, MetricsSet, type ReportedTiming, reportedDuration } from '@planscope/plan';
import { ATTR_TIMING_REPORTED_DURATION } from '@planscope/semconv';
import { metricAttributes } from '../metric-attributes.ts';

/** The duration that an engine reported, for a span that is drawn with another. */
export function reportedDurationAttribute(timing: ReportedTiming): Attributes {
  const reported = reportedDuration(timing);
  return reported === undefined ? {} : { [ATTR_TIMING_REPORTED_DURATION]: Number(reported) };
}

/** Metrics as reported, their values numbers where they came as digits. */
export function reportedMetricAttributes(reports: readonly MetricReport[]): Attributes {
  const metrics = reports.map(({ name, type, unit, value }): Metric => {
    return { name, type, unit, value: typeof value === 'string' ? BigInt(value) : value };
  });
  return metricAttributes(new MetricsSet(metrics).aggregateByName());
}
