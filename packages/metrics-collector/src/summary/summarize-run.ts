import {
  type EngineReport,
  type IoReport,
  type MetricReport,
  type OperatorRecord,
  operatorsBelow,
  type RunWarning,
} from '@planscope/plan';
import {
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_OUTPUT_BATCHES,
  METRIC_OUTPUT_BYTES,
  METRIC_OUTPUT_ROWS,
  METRIC_SPILL_FILE_COUNT,
  METRIC_SPILLED_BYTES,
  METRIC_SPILLED_ROWS,
  METRIC_UNLOGGED_SCANS,
} from '@planscope/semconv';
import { leastDirect, reportedSource } from '../metric-source.ts';
import { type CollectedOperatorMetrics, metricsOf } from '../operators/collect-operators.ts';
import { stageMetrics, summarizeStages } from './stage-summary.ts';
import {
  type MeasuredNumber,
  type SummaryNumber,
  sumOfAll,
  sumOfPresent,
  type TraceMetricsSummary,
  unavailable,
} from './trace-metrics-summary.ts';

/** Bytes that were read outside any operator; undefined if nothing was read there. */
export interface OutsideReads {
  /** Fetched from object stores. */
  readonly storeBytesRead?: number;
  /** Read by engines, as their logs show. */
  readonly engineBytesRead?: number;
}

/**
 * @param operators of the run, those of engine reports included
 * @param records from which the operators were collected
 * @param warnings of the run; without them their count is unavailable
 */
export function summarizeRun(
  operators: readonly CollectedOperatorMetrics[],
  records: readonly OperatorRecord[],
  warnings: readonly RunWarning[] | undefined,
  { storeBytesRead, engineBytesRead }: OutsideReads = {},
): TraceMetricsSummary {
  const reports = [...new Set(records.flatMap((record) => record.reports))];
  const nodes = operators.filter(({ origin }) => origin === 'node');
  const outputs = nodes.filter(({ parentId }) => parentId === undefined);
  const outputRows = sumOfAll(outputs.map(metric(METRIC_OUTPUT_ROWS)));
  const stages = records.flatMap(summarizeStages);
  const isPartial = reports.some(measuredEarly);
  const unlessPartial = (sum: () => SummaryNumber): SummaryNumber => (isPartial ? unavailable('incomplete') : sum());
  /** Own numbers of the nodes and of the operators behind them, which are not in one another. */
  const everywhere = (name: string): SummaryNumber =>
    unlessPartial(() =>
      sumOfPresent([...nodes.map(metric(name)), ...reports.map((report) => reportTotal(report, name))]),
    );
  return {
    outputRows,
    outputBatches: sumOfPresent(outputs.map(metric(METRIC_OUTPUT_BATCHES))),
    outputBytes: sumOfPresent(outputs.map(metric(METRIC_OUTPUT_BYTES))),
    elapsedComputeNanos: everywhere(METRIC_ELAPSED_COMPUTE),
    spillFileCount: everywhere(METRIC_SPILL_FILE_COUNT),
    spilledBytes: everywhere(METRIC_SPILLED_BYTES),
    spilledRows: everywhere(METRIC_SPILLED_ROWS),
    bytesRead: unlessPartial(() =>
      reports.some(hasUnloggedScans)
        ? unavailable('incomplete')
        : sumOfPresent([
            ...reports.map((report) => ioTotal(report, 'get', METRIC_BYTES_READ)),
            engineBytesRead === undefined ? undefined : { value: engineBytesRead, source: 'io_log' },
          ]),
    ),
    bytesWritten: unlessPartial(() =>
      sumOfPresent(reports.map((report) => ioTotal(report, 'put', METRIC_BYTES_WRITTEN))),
    ),
    storeBytesRead: sumOfPresent([
      ...nodes.map(metric(METRIC_BYTES_READ)),
      storeBytesRead === undefined ? undefined : { value: storeBytesRead, source: 'counted' },
    ]),
    storeBytesWritten: sumOfPresent(nodes.map(metric(METRIC_BYTES_WRITTEN))),
    selectivity: selectivity(
      outputRows,
      unlessPartial(() => scannedRows(operators, reports)),
    ),
    operatorCount: { value: operators.length, source: 'counted' },
    warningCount: warnings === undefined ? unavailable('not-reported') : { value: warnings.length, source: 'counted' },
    warningCountsByCode: countByCode(warnings ?? []),
    ...(stages.length === 0 ? {} : { stages }),
  };
}

