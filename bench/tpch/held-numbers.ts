import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { RawOperator, TracedQuery } from './traced-query.ts';

/** How many numbers were held against DuckDB's, and those that differ. */
export interface HeldNumbers {
  compared: number;
  readonly differences: string[];
}

type Expected = (operator: RawOperator) => number | undefined;

const estimated: Expected = ({ extra_info }) => whole(extra_info['Estimated Cardinality']);
const nanoseconds = (seconds: number): number => Math.round(seconds * 1e9);

/** What each number on the span of an operator must be. */
const NUMBERS: Readonly<Record<string, Expected>> = {
  'datafusion.metrics.output_rows': ({ operator_cardinality }) => operator_cardinality,
  'datafusion.metrics.elapsed_compute': ({ operator_timing }) => nanoseconds(operator_timing),
  'planscope.metrics.cumulative_compute': ({ cpu_time }) => nanoseconds(cpu_time),
  'planscope.metrics.estimated_rows': estimated,
  'duckdb.result_set_size': ({ result_set_size }) => result_set_size,
  'duckdb.rows_scanned': ({ operator_rows_scanned }) => operator_rows_scanned || undefined,
  'duckdb.limit': ({ extra_info: { Top } }) => whole(Top),
  'duckdb.offset': ({ extra_info: { Offset } }) => whole(Offset),
  'datafusion.metrics.files_opened': ({ extra_info }) => whole(extra_info['Total Files Read']) || undefined,
  'datafusion.metrics.selectivity': (operator) => shareOfInput(operator, /^FILTER$/),
  'datafusion.metrics.reduction_factor': (operator) => shareOfInput(operator, /GROUP_BY$|AGGREGATE$/),
  'duckdb.estimate_factor': (operator) => {
    const expected = Math.max(estimated(operator) ?? 1, 1);
    const rows = Math.max(operator.operator_cardinality, 1);
    return estimated(operator) === undefined ? undefined : Math.max(expected, rows) / Math.min(expected, rows);
  },
};

/** Told by no profile: reads are held against the system's calls, warnings are judged by a reader. */
const FROM_ELSEWHERE = new Set([
  'planscope.metrics.bytes_read',
  'planscope.metrics.read_requests',
  'planscope.warnings.count',
]);

/** Operators that hand on rows past their counter: it says 0, and a span may say nothing. */
const MAY_LACK_ROWS = new Set(['datafusion.metrics.output_rows', 'duckdb.estimate_factor']);

/** A limit stops its scan, whose files DuckDB then counts as 0 or 1. Ratios need two counters that say the truth. */
const MAY_LACK = new Set([
  'datafusion.metrics.files_opened',
  'datafusion.metrics.selectivity',
  'datafusion.metrics.reduction_factor',
]);

function shareOfInput(operator: RawOperator, kinds: RegExp): number | undefined {
  const [input, ...more] = operator.children;
  if (!kinds.test(operator.operator_type) || input === undefined || more.length > 0) return undefined;
  return input.operator_cardinality === 0 ? undefined : operator.operator_cardinality / input.operator_cardinality;
}

