import type { MetricReport } from '@planscope/plan';
import {
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_CUMULATIVE_COMPUTE,
  METRIC_PEAK_MEMORY,
  METRIC_PEAK_TEMPORARY_STORAGE,
  METRIC_READ_REQUESTS,
} from '@planscope/semconv';
import { METRIC_LEAST_SPILLED_BYTES, METRIC_READ_TIME, METRIC_WRITE_REQUESTS, METRIC_WRITE_TIME } from '../semconv.ts';
import { FIRST_AND_ALONE, type InstancePeaks, ownPeaks, type PeakOrigins } from './own-peaks.ts';
import { type ProfileTotals, parseTotals2 } from './profile-2.ts';
import { ProfileFields } from './profile-fields.ts';
import type { ProfiledIo, QueryProfile } from './query-profile.ts';

const NANOSECONDS_PER_SECOND = 1e9;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** The totals of a query as metrics; what is not known is absent, and so are reads or writes that did not occur. */
export function profileMetrics(profile: QueryProfile): MetricReport[] {
  const { operators, isUnfinished } = profile;
  const compute = operators.reduce((sum, operator) => sum + (operator.cumulativeTime ?? 0), 0);
  return totalsMetrics(profile, isUnfinished ? undefined : compute);
}

function totalsMetrics(totals: ProfileTotals, compute: number | undefined): MetricReport[] {
  const { peakMemory, peakTemporaryStorage, leastSpilled, io } = totals;
  return [
    ...metric({ name: METRIC_CUMULATIVE_COMPUTE, type: 'time', unit: 'ns' }, compute),
    ...metric({ name: METRIC_PEAK_MEMORY, type: 'gauge', unit: 'By' }, peakMemory),
    ...metric({ name: METRIC_PEAK_TEMPORARY_STORAGE, type: 'gauge', unit: 'By' }, peakTemporaryStorage),
    ...metric({ name: METRIC_LEAST_SPILLED_BYTES, type: 'count', unit: 'By' }, leastSpilled || undefined),
    ...(io === undefined ? [] : ioMetrics(io)),
  ];
}

function ioMetrics({ bytesRead, reads, readTime, bytesWritten, writes, writeTime }: ProfiledIo): MetricReport[] {
  const source = 'profile';
  return [
    ...metric({ name: METRIC_BYTES_READ, type: 'count', unit: 'By', source }, bytesRead || undefined),
    ...metric({ name: METRIC_READ_REQUESTS, type: 'count', unit: '{request}', source }, reads || undefined),
    ...metric({ name: METRIC_READ_TIME, type: 'time', unit: 'ns', source }, readTime || undefined),
    ...metric({ name: METRIC_BYTES_WRITTEN, type: 'count', unit: 'By', source }, bytesWritten || undefined),
    ...metric({ name: METRIC_WRITE_REQUESTS, type: 'count', unit: '{request}', source }, writes || undefined),
    ...metric({ name: METRIC_WRITE_TIME, type: 'time', unit: 'ns', source }, writeTime || undefined),
  ];
}

function metric(described: Omit<MetricReport, 'value'>, value: number | undefined): MetricReport[] {
  if (value === undefined) return [];
  // The contract takes a whole number beyond 2^53 as digits only.
  return [{ ...described, value: Number.isSafeInteger(value) ? value : BigInt(value).toString() }];
}

/** A number of a profile of DuckDB 1.5, which lists its totals before the operators. */
function numberOf(text: string, key: string): number | undefined {
  const head = text.slice(0, Math.max(text.indexOf('"children"'), 0));
  const digits = new RegExp(`^ *"${key}": ([\\d.e+-]+)`, 'm').exec(head)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** In DuckDB 2 each group is an object of its own. DuckDB escapes line breaks within texts. */
const GROUP = /^ {4}"(io|query|storage|system)": (\{[\s\S]*?^ {4}\}|\{\})/gm;

/** A scan whose extension also reads by itself, which DuckDB does not count. */
const READS_BY_ITSELF = /"(?:DELTA|DUCKLAKE)_SCAN"/;

/** The totals of a profile of DuckDB 2, without its operators; undefined for any other text. */
function totals2(text: string): { readonly totals: ProfileTotals; readonly compute: number | undefined } | undefined {
  const groups = [...text.matchAll(GROUP)];
  if (groups.length === 0) return undefined;
  try {
    const json = Object.fromEntries(groups.map(([, name, group = '']) => [name, JSON.parse(group)]));
    const root = new ProfileFields(json, 'profile');
    const query = root.has('query') ? root.object('query') : undefined;
    const compute = query?.has('cpu_time') ? query.seconds('cpu_time') : undefined;
    const { io, ...totals } = parseTotals2(root, false);
    return { totals: READS_BY_ITSELF.test(text) || io === undefined ? totals : { ...totals, io }, compute };
  } catch {
    return undefined;
  }
}

/**
 * Finds the totals of a finished query in the text of its profile, without parsing the operators.
 *
 * @param text undefined if there is no profile
 * @param origins what else may be in the peaks of DuckDB 1.5
 */
export function profileSummary(text = '', origins: PeakOrigins = FIRST_AND_ALONE): MetricReport[] {
  const parsed = totals2(text);
  if (parsed !== undefined) return totalsMetrics(parsed.totals, parsed.compute);
  const compute = numberOf(text, 'cpu_time');
  const peaks = ownPeaks(instancePeaks(text) ?? {}, numberOf(text, 'total_memory_allocated'), origins);
  return totalsMetrics(peaks, compute === undefined ? undefined : Math.round(compute * NANOSECONDS_PER_SECOND));
}

/** The peaks in a profile of DuckDB 1.5, of whatever they are; undefined for any other text. */
export function instancePeaks(text: string): InstancePeaks | undefined {
  const memory = numberOf(text, 'system_peak_buffer_memory');
  const temporaryStorage = numberOf(text, 'system_peak_temp_dir_size');
  return memory === undefined || temporaryStorage === undefined ? undefined : { memory, temporaryStorage };
}

/** Nanoseconds that DuckDB took for the query, from its start to the end of its rows; undefined if that is not known. */
export function profileLatency(text = ''): number | undefined {
  const parsed = totals2(text);
  if (parsed !== undefined) return parsed.totals.duration;
  const seconds = numberOf(text, 'latency');
  return seconds === undefined ? undefined : Math.round(seconds * NANOSECONDS_PER_SECOND);
}

/** Metrics above zero when a query spilled to disk. */
const SPILLS: ReadonlySet<string> = new Set([METRIC_PEAK_TEMPORARY_STORAGE, METRIC_LEAST_SPILLED_BYTES]);

/** Whether the totals are enough for a query, because it was fast and did not spill to disk. */
export function needsNoDetail(
  { profile, peakOrigins }: { readonly profile?: string | undefined; readonly peakOrigins?: PeakOrigins | undefined },
  nanoseconds: number,
  slowerThan: number | undefined,
): boolean {
  if (slowerThan === undefined || nanoseconds >= slowerThan * NANOSECONDS_PER_MILLISECOND) return false;
  return !profileSummary(profile, peakOrigins).some(({ name, value }) => SPILLS.has(name) && Number(value) > 0);
}
