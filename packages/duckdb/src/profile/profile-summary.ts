import type { MetricReport } from '@planscope/plan';
import { METRIC_CUMULATIVE_COMPUTE, METRIC_PEAK_MEMORY } from '@planscope/semconv';
import { METRIC_PEAK_TEMPORARY_STORAGE } from '../semconv.ts';

const NANOSECONDS_PER_SECOND = 1e9;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** The metrics that are read without parsing the profile: the metric, its line in the profile, and its factor. */
const NUMBERS: readonly (readonly [metric: Omit<MetricReport, 'value'>, line: RegExp, factor: number])[] = [
  [
    { name: METRIC_CUMULATIVE_COMPUTE, type: 'time', unit: 'ns' },
    /^ *"cpu_time": ([\d.e+-]+)/m,
    NANOSECONDS_PER_SECOND,
  ],
  [{ name: METRIC_PEAK_MEMORY, type: 'gauge', unit: 'By' }, /^ *"system_peak_buffer_memory": (\d+)/m, 1],
  [{ name: METRIC_PEAK_TEMPORARY_STORAGE, type: 'gauge', unit: 'By' }, /^ *"system_peak_temp_dir_size": (\d+)/m, 1],
];

/**
 * Finds the totals of a query in the text of a profile of DuckDB 1.5, where they precede the operators.
 *
 * @param text undefined if there is no profile
 */
export function profileSummary(text = ''): MetricReport[] {
  const head = text.slice(0, Math.max(text.indexOf('"children"'), 0));
  return NUMBERS.flatMap(([metric, line, factor]) => {
    const digits = line.exec(head)?.[1];
    return digits === undefined ? [] : [{ ...metric, value: Math.round(Number(digits) * factor) }];
  });
}

/** Nanoseconds that DuckDB took for the query, from its start to the end of its rows; undefined if that is not known. */
export function profileLatency(text = ''): number | undefined {
  const digits = /^ *"latency": ([\d.e+-]+)/m.exec(text.slice(0, Math.max(text.indexOf('"children"'), 0)))?.[1];
  return digits === undefined ? undefined : Math.round(Number(digits) * NANOSECONDS_PER_SECOND);
}

/** Whether the totals are enough for a query, because it was fast and did not spill to disk. */
export function needsNoDetail(text: string | undefined, nanoseconds: number, slowerThan: number | undefined): boolean {
  if (slowerThan === undefined || nanoseconds >= slowerThan * NANOSECONDS_PER_MILLISECOND) return false;
  return !profileSummary(text).some(({ name, value }) => name === METRIC_PEAK_TEMPORARY_STORAGE && Number(value) > 0);
}
