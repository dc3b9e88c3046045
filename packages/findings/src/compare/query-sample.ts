import { METRIC_LEAST_SPILLED_BYTES } from '@planscope/internal/checks/duckdb-keys';
import { queryFingerprint } from '@planscope/internal/query-fingerprint';
import type { Operator, Query, Run } from '@planscope/run-model';
import {
  ATTR_PLAN_EXECUTED_FINGERPRINT,
  ATTR_QUERY_FINGERPRINT,
  FIELD_FILES,
  FIELD_TABLE,
  METRIC_PEAK_TEMPORARY_STORAGE,
} from '@planscope/semconv';
import { lookedAt, metricOf, type QueryPlan, RunView } from '../run-view.ts';

/** The numbers of one execution that are compared, by name. Counted work is the same for each run of one plan. */
export interface SampleNumbers {
  /** Compute time of all operators in ns. */
  readonly compute?: number;
  /** Duration of the query in ns. */
  readonly duration?: number;
  /** Rows that operators passed on, and rows that scans of tables looked at. */
  readonly rows?: number;
  /** Rows that scans looked at or, of files, returned. */
  readonly scannedRows?: number;
  readonly outputRows?: number;
  readonly bytesRead?: number;
  readonly readRequests?: number;
  /** Bytes that the query spilled, at least. Absent if DuckDB 1.5 does not tell them apart from those of other queries. */
  readonly spilledBytes?: number;
}

/** The numbers of the operators of a query that do the same work. */
export interface SampleOperator {
  /** Name, and table or files of a scan; without data of the query otherwise. */
  readonly label: string;
  readonly rows: number;
  readonly compute: number;
}

/** One execution of a query, as comparisons need it: much smaller than its run. */
export interface QuerySample {
  /** Fingerprint of the SQL; of a run of a specification, the one of its plan and the query in it. */
  readonly query: string;
  readonly plan?: string;
  readonly summary: string;
  /** Tables that it read, to tell databases apart. */
  readonly tables: string;
  /** Start in ns since the Unix epoch. */
  readonly start?: bigint;
  readonly failed: boolean;
  readonly numbers: SampleNumbers;
  readonly operators: readonly SampleOperator[];
}

/** The samples of a run: one for each of its queries. */
export function samplesOf(run: Run): QuerySample[] {
  const view = new RunView(run);
  return run.queries.flatMap((query) => {
    const attributes = run.spans.find(({ id }) => id === query.spanId)?.attributes ?? {};
    const own = (key: string): string | undefined =>
      typeof attributes[key] === 'string' ? (attributes[key] as string) : undefined;
    const fingerprint =
      own(ATTR_QUERY_FINGERPRINT) ?? (query.text === undefined ? undefined : queryFingerprint(query.text));
    if (fingerprint === undefined) return [];
    const plan = view.plans.find((known) => known.query === query);
    const executed = own(ATTR_PLAN_EXECUTED_FINGERPRINT) ?? query.executedPlanFingerprint;
    const operators = run.operators.filter(({ queryId, origin }) => queryId === query.id && origin === 'engine');
    return [
      {
        query: fingerprint,
        ...(executed === undefined ? {} : { plan: executed }),
        summary: query.summary ?? query.operation ?? run.name,
        tables: tablesOf(view, operators),
        ...(run.start === undefined ? {} : { start: BigInt(run.start) + BigInt(Math.round(query.timing.start ?? 0)) }),
        failed: query.status === 'error' || query.error !== undefined,
        numbers: numbersOf(view, run, query, plan, operators),
        operators: byLabel(view, operators),
      },
    ];
  });
}

function numbersOf(
  view: RunView,
  run: Run,
  query: Query,
  plan: QueryPlan | undefined,
  operators: readonly Operator[],
): SampleNumbers {
  const reads = run.calls.filter(({ queryId, direction }) => queryId === query.id && direction === 'read');
  const sum = (values: readonly (number | undefined)[]): number =>
    values.reduce<number>((all, one) => all + (one ?? 0), 0);
  const scans = plan?.operators.filter(({ type, readsData }) => type === 'TABLE_SCAN' && readsData) ?? [];
  const looked = scans.map((scan) => lookedAt(view, scan) ?? scan.rows);
  const spilled = sum(operators.map(({ spilledBytes }) => spilledBytes));
  const noneOnDisk = metricOf(query, METRIC_PEAK_TEMPORARY_STORAGE)?.value === 0;
  const least = metricOf(query, METRIC_LEAST_SPILLED_BYTES)?.value ?? (noneOnDisk ? 0 : undefined);
  const known = reads.length > 0 && reads.every(({ bytes }) => bytes !== undefined);
  const all: Record<keyof SampleNumbers, number | undefined> = {
    compute: query.compute,
    duration: query.timing.duration,
    rows: operators.length === 0 ? undefined : sum(operators.map(({ rows }) => rows)) + sum(looked),
    scannedRows: scans.length === 0 ? undefined : sum(looked),
    outputRows: query.returnedRows,
    bytesRead: known ? sum(reads.map(({ bytes }) => bytes)) : undefined,
    readRequests: known ? sum(reads.map(({ requests }) => requests)) : undefined,
    spilledBytes: spilled > 0 ? spilled : least,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function tablesOf(view: RunView, operators: readonly Operator[]): string {
  const tables = operators.flatMap(({ id }) => view.field(id, FIELD_TABLE));
  return [...new Set(tables)].sort().join(' ');
}

function byLabel(view: RunView, operators: readonly Operator[]): SampleOperator[] {
  const found = new Map<string, SampleOperator>();
  for (const { id, name, rows = 0, compute = 0 } of operators) {
    const source = [FIELD_TABLE, FIELD_FILES].flatMap((key) => view.field(id, key)).join(' ');
    const label = source === '' ? name : `${name} of ${source}`;
    const known = found.get(label);
    found.set(label, { label, rows: rows + (known?.rows ?? 0), compute: compute + (known?.compute ?? 0) });
  }
  return [...found.values()];
}

/** The same for the samples of one query over the same tables. */
export function sampleKey({ query, tables }: QuerySample): string {
  return `${query} ${tables}`;
}

/** Samples of one query over the same tables, in the order of the first ones. */
export function groupSamples(samples: readonly QuerySample[]): Map<string, QuerySample[]> {
  const groups = new Map<string, QuerySample[]>();
  for (const sample of samples) {
    const key = sampleKey(sample);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return groups;
}
