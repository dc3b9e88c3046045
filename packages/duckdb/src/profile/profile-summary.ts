import type { MetricReport } from '@planscope/plan';
import { METRIC_CUMULATIVE_COMPUTE, METRIC_PEAK_MEMORY } from '@planscope/semconv';
import { METRIC_PEAK_TEMPORARY_STORAGE } from '../semconv.ts';

const NANOSECONDS_PER_SECOND = 1e9;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** What is said of a query without reading its profile in full: a metric, its line in the profile, and its factor. */
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
 * Finds the numbers of the whole query in the text of a profile of DuckDB 1.5, which has them in front of the operators.
 *
 * @param text undefined where there is no profile
 */
export function profileSummary(text = ''): MetricReport[] {
  const head = text.slice(0, Math.max(text.indexOf('"children"'), 0));
  return NUMBERS.flatMap(([metric, line, factor]) => {
    const digits = line.exec(head)?.[1];
    return digits === undefined ? [] : [{ ...metric, value: Math.round(Number(digits) * factor) }];
  });
}

/** Whether a query is fast enough, and its profile quiet enough, to be kept as its numbers alone. */
export function needsNoDetail(text: string | undefined, nanoseconds: number, slowerThan: number | undefined): boolean {
  if (slowerThan === undefined || nanoseconds >= slowerThan * NANOSECONDS_PER_MILLISECOND) return false;
  return !profileSummary(text).some(({ name, value }) => name === METRIC_PEAK_TEMPORARY_STORAGE && Number(value) > 0);
}
