import {
  FIELD_FILES,
  FIELD_FUNCTION,
  FIELD_TABLE,
  METRIC_BYTES_FROM_CACHE,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_CUMULATIVE_COMPUTE,
  METRIC_ELAPSED_COMPUTE,
  METRIC_HTTP_FAILURES,
  METRIC_HTTP_REQUESTS,
  METRIC_HTTP_RETRIES,
  METRIC_OUTPUT_BYTES,
  METRIC_OUTPUT_ROWS,
  METRIC_PEAK_MEMORY,
  METRIC_PEAK_TEMPORARY_STORAGE,
  METRIC_READ_REQUESTS,
  METRIC_SPILLED_BYTES,
  METRIC_UNLOGGED_SCANS,
  METRIC_WAIT_TIME,
  SPAN_DISPATCHING,
  SPAN_QUEUED,
  SPAN_WAITING,
} from '@planscope/semconv';
import { largestMetric, sumMetrics } from './metric-sources.ts';
import type { Metric, Operator, Phase, Run, StorageCall, Totals } from './run.ts';

type Measured = Pick<Run, 'kind' | 'operators' | 'queries' | 'phases' | 'calls' | 'partial'>;

const QUEUES: ReadonlySet<string> = new Set([SPAN_QUEUED, SPAN_WAITING, SPAN_DISPATCHING]);
const SOURCE_FIELDS: ReadonlySet<string> = new Set([FIELD_TABLE, FIELD_FILES, FIELD_FUNCTION]);

/** The numbers of a run as sums over its parts. */
export function totalsOf(run: Measured): Totals {
  const { operators, queries, phases, calls } = run;
  const nodes = operators.filter(({ origin }) => origin === 'node');
  const reported = operators.filter(({ origin }) => origin === 'engine');
  const hasUnlogged = queries.some(({ metrics }) => (metrics[METRIC_UNLOGGED_SCANS]?.value ?? 0) > 0);
  const program = calls.filter(({ origin }) => origin === 'program');
  const ofQueries = (name: string): (Metric | undefined)[] => queries.map(({ metrics }) => metrics[name]);
  const ofOperators = (name: string): Metric | undefined => sumMetrics(reported.map(({ metrics }) => metrics[name]));
  return withoutUndefined({
    outputRows: outputRows(run),
    outputBytes: outputBytes(run),
    scannedRows: sumMetrics(reported.filter(isSource).map(({ metrics }) => metrics[METRIC_OUTPUT_ROWS])),
    compute: compute(nodes, reported, run),
    planning: durations(phases.filter(({ name }) => !QUEUES.has(name))),
    waiting: sumMetrics([durations(phases.filter(({ name }) => QUEUES.has(name))), ...ofQueries(METRIC_WAIT_TIME)]),
    bytesRead: hasUnlogged ? undefined : engineBytes('read', METRIC_BYTES_READ, run),
    bytesWritten: engineBytes('write', METRIC_BYTES_WRITTEN, run),
    readRequests: sumMetrics(engineQueries(run, METRIC_READ_REQUESTS)) ?? ofOperators(METRIC_READ_REQUESTS),
    storeBytesRead: callBytes(program, 'read') ?? sumMetrics(nodes.map(({ metrics }) => metrics[METRIC_BYTES_READ])),
    storeBytesWritten:
      callBytes(program, 'write') ?? sumMetrics(nodes.map(({ metrics }) => metrics[METRIC_BYTES_WRITTEN])),
    bytesFromCache: sumMetrics(nodes.map(({ metrics }) => metrics[METRIC_BYTES_FROM_CACHE])),
    httpRequests: sumMetrics(ofQueries(METRIC_HTTP_REQUESTS)),
    httpRetries: sumMetrics(ofQueries(METRIC_HTTP_RETRIES)),
    httpFailures: sumMetrics(ofQueries(METRIC_HTTP_FAILURES)),
    peakMemory: largestMetric(ofQueries(METRIC_PEAK_MEMORY)),
    spilledBytes: ofOperators(METRIC_SPILLED_BYTES) ?? sumMetrics(ofQueries(METRIC_SPILLED_BYTES)),
    peakTemporaryStorage: largestMetric(ofQueries(METRIC_PEAK_TEMPORARY_STORAGE)),
  });
}

