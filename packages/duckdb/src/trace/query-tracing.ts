import { version } from '@duckdb/node-api';
import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { operatorReportRecorder } from '@planscope/exec-instrumentation';
import { ioReportRecorder } from '@planscope/object-store';
import type { ReportRecorder } from '@planscope/plan';
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
import { ENGINE_NAME } from '../report/create-report.ts';
import { queryNumbersRecorder } from '../report/query-recorder.ts';
import { packageTracer } from '../tracer.ts';
import { drawBeforeFlush } from './provider.ts';
import { type QueryText, QueryTexts } from './query-text.ts';
import type { TraceConnectionOptions } from './trace-options.ts';

/** What the queries share that are traced with the same options. */
export class QueryTracing {
  readonly options: TraceConnectionOptions;
  readonly recorders: readonly ReportRecorder[];
  /** Version of DuckDB. */
  readonly version: string = version();
  readonly #texts: QueryTexts;

  /** @throws what is wrong with the options */
  constructor(options: TraceConnectionOptions) {
    const { tracerProvider, planning, operators = {}, traceIo } = options;
    const provided = tracerProvider === undefined ? {} : { tracerProvider };
    this.options = options;
    // Planning first: what it draws comes before the operators.
    this.recorders = [
      queryNumbersRecorder(operators),
      planningReportRecorder({ ...provided, ...planning }),
      operatorReportRecorder({ ...provided, ...operators }),
      ...(traceIo === undefined ? [] : [ioReportRecorder({ ...provided, ...traceIo.spans })]),
    ];
    const { maxTextBytes, redaction } = operators;
    this.#texts = new QueryTexts({ maxTextBytes, keepLiterals: redaction?.sqlLiterals === 'keep' });
  }

  get provider(): TracerProvider {
    return this.options.tracerProvider ?? trace.getTracerProvider();
  }

  tracer(): Tracer {
    const { provider } = this;
    drawBeforeFlush(provider);
    return packageTracer(provider);
  }

  text(sql: string): QueryText {
    return this.#texts.of(sql);
  }
}

/** What a query span says from its start, for a sampler to see. */
export function queryAttributes(
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

/** Where a query belongs, and what is said of it beside its text. */
export interface QueryPlace {
  readonly parent: Context;
  readonly customFields: Readonly<Record<string, AttributeValue>>;
  /** The values bound to its parameters so far. */
  readonly parameters: Attributes;
}
