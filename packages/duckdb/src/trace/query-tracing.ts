import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Span,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { reportRecorders } from '@planscope/exec-instrumentation/report';
import { packageTracer } from '@planscope/internal/package-tracer';
import { drawBeforeFlush } from '@planscope/internal/tracer-provider';
import { type ReportRecorder, toHrTime } from '@planscope/plan';
import type { SqlSummary } from '@planscope/redaction';
import { planningReportRecorder } from '@planscope/rule-instrumentation';
import {
  ATTR_DB_OPERATION_BATCH_SIZE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import { ENGINE_NAME } from '../report/create-report.ts';
import type { QueryOrigin } from '../report/plan-history.ts';
import { queryNumbersRecorder } from '../report/query-recorder.ts';
import { duckdbSchema } from '../semconv.ts';
import { type QueryText, QueryTexts } from './query-text.ts';
import type { TraceConnectionOptions } from './trace-options.ts';

/** The state that queries with the same options share. */
export class QueryTracing {
  readonly options: TraceConnectionOptions;
  readonly recorders: readonly ReportRecorder[];
  /** Version of DuckDB. */
  readonly version: string;
  /** Whether individual optimizers have spans. */
  readonly drawsRules: boolean;
  readonly #texts: QueryTexts;

  /**
   * @param version of DuckDB
   * @param ran where the queries run; undefined if it is unknown
   * @throws the error of a recorder for invalid options
   */
  constructor(options: TraceConnectionOptions, version: string, ran?: QueryOrigin) {
    this.version = version;
    const { tracerProvider, planning, operators = {}, events } = options;
    const provided = tracerProvider === undefined ? {} : { tracerProvider };
    this.options = options;
    const { mode = 'full', analyzer = mode, optimizer = mode, physical = mode } = planning ?? {};
    this.drawsRules = [analyzer, optimizer, physical].includes('full');
    this.recorders = reportRecorders({
      ...provided,
      query: queryNumbersRecorder({ ...operators, ran }),
      planning: planningReportRecorder({ ...provided, dialect: duckdbDialect, ...planning }),
      operators: { schemas: [duckdbSchema], dialect: duckdbDialect, ...operators },
      io: events === undefined ? false : { ...events.spans },
    });
    const { maxTextBytes, redaction } = operators;
    this.#texts = new QueryTexts({ maxTextBytes, keepLiterals: redaction?.sqlLiterals === 'keep' });
  }

  get provider(): TracerProvider {
    return this.options.tracerProvider ?? trace.getTracerProvider();
  }

  operationOf(sql: string): SqlSummary {
    return this.#texts.operationOf(sql);
  }

  /**
   * Starts the span of a query.
   *
   * @param start nanoseconds since the Unix epoch
   * @returns undefined if the sampler drops it
   */
  startSpan(
    sql: string,
    { parent, customFields, parameters }: Omit<QueryPlace, 'connection'>,
    start: bigint,
  ): QuerySpan | undefined {
    const { provider } = this;
    drawBeforeFlush(provider);
    const text = this.#texts.of(sql);
    const attributes = { ...queryAttributes(text, customFields), ...parameters };
    const tracer = packageTracer(packageJson, provider);
    const span = tracer.startSpan(text.summary, { attributes, startTime: toHrTime(start) }, parent);
    if (span.isRecording()) return { span, text };
    span.end();
    return undefined;
  }
}

/** The span of a query, and its text. */
export interface QuerySpan {
  readonly span: Span;
  readonly text: QueryText;
}

/** The attributes of a query span at its start, which samplers can see. */
function queryAttributes(
  { operation, summary, shown, statements }: QueryText,
  customFields: Readonly<Record<string, AttributeValue>>,
): Attributes {
  const names = Object.keys(customFields).sort();
  return {
    ...customFields,
    ...(names.length === 0 ? {} : { [ATTR_TRACE_CUSTOM_FIELDS_JSON]: JSON.stringify(customFields, names) }),
    [ATTR_SPAN_KIND]: 'query',
    [ATTR_TIMING_BASIS]: 'measured',
    [ATTR_DB_SYSTEM_NAME]: ENGINE_NAME,
    [ATTR_DB_OPERATION_NAME]: operation,
    [ATTR_DB_QUERY_SUMMARY]: summary,
    [ATTR_DB_QUERY_TEXT]: shown,
    ...(statements !== undefined && statements > 1 ? { [ATTR_DB_OPERATION_BATCH_SIZE]: statements } : {}),
  };
}

/** The parent of a query span and its attributes besides those of the text. */
export interface QueryPlace {
  readonly parent: Context;
  readonly customFields: Readonly<Record<string, AttributeValue>>;
  /** The values bound to its parameters so far. */
  readonly parameters: Attributes;
  readonly connection: DuckDBConnection;
}
