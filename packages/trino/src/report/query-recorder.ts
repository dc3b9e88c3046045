import { type Attributes, trace } from '@opentelemetry/api';
import type { OperatorReportOptions } from '@planscope/exec-instrumentation/report';
import type { EngineReport, ReportRecorder, TimeWindow } from '@planscope/plan/report';
import { redactSql, truncateText } from '@planscope/redaction';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_RETURNED_ROWS,
  ATTR_DB_SYSTEM_NAME,
  METRIC_OUTPUT_ROWS,
  operatorMetricKey,
} from '@planscope/semconv';
import { trinoDialect } from '../dialect/trino-dialect.ts';
import {
  ATTR_TRINO_CLOCK_OFFSET,
  ATTR_TRINO_CLOCK_UNCERTAINTY,
  ATTR_TRINO_QUERY_ID,
  ATTR_TRINO_VERSION,
} from '../semconv.ts';
import { clockOffset } from './clock-offset.ts';

const DEFAULT_MAX_TEXT_BYTES = 16_384;

/** The options of operator spans that also apply to the span of the query. */
export type QueryRecorderOptions = Pick<OperatorReportOptions, 'maxTextBytes' | 'recordMetrics' | 'redaction'>;

/**
 * Records a query on its span: the attributes of the database conventions, Trino's id of the query, and the numbers of the
 * whole query.
 */
export function queryRecorder(options: QueryRecorderOptions = {}): ReportRecorder {
  const { maxTextBytes = DEFAULT_MAX_TEXT_BYTES, recordMetrics = true, redaction = {} } = options;
  const shown = (text: string): string =>
    redaction.sqlLiterals === 'keep'
      ? truncateText(text, maxTextBytes)
      : redactSql(text.trimStart(), { dialect: trinoDialect, maxBytes: maxTextBytes }).trim();
  return function query(report, { place }) {
    const span = trace.getSpan(place.otelContext);
    if (place.hasOwnSpan === false || span?.isRecording() !== true) return;
    const { engine, queryId, query: { text, operation } = {} } = report;
    span.setAttributes({
      [ATTR_DB_SYSTEM_NAME]: engine.name,
      ...(engine.version === '' ? {} : { [ATTR_TRINO_VERSION]: engine.version }),
      ...(queryId === undefined ? {} : { [ATTR_TRINO_QUERY_ID]: queryId }),
      ...(text === undefined ? {} : { [ATTR_DB_QUERY_TEXT]: shown(text) }),
      ...(operation === undefined ? {} : { [ATTR_DB_OPERATION_NAME]: operation }),
      ...returnedRows(report),
      ...clockAttributes(report, place.window),
      ...(recordMetrics ? metricsOfQuery(report) : {}),
    });
  };
}

/** For other statements, only the client knows whether they return rows. */
function returnedRows({ query, status, partial, metrics = [] }: EngineReport): Attributes {
  const rows = metrics.find(({ name }) => name === METRIC_OUTPUT_ROWS)?.value;
  const isKnown = query?.operation === 'SELECT' && status === 'ok' && partial !== true && rows !== undefined;
  return isKnown ? { [ATTR_DB_RESPONSE_RETURNED_ROWS]: Number(rows) } : {};
}

function metricsOfQuery({ metrics = [] }: EngineReport): Attributes {
  return Object.fromEntries(metrics.map(({ name, value }) => [operatorMetricKey(name), Number(value)]));
}

function clockAttributes(report: EngineReport, seen: TimeWindow): Attributes {
  const clocks = clockOffset(report, seen);
  if (clocks === undefined) return {};
  return { [ATTR_TRINO_CLOCK_OFFSET]: clocks.offset, [ATTR_TRINO_CLOCK_UNCERTAINTY]: clocks.uncertainty };
}
