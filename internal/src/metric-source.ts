import type { Attributes } from '@opentelemetry/api';
import { ATTR_METRIC_SOURCES, METRIC_BYTES_READ, METRIC_BYTES_WRITTEN } from '@planscope/semconv';

/** Where an engine has a number from: its log of single reads and writes, its profiler, or its settings. */
export type ReportedSource = 'io_log' | 'profile' | 'settings';

/** The source of a reported metric unless it is given: bytes and requests are sums of single reads and writes. */
export function defaultSource(name: string, unit: string | undefined): ReportedSource {
  const isIo = name === METRIC_BYTES_READ || name === METRIC_BYTES_WRITTEN || unit === '{request}';
  return isIo ? 'io_log' : 'profile';
}

/** The sources of metrics that differ from the default, for the span that has the metrics; usually nothing. */
export function sourceAttributes(
  metrics: Iterable<{ readonly name: string; readonly unit: string; readonly source?: ReportedSource | undefined }>,
): Attributes {
  const sources: string[] = [];
  for (const { name, unit, source } of metrics) {
    if (source !== undefined && source !== defaultSource(name, unit)) sources.push(`${name}=${source}`);
  }
  return sources.length === 0 ? {} : { [ATTR_METRIC_SOURCES]: sources };
}
