import { type Attributes, type Span, trace } from '@opentelemetry/api';
import {
  type IoReportOptions,
  type OperatorReportOptions,
  reportRecorders,
} from '@planscope/exec-instrumentation/report';
import { sourceAttributes } from '@planscope/internal/metric-source';
import type { EngineReport, ReportRecorder, ReportScope } from '@planscope/plan';
import { redactSql, truncateText } from '@planscope/redaction';
import { type PlanningTraceOptions, planningReportRecorder } from '@planscope/rule-instrumentation';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_RETURNED_ROWS,
  ATTR_DB_SYSTEM_NAME,
  ATTR_DETAIL,
  METRIC_HTTP_BYTES_RECEIVED,
  METRIC_HTTP_BYTES_SENT,
  METRIC_HTTP_FAILURES,
  METRIC_HTTP_REQUESTS,
  METRIC_HTTP_RETRIES,
  METRIC_OUTPUT_ROWS,
  METRIC_PEAK_MEMORY,
  METRIC_PEAK_TEMPORARY_STORAGE,
  METRIC_UNLOGGED_SCANS,
  operatorMetricKey,
} from '@planscope/semconv';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import {
  ATTR_DUCKDB_VERSION,
  duckdbSchema,
  METRIC_CATALOGUE_QUERIES,
  METRIC_CATALOGUE_TIME,
  METRIC_LEAST_SPILLED_BYTES,
  METRIC_QUERY_MEMORY_LIMIT,
  METRIC_QUERY_TEMPORARY_STORAGE_LIMIT,
} from '../semconv.ts';
import type { QueryOrigin } from './plan-history.ts';
import { recordPlan } from './record-plan.ts';

/** The options of operator spans that also apply to the span of the query. */
export type QueryRecorderOptions = Pick<OperatorReportOptions, 'maxTextBytes' | 'recordMetrics' | 'redaction'>;

/** What is known of a query as a whole, but of no single operator, or not all of it. */
const METRICS_OF_QUERIES = [
  METRIC_PEAK_MEMORY,
  METRIC_PEAK_TEMPORARY_STORAGE,
  METRIC_LEAST_SPILLED_BYTES,
  METRIC_UNLOGGED_SCANS,
  METRIC_HTTP_REQUESTS,
  METRIC_HTTP_RETRIES,
  METRIC_HTTP_FAILURES,
  METRIC_HTTP_BYTES_RECEIVED,
  METRIC_HTTP_BYTES_SENT,
  METRIC_CATALOGUE_QUERIES,
  METRIC_CATALOGUE_TIME,
  METRIC_QUERY_MEMORY_LIMIT,
  METRIC_QUERY_TEMPORARY_STORAGE_LIMIT,
];

const DEFAULT_MAX_TEXT_BYTES = 16_384;

/**
 * Records a query on its span: the attributes of the database conventions (system, operation, summary, text, rows) and
 * DuckDB's metrics of the whole query.
 */
export function queryRecorder(options: QueryRecorderOptions = {}): ReportRecorder {
  const { maxTextBytes = DEFAULT_MAX_TEXT_BYTES, redaction = {} } = options;
  const keep = redaction.sqlLiterals === 'keep';
  const recordNumbers = queryNumbersRecorder(options);
  return function query(report, scope) {
    const span = ownSpan(scope);
    if (span === undefined) return;
    span.setAttributes({
      [ATTR_DB_SYSTEM_NAME]: report.engine.name,
      ...textAttributes(report, (text) =>
        keep
          ? truncateText(text, maxTextBytes)
          : redactSql(text.trimStart(), { dialect: duckdbDialect, maxBytes: maxTextBytes }).trim(),
      ),
    });
    recordNumbers(report, scope);
  };
}

/** The options of {@link queryNumbersRecorder}. */
export interface QueryNumbersOptions extends QueryRecorderOptions {
  /** Where the queries run, so that plans are compared only with those of the same database. */
  readonly ran?: QueryOrigin | undefined;
}

/** Like {@link queryRecorder}, for a span that already has the operation, the summary and the text. */
export function queryNumbersRecorder({ recordMetrics = true, ran }: QueryNumbersOptions = {}): ReportRecorder {
  return function queryNumbers(report, scope) {
    const span = ownSpan(scope);
    if (span === undefined) return;
    recordPlan(span, report, ran);
    span.setAttributes({
      [ATTR_DUCKDB_VERSION]: report.engine.version,
      ...(report.detail === undefined ? {} : { [ATTR_DETAIL]: report.detail }),
      ...returnedRows(report),
      ...(recordMetrics ? metricsOfQuery(report) : {}),
    });
  };
}

function ownSpan({ place }: ReportScope): Span | undefined {
  const span = trace.getSpan(place.otelContext);
  return place.hasOwnSpan === false || span?.isRecording() !== true ? undefined : span;
}

function metricsOfQuery({ metrics = [] }: EngineReport): Attributes {
  // No operator has the bytes that a profile counts.
  const ofQuery = metrics.filter(({ name, source }) => source === 'profile' || METRICS_OF_QUERIES.includes(name));
  const values = ofQuery.map(({ name, value }) => [operatorMetricKey(name), Number(value)]);
  return { ...Object.fromEntries(values), ...sourceAttributes(ofQuery) };
}

function returnedRows({ query, metrics = [] }: EngineReport): Attributes {
  const rows = metrics.find(({ name }) => name === METRIC_OUTPUT_ROWS)?.value;
  // For other statements, only the caller knows whether they return rows.
  return query?.operation === 'SELECT' && rows !== undefined ? { [ATTR_DB_RESPONSE_RETURNED_ROWS]: Number(rows) } : {};
}

function textAttributes({ query }: EngineReport, recorded: (text: string) => string): Attributes {
  if (query === undefined) return {};
  const { text, operation, summary } = query;
  return {
    [ATTR_DB_QUERY_TEXT]: recorded(text),
    ...(operation === undefined ? {} : { [ATTR_DB_OPERATION_NAME]: operation }),
    ...(summary === undefined ? {} : { [ATTR_DB_QUERY_SUMMARY]: summary }),
  };
}

/** How reports of DuckDB are recorded. */
export interface DuckDBReportOptions {
  /** Planner, optimizers and plans. */
  readonly planning?: PlanningTraceOptions;
  /** Operators, and the text of the query. */
  readonly operators?: OperatorReportOptions;
  /** Reads and writes under their operators. Default: not recorded. */
  readonly io?: IoReportOptions;
}

/** The recorders for reports of DuckDB, in the order in which they must run. */
export function duckdbReportRecorders(options: DuckDBReportOptions = {}): ReportRecorder[] {
  const { planning, operators, io } = options;
  return reportRecorders({
    query: queryRecorder(operators),
    planning: planningReportRecorder({ dialect: duckdbDialect, ...planning }),
    operators: { schemas: [duckdbSchema], dialect: duckdbDialect, ...operators },
    io: io ?? false,
  });
}