function withoutUndefined(totals: { readonly [Name in keyof Totals]: Totals[Name] | undefined }): Totals {
  return Object.fromEntries(Object.entries(totals).filter(([, metric]) => metric !== undefined));
}

function tops({ operators }: Measured): readonly Operator[] {
  return operators.filter(({ parentId }) => parentId === undefined);
}

/** Needs a count of every output. */
function outputRows(run: Measured): Metric | undefined {
  const [query] = run.queries;
  if (run.kind === 'query' && query !== undefined) {
    const { returnedRows, metrics } = query;
    const reported = metrics[METRIC_OUTPUT_ROWS];
    if (reported !== undefined || returnedRows === undefined) return reported;
    return { value: returnedRows, unit: '{row}', type: 'count', source: 'counted' };
  }
  const rows = tops(run).map(({ metrics }) => metrics[METRIC_OUTPUT_ROWS]);
  return rows.includes(undefined) ? undefined : sumMetrics(rows);
}

/** Of a distributed query only itself: its stages have a topmost operator each. */
function outputBytes(run: Measured): Metric | undefined {
  const reported = run.kind === 'query' ? run.queries[0]?.metrics[METRIC_OUTPUT_BYTES] : undefined;
  return reported ?? sumMetrics(tops(run).map(({ metrics }) => metrics[METRIC_OUTPUT_BYTES]));
}

/** Operators that read a table or files, and not rows of the query itself. */
function isSource({ kind, fields }: Operator): boolean {
  return kind === 'scan' && fields.some(({ key }) => SOURCE_FIELDS.has(key));
}

function compute(nodes: readonly Operator[], reported: readonly Operator[], { queries }: Measured): Metric | undefined {
  const ofOperator = ({ metrics }: Operator): Metric | undefined => metrics[METRIC_ELAPSED_COMPUTE];
  const withOperators = new Set(reported.map(({ queryId }) => queryId));
  return sumMetrics([
    ...[...nodes, ...reported].map(ofOperator),
    ...queries.filter(({ id }) => !withOperators.has(id)).map(({ metrics }) => metrics[METRIC_CUMULATIVE_COMPUTE]),
  ]);
}

function durations(phases: readonly Phase[]): Metric | undefined {
  return sumMetrics(
    phases.map(({ timing: { basis, duration, reportedDuration } }) => {
      const value = reportedDuration ?? (basis === 'execution_window' ? undefined : duration);
      if (value === undefined) return undefined;
      return { value, unit: 'ns', type: 'time', source: basis === 'measured' ? 'counted' : 'profile' };
    }),
  );
}

/** Metrics of the queries themselves; those of a node are its own. */
function engineQueries({ queries }: Measured, name: string): (Metric | undefined)[] {
  return queries.filter(({ operatorId }) => operatorId === undefined).map(({ metrics }) => metrics[name]);
}

/** What an engine reports for a query; else the numbers of its operators, and the calls of which no operator is known. */
function engineBytes(direction: 'read' | 'write', name: string, run: Measured): Metric | undefined {
  const ofQueries = sumMetrics(engineQueries(run, name));
  if (ofQueries !== undefined) return ofQueries;
  const counting = new Set<string>();
  const ofOperators = run.operators
    .filter(({ origin }) => origin === 'engine')
    .map(({ id, metrics }) => {
      if (metrics[name] !== undefined) counting.add(id);
      return metrics[name];
    });
  const others = run.calls.filter(({ origin, operatorId = '' }) => origin === 'engine' && !counting.has(operatorId));
  return sumMetrics([...ofOperators, callBytes(others, direction)]);
}

function callBytes(calls: readonly StorageCall[], wanted: 'read' | 'write'): Metric | undefined {
  return sumMetrics(
    calls.map(({ direction, bytes, origin }) => {
      if (direction !== wanted || bytes === undefined) return undefined;
      return { value: bytes, unit: 'By', type: 'count', source: origin === 'program' ? 'counted' : 'io_log' };
    }),
  );
}
