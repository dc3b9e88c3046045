import { type Attributes, type Context, type Span, SpanKind } from '@opentelemetry/api';
import { packageTracer } from '@planscope/internal/package-tracer';
import { toHrTime } from '@planscope/plan/report';
import { redactSql, summarizeSql, truncateText } from '@planscope/redaction';
import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import type { TrinoSessionOptions } from '../client/client-options.ts';
import { trinoDialect } from '../dialect/trino-dialect.ts';
import { ENGINE_NAME } from '../semconv.ts';
import type { QueryTracing } from './query-tracing.ts';
import { serverAttributes } from './server-attributes.ts';
import type { TraceTrinoOptions } from './trace-options.ts';

/** Default limit for one text on a query span. */
export const DEFAULT_MAX_TEXT_BYTES = 16_384;

/** What the span of a query is made of. */
export interface QuerySpanStart {
  readonly sql: string;
  readonly session: TrinoSessionOptions;
  readonly parent: Context;
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  readonly server: URL;
}

/** Starts the span of a query, named and described by the database conventions. Samplers see all of it. */
export function startQuerySpan(
  { sql, session, parent, start, server }: QuerySpanStart,
  { options, provider }: Pick<QueryTracing, 'options' | 'provider'>,
): Span {
  const { operation, summary } = summarizeSql(sql, trinoDialect);
  const { catalog = options.catalog, schema = options.schema } = session;
  const { customFields = {} } = options;
  const names = Object.keys(customFields).sort();
  const attributes: Attributes = {
    ...customFields,
    ...(names.length === 0 ? {} : { [ATTR_TRACE_CUSTOM_FIELDS_JSON]: JSON.stringify(customFields, names) }),
    [ATTR_SPAN_KIND]: 'query',
    [ATTR_TIMING_BASIS]: 'measured',
    [ATTR_DB_SYSTEM_NAME]: ENGINE_NAME,
    [ATTR_DB_OPERATION_NAME]: operation,
    [ATTR_DB_QUERY_SUMMARY]: summary,
    [ATTR_DB_QUERY_TEXT]: shownSql(sql, options),
    // The conventions separate the parts of a namespace by a bar.
    ...(catalog === undefined ? {} : { [ATTR_DB_NAMESPACE]: schema === undefined ? catalog : `${catalog}|${schema}` }),
    ...serverAttributes(server),
  };
  const tracer = packageTracer(packageJson, provider());
  return tracer.startSpan(summary, { kind: SpanKind.CLIENT, attributes, startTime: toHrTime(start) }, parent);
}

function shownSql(sql: string, { operators = {} }: TraceTrinoOptions): string {
  const { maxTextBytes: maxBytes = DEFAULT_MAX_TEXT_BYTES, redaction } = operators;
  if (redaction?.sqlLiterals === 'keep') return truncateText(sql, maxBytes);
  return redactSql(sql.trimStart(), { dialect: trinoDialect, maxBytes }).trim();
}
