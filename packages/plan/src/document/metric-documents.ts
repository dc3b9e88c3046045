import type { MetricReport } from '../report/engine-report.ts';

/** A metric of a node or of a report. */
type AnyMetric = Omit<MetricReport, 'value'> & { readonly value: number | bigint | string };

/** Metrics as JSON has them: digits for whole numbers that a JSON number does not hold; what is no number is left out. */
export function metricDocuments(metrics: readonly AnyMetric[]): MetricReport[] {
  return metrics
    .filter(({ value }) => typeof value !== 'number' || Number.isFinite(value))
    .map(({ name, type, unit, value }) => ({ name, type, unit, value: jsonValue(value) }));
}

function jsonValue(value: number | bigint | string): number | string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  // JSON has no negative zero.
  return value + 0;
}