function metric(name: string): (operator: CollectedOperatorMetrics) => MeasuredNumber | undefined {
  return ({ metrics }) => {
    const measured = metrics[name];
    return measured && { value: measured.value, source: measured.source };
  };
}

/** Whether an engine was asked before it finished. */
function measuredEarly({ partial = false, stages = [] }: EngineReport): boolean {
  return partial || stages.some((stage) => stage.partial === true);
}

/** What an engine reports for its whole execution, else the sum over its operators and stages. */
function reportTotal(report: EngineReport, name: string): MeasuredNumber | undefined {
  const named = (report.metrics ?? []).filter((entry) => entry.name === name);
  const entries = named.length > 0 ? named : partMetrics(report, name);
  const value = metricsOf(entries).get(name);
  const [entry] = entries;
  return value === undefined || entry === undefined
    ? undefined
    : { value: Number(value), source: reportedSource(entry) };
}

function partMetrics({ operators = [], stages = [] }: EngineReport, name: string): readonly MetricReport[] {
  const outside = [...operatorsBelow(operators)].flatMap(({ metrics }) =>
    metrics.filter((entry) => entry.name === name),
  );
  return [...outside, ...stages.flatMap((stage) => stageMetrics(stage, name))];
}

function hasUnloggedScans({ metrics = [] }: EngineReport): boolean {
  return metrics.some(({ name, value }) => name === METRIC_UNLOGGED_SCANS && Number(value) > 0);
}

/**
 * Bytes that the engine's profiler counted, which a list of reads or writes may hold only in part. Else those of the
 * single reads or writes that it lists: an empty list is 0, no list is unknown.
 */
function ioTotal(report: EngineReport, operation: 'get' | 'put', name: string): MeasuredNumber | undefined {
  const isCounted = report.metrics?.some((metric) => metric.name === name && metric.source === 'profile');
  if (report.io === undefined || isCounted) return reportTotal(report, name);
  const events: readonly IoReport[] = report.io.filter((event) => event.operation.startsWith(operation));
  return { value: Number(events.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n)), source: 'io_log' };
}

/**
 * Rows of the engines' scans and of the plan's own leaves below the outputs; unavailable if an engine did not say which
 * operators it ran. The leaves of an engine are not all scans: some read rows that others of the same query made.
 */
function scannedRows(operators: readonly CollectedOperatorMetrics[], reports: readonly EngineReport[]): SummaryNumber {
  if (reports.some((report) => !tellsOperators(report))) {
    return unavailable('incomplete');
  }
  const parents = new Set(operators.map(({ parentId }) => parentId));
  const scans = operators.filter(({ id, parentId, origin, scans }) =>
    origin === 'node' ? parentId !== undefined && !parents.has(id) : scans !== undefined,
  );
  return sumOfPresent(scans.map(metric(METRIC_OUTPUT_ROWS)));
}

function tellsOperators({ operators, stages }: EngineReport): boolean {
  return stages === undefined ? operators !== undefined : stages.every((stage) => stage.operators !== undefined);
}

function selectivity(output: SummaryNumber, scanned: SummaryNumber): SummaryNumber {
  if (output.value === null) return output;
  if (scanned.value === null) return scanned;
  if (scanned.value === 0) return unavailable('no-rows-scanned');
  return { value: output.value / scanned.value, source: leastDirect([output.source, scanned.source]) };
}

function countByCode(warnings: readonly RunWarning[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { code } of warnings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}
