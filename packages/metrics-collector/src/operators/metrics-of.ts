import { type MetricReport, MetricsSet } from '@planscope/plan';

/** Reported metrics as a set, so that several of one name combine by their type. */
export function metricsOf(reports: readonly MetricReport[]): MetricsSet {
  return new MetricsSet(
    reports.map((report) => ({
      ...report,
      value: typeof report.value === 'string' ? BigInt(report.value) : report.value,
    })),
  );
}
