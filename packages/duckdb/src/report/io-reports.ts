import type { IoReport, MetricReport } from '@planscope/plan';
import {
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_READ_REQUESTS,
  METRIC_UNLOGGED_SCANS,
} from '@planscope/semconv';
import type { FileActivity } from '../events/file-activity.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import { METRIC_WRITE_REQUESTS } from '../semconv.ts';
import { numberedOperators } from './operator-reports.ts';

/** Reads and writes of the engine itself: kept apart from those of an object store by this name. */
const STORE = 'duckdb';

/**
 * Reads and writes as a report tells them.
 *
 * @param owners the id of the operator each belongs to, where that is certain
 */
export function ioReports(activity: readonly FileActivity[], owners: ReadonlyMap<FileActivity, string>): IoReport[] {
  return activity.map((entry) => {
    const operatorId = owners.get(entry);
    return {
      store: STORE,
      operation: entry.operation === 'read' ? 'get_ranges' : 'put',
      location: entry.path,
      bytes: entry.bytes.toString(),
      requests: entry.requests,
      timing: { basis: 'observed_events', window: entry.window },
      ...(operatorId === undefined ? {} : { operatorId }),
    };
  });
}

/** Bytes and requests over several files, as metrics; a direction that did not occur has none. */
export function activityMetrics(activity: readonly FileActivity[]): MetricReport[] {
  return [
    ...totals(activity, 'read', METRIC_BYTES_READ, METRIC_READ_REQUESTS),
    ...totals(activity, 'write', METRIC_BYTES_WRITTEN, METRIC_WRITE_REQUESTS),
  ];
}

/**
 * The same for a query as a whole. DuckDB does not log what it reads of a database file: where a query scans a table of
 * one, the reads that are known are only a part, and there is no total.
 */
export function queryActivityMetrics(
  activity: readonly FileActivity[] | undefined,
  operators: readonly ProfiledOperator[],
): MetricReport[] {
  if (activity === undefined) return [];
  const unlogged = [...numberedOperators(operators)].filter(([, operator]) => scansDatabaseFile(operator)).length;
  if (unlogged === 0) return activityMetrics(activity);
  return [
    ...activityMetrics(activity.filter(({ operation }) => operation === 'write')),
    { name: METRIC_UNLOGGED_SCANS, type: 'count', unit: '{scan}', value: unlogged },
  ];
}

/** DuckDB's names of the catalogs in memory. */
const IN_MEMORY = /^(?:memory|temp)\./;

function scansDatabaseFile({ extraInfo: { Table } }: ProfiledOperator): boolean {
  return Table !== undefined && !IN_MEMORY.test(String(Table));
}

function totals(
  activity: readonly FileActivity[],
  operation: FileActivity['operation'],
  bytesName: string,
  requestsName: string,
): MetricReport[] {
  const entries = activity.filter((entry) => entry.operation === operation);
  if (entries.length === 0) return [];
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0n);
  const requests = entries.reduce((sum, entry) => sum + entry.requests, 0);
  return [
    { name: bytesName, type: 'count', unit: 'By', value: bytes.toString() },
    { name: requestsName, type: 'count', unit: '{request}', value: requests },
  ];
}