/** Every number on the spans of one execution beside DuckDB's own. */
export function holdNumbers({ spans, raw, rows, analyzed }: TracedQuery): HeldNumbers {
  const held: HeldNumbers = { compared: 0, differences: [] };
  const compare = (what: string, said: unknown, truth: unknown): void => {
    held.compared += 1;
    if (said !== truth) held.differences.push(`${what}: ${String(said)} on the span, ${String(truth)} by DuckDB`);
  };
  const operators = new Map(numbered(raw.children));
  const drawn = new Map(
    spans.filter(isOperator).map((span) => [String(span.attributes['planscope.operator.id']), span]),
  );
  compare('operators', drawn.size, operators.size);
  for (const [id, operator] of operators) {
    const span = drawn.get(id);
    const where = `${operator.operator_name} ${id}`;
    if (span === undefined) continue;
    compare(`${where} name`, span.name, operator.operator_name);
    for (const [key, expected] of Object.entries(NUMBERS)) {
      const said = span.attributes[key];
      const truth = expected(operator);
      if (said === undefined && MAY_LACK.has(key)) continue;
      if (said === undefined && MAY_LACK_ROWS.has(key) && operator.operator_cardinality === 0) continue;
      if (said !== undefined || truth !== undefined) compare(`${where} ${key}`, said, truth);
    }
    for (const [key, value] of Object.entries(span.attributes)) {
      if (typeof value !== 'number' || key in NUMBERS || FROM_ELSEWHERE.has(key)) continue;
      held.differences.push(`${where} ${key}: ${value} on the span, and nothing to hold it against`);
    }
  }
  const [query] = spans.filter(({ parentSpanContext }) => parentSpanContext === undefined);
  // Absent if an earlier query of the connection had a larger one, which the profile repeats.
  const peak = (name: string): unknown => query?.attributes[`planscope.metrics.${name}`];
  for (const [name, truth] of [
    ['peak_memory', raw.system_peak_buffer_memory],
    ['peak_temporary_storage', raw.system_peak_temp_dir_size],
  ] as const) {
    if (peak(name) !== undefined) compare(name, peak(name), truth);
  }
  compare('returned rows', query?.attributes['db.response.returned_rows'], rows);
  // Above a common table expression DuckDB counts none, and then nothing is taken from there.
  if (raw.rows_returned !== 0) compare('rows of the profile', raw.rows_returned, rows);
  for (const span of spans.filter(({ attributes }) => attributes['planscope.timing.basis'] === 'engine_duration')) {
    const keys = [PHASES[span.name] ?? span.name, `optimizer_${span.name}`, `physical_planner_${span.name}`];
    const seconds = keys.map((key) => raw[key]).find((value) => value !== undefined);
    const truth = typeof seconds === 'number' ? nanoseconds(seconds) : undefined;
    compare(`${span.name} duration`, span.attributes['planscope.timing.reported_duration'] ?? duration(span), truth);
  }
  compareRows(compare, raw.children, analyzed);
  return held;
}

const PHASES: Readonly<Record<string, string>> = {
  analyze_logical_plan: 'planner',
  optimize_logical_plan: 'all_optimizers',
  create_physical_plan: 'physical_planner',
};

function compareRows(
  compare: (what: string, said: unknown, truth: unknown) => void,
  operators: readonly RawOperator[],
  analyzed: readonly RawOperator[],
): void {
  const others = new Map(numbered(analyzed));
  for (const [id, operator] of numbered(operators)) {
    if (hasDynamicFilter(operator)) continue;
    const { operator_name, operator_cardinality } = operator;
    const other = others.get(id);
    const truth = `${other?.operator_name} ${other?.operator_cardinality}`;
    compare(`${operator_name} ${id} rows of EXPLAIN ANALYZE`, `${operator_name} ${operator_cardinality}`, truth);
  }
}

/** What a filter takes away that a join above has made meanwhile depends on how far each thread is. */
function hasDynamicFilter({ extra_info, children }: RawOperator): boolean {
  return 'Dynamic Filters' in extra_info || children.some(hasDynamicFilter);
}

/** Operators by the id that Planscope gives them. */
function* numbered(operators: readonly RawOperator[], parent = ''): Generator<[string, RawOperator]> {
  for (const [index, operator] of operators.entries()) {
    yield [`${parent}${index}`, operator];
    yield* numbered(operator.children, `${parent}${index}.`);
  }
}

function isOperator({ attributes }: ReadableSpan): boolean {
  return attributes['planscope.span.kind'] === 'operator';
}

function duration({ startTime, endTime }: ReadableSpan): number {
  return (endTime[0] - startTime[0]) * 1e9 + endTime[1] - startTime[1];
}

function whole(value: string | readonly string[] | undefined): number | undefined {
  return /^\d+$/.test(String(value)) ? Number(value) : undefined;
}
