import type { OperatorRecord, OperatorReport, RunWarning } from '@planscope/plan';
import {
  METRIC_BYTES_FETCHED,
  METRIC_BYTES_READ,
  METRIC_BYTES_UPLOADED,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_OUTPUT_BATCHES,
  METRIC_OUTPUT_BYTES,
  METRIC_OUTPUT_ROWS,
  METRIC_SPILL_FILE_COUNT,
  METRIC_SPILLED_BYTES,
  METRIC_SPILLED_ROWS,
} from '@planscope/semconv';
import { metricsOf } from './collected-operator.ts';
import { type Measured, sumOf } from './measured.ts';

/** A run in a few numbers. Each carries its source; what was not measured is absent. */
export interface TraceMetricsSummary {
  /** Rows of the run's outputs, whether handed back or written: the rows of the query, not a sum over operators. */
  readonly outputRows?: Measured;
  /** Record batches handed back. */
  readonly outputBatches?: Measured;
  /** Bytes of the record batches handed back. */
  readonly outputBytes?: Measured;
  /** Time that operators computed, summed over operators and threads, in nanoseconds. */
  readonly elapsedComputeNanos?: Measured;
  readonly spillFileCount?: Measured;
  readonly spilledBytes?: Measured;
  readonly spilledRows?: Measured;
  /** Bytes brought here from object stores; files read in place are not among them. */
  readonly bytesFetched?: Measured;
  /** Bytes handed to object stores. */
  readonly bytesUploaded?: Measured;
  /** Bytes that engines read from files on this machine, copies of objects included. */
  readonly bytesRead?: Measured;
  /** Bytes that engines wrote to files on this machine. */
  readonly bytesWritten?: Measured;
  /**
   * Rows put out over rows that entered: `outputRows` over the rows put out by the operators at the bottom of the engine's
   * plans (the scans), after the filters that the scans applied. From 0 up; above 1 the run multiplied rows.
   */
  readonly selectivity?: Measured;
  /** Operators that ran, those inside engines included. */
  readonly operatorCount: number;
  readonly warningCount: number;
  /** Warnings by code. */
  readonly warningCounts: Readonly<Record<string, number>>;
}

/** Sums a run up from the records of its operators. */
export function summarize(records: readonly OperatorRecord[], warnings: readonly RunWarning[]): TraceMetricsSummary {
  const counted = (name: string, of: readonly OperatorRecord[] = records): Measured | undefined =>
    sumOf(
      of.map(({ metrics }) => metrics.get(name)),
      'counted',
    );
  const reports = records.flatMap((record) => record.reports);
  const logged = (name: string): Measured | undefined =>
    sumOf(
      reports.map((report) => metricsOf({ metrics: report.metrics ?? [] }).get(name)),
      'io_log',
    );
  const reported = reports.flatMap(({ operators = [] }) => operators.flatMap(withDescendants));
  const profiled = (name: string): Measured | undefined =>
    sumOf(
      reported.map((operator) => metricsOf(operator).get(name)),
      'profile',
    );

  const tops = records.filter(({ parentId }) => parentId === undefined);
  const outputRows = counted(METRIC_OUTPUT_ROWS, tops);
  const scans = reported.filter(({ children }) => children.length === 0);
  const measured: Record<string, Measured | undefined> = {
    outputRows,
    outputBatches: counted(METRIC_OUTPUT_BATCHES, tops),
    outputBytes: counted(METRIC_OUTPUT_BYTES, tops),
    elapsedComputeNanos: profiled(METRIC_ELAPSED_COMPUTE),
    spillFileCount: profiled(METRIC_SPILL_FILE_COUNT),
    spilledBytes: profiled(METRIC_SPILLED_BYTES),
    spilledRows: profiled(METRIC_SPILLED_ROWS),
    bytesFetched: counted(METRIC_BYTES_FETCHED),
    bytesUploaded: counted(METRIC_BYTES_UPLOADED),
    bytesRead: logged(METRIC_BYTES_READ),
    bytesWritten: logged(METRIC_BYTES_WRITTEN),
    selectivity: selectivity(
      outputRows,
      sumOf(
        scans.map((scan) => metricsOf(scan).get(METRIC_OUTPUT_ROWS)),
        'profile',
      ),
    ),
  };
  return {
    ...Object.fromEntries(Object.entries(measured).filter(([, value]) => value !== undefined)),
    operatorCount: records.length + reported.length,
    warningCount: warnings.length,
    warningCounts: countByCode(warnings),
  };
}

function withDescendants(operator: OperatorReport): OperatorReport[] {
  return [operator, ...operator.children.flatMap(withDescendants)];
}

function selectivity(out: Measured | undefined, scanned: Measured | undefined): Measured | undefined {
  if (out === undefined || scanned === undefined || scanned.value === 0) return undefined;
  return { value: Number(out.value) / Number(scanned.value), source: scanned.source };
}

function countByCode(warnings: readonly RunWarning[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of warnings) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
