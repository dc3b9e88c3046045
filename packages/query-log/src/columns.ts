import { findings } from '@planscope/findings';
import type { AttributeValue, Query, Run } from '@planscope/run-model';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_RETURNED_ROWS,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ENVELOPE_HASH,
  ATTR_ERROR_TYPE,
  ATTR_PLAN_EXECUTED_FINGERPRINT,
  ATTR_QUERY_FINGERPRINT,
  ATTR_RUN_STATUS,
  ATTR_SPAN_KIND,
  ATTR_TENANT,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
  ATTR_TRACE_SPEC_HASH,
  ATTR_WARNING_CODES,
  EVENT_PLAN_CHANGED,
  METRIC_BYTES_FROM_CACHE,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_HTTP_FAILURES,
  METRIC_HTTP_REQUESTS,
  METRIC_HTTP_RETRIES,
  METRIC_PEAK_MEMORY,
  METRIC_PEAK_TEMPORARY_STORAGE,
  METRIC_READ_REQUESTS,
  METRIC_SPILLED_BYTES,
  METRIC_WAIT_TIME,
  operatorMetricKey,
  queryLabelKey,
} from '@planscope/semconv';
import { type Column, column, type LoggedRun, milliseconds, total } from './column.ts';
import { sourcesOf } from './sources.ts';

/** Most entries of a list in one row. */
const MAX_ENTRIES = 100;

/** The columns of the log, in order. A later version adds columns at the end, and none changes its meaning. */
export const columns: readonly Column[] = [
  column('started_at', 'TIMESTAMP', {
    meaning: 'Start of the query, in UTC.',
    value: ({ run }) => (run.start === undefined ? null : BigInt(run.start) / 1000n),
  }),
  column('duration_ms', 'DOUBLE', {
    unit: 'ms',
    meaning: 'From the call to the last row that the program read.',
    value: ({ run }) => milliseconds(run.duration),
  }),
  column('kind', 'VARCHAR', {
    attribute: ATTR_SPAN_KIND,
    meaning: '`query`: a query of a program; `run`: a run of a specification by the engine.',
    value: ({ run }) => run.kind,
  }),
  column('status', 'VARCHAR', {
    attribute: ATTR_RUN_STATUS,
    meaning: '`ok`, `error` or `cancelled`.',
    value: ({ run }) => run.status ?? null,
  }),
  column('error_type', 'VARCHAR', {
    attribute: ATTR_ERROR_TYPE,
    value: ({ run }) => run.error?.type ?? null,
  }),
  column('error_message', 'VARCHAR', {
    meaning: 'Message of the error, as far as the span has it.',
    value: ({ run }) => run.error?.message ?? null,
  }),
  column('summary', 'VARCHAR', {
    attribute: ATTR_DB_QUERY_SUMMARY,
    value: ({ run, query }) => query?.summary ?? run.name,
  }),
  column('operation', 'VARCHAR', {
    attribute: ATTR_DB_OPERATION_NAME,
    value: ({ query }) => query?.operation ?? null,
  }),
  column('query_text', 'VARCHAR', {
    attribute: ATTR_DB_QUERY_TEXT,
    meaning: 'The SQL as its span has it, by default with placeholders in place of literals.',
    value: ({ query }) => query?.text ?? null,
  }),
  column('query_fingerprint', 'VARCHAR', {
    attribute: ATTR_QUERY_FINGERPRINT,
    value: ({ run, query }) => textOf(spanOf(run, query)?.attributes[ATTR_QUERY_FINGERPRINT]),
  }),
  column('plan_fingerprint', 'VARCHAR', {
    attribute: ATTR_PLAN_EXECUTED_FINGERPRINT,
    value: ({ run, query }) =>
      textOf(spanOf(run, query)?.attributes[ATTR_PLAN_EXECUTED_FINGERPRINT]) ??
      run.identity.executedPlanFingerprint ??
      null,
  }),
  column('plan', 'VARCHAR', {
    meaning:
      'The operators, one a line, without numbers; only in the first row with its fingerprint in each file, or in each part of a database.',
    // The writer knows which row is the first.
    value: () => null,
  }),
  column('plan_changed', 'BOOLEAN', {
    meaning: `Whether the same SQL ran with another plan before in this process: the event \`${EVENT_PLAN_CHANGED}\`.`,
    value: ({ run }) => run.spans.some(({ events }) => events.some(({ name }) => name === EVENT_PLAN_CHANGED)),
  }),
  column('service', 'VARCHAR', {
    meaning: 'Name of the program, `service.name` of the resource.',
    value: ({ run }) => run.service ?? null,
  }),
  column('tenant', 'VARCHAR', { attribute: ATTR_TENANT, value: ({ run }) => run.tenant ?? null }),
  column('labels', 'MAP(VARCHAR, VARCHAR)', {
    attribute: queryLabelKey('*'),
    meaning: 'The labels that the program gave to the query, by name.',
    value: ({ run }) => new Map(Object.entries(run.labels ?? {})),
  }),
  column('fields', 'MAP(VARCHAR, VARCHAR)', {
    attribute: ATTR_TRACE_CUSTOM_FIELDS_JSON,
    meaning: "The program's own fields, by name.",
    value: ({ run }) => new Map(Object.entries(run.fields).map(([key, value]) => [key, shownValue(value)])),
  }),
  column('system', 'VARCHAR', { attribute: ATTR_DB_SYSTEM_NAME, value: ({ query }) => query?.system ?? null }),
  column('system_version', 'VARCHAR', {
    meaning: 'Version of the engine.',
    value: ({ query }) => query?.version ?? null,
  }),
  column('trace_id', 'VARCHAR', {
    meaning: 'Id of the trace, 32 hexadecimal digits.',
    value: ({ run }) => run.identity.traceId ?? null,
  }),
  column('span_id', 'VARCHAR', {
    meaning: 'Id of the span of the query or run, 16 hexadecimal digits; unique within the trace.',
    value: ({ run }) => run.identity.spanId ?? null,
  }),
  column('spec_hash', 'VARCHAR', {
    attribute: ATTR_TRACE_SPEC_HASH,
    value: ({ run }) => run.identity.specHash ?? null,
  }),
  column('envelope_hash', 'VARCHAR', {
    attribute: ATTR_ENVELOPE_HASH,
    value: ({ run }) => run.identity.envelopeHash ?? null,
  }),
  column('queries', 'BIGINT', {
    unit: '{query}',
    meaning: 'Queries that an engine executed: 1, or those of all outputs of a run. A run of several has no text.',
    value: ({ run }) => BigInt(run.queries.length),
  }),
  column('operators', 'BIGINT', {
    unit: '{operator}',
    meaning: 'Operators that were executed and have a span.',
    value: ({ run }) => BigInt(run.operators.length),
  }),
  total('rows_returned', 'outputRows', {
    attribute: ATTR_DB_RESPONSE_RETURNED_ROWS,
    meaning: 'Rows that the program got, or rows of the outputs of a run.',
  }),
  total('rows_scanned', 'scannedRows', { meaning: 'Rows that scans of tables and files passed on.' }),
  total('compute_ms', 'compute', {
    attribute: operatorMetricKey(METRIC_ELAPSED_COMPUTE),
    meaning: 'Compute time of all operators, summed over threads. It may exceed the duration.',
  }),
  total('planning_ms', 'planning', { meaning: 'Time that planners took.' }),
  total('waiting_ms', 'waiting', {
    attribute: operatorMetricKey(METRIC_WAIT_TIME),
    meaning: 'Time in which the query waited for anything but the work on it.',
  }),
  total('bytes_read', 'bytesRead', {
    attribute: operatorMetricKey(METRIC_BYTES_READ),
    meaning: 'Bytes that the engine read from files, as the sum of its reads.',
  }),
  total('bytes_written', 'bytesWritten', {
    attribute: operatorMetricKey(METRIC_BYTES_WRITTEN),
    meaning: 'Bytes that the engine wrote to files.',
  }),
  total('read_requests', 'readRequests', { attribute: operatorMetricKey(METRIC_READ_REQUESTS) }),
  total('store_bytes_read', 'storeBytesRead', {
    meaning: 'Bytes that the program itself fetched from object stores.',
  }),
  total('store_bytes_written', 'storeBytesWritten', {
    meaning: 'Bytes that the program itself wrote to object stores.',
  }),
  total('cache_bytes', 'bytesFromCache', { attribute: operatorMetricKey(METRIC_BYTES_FROM_CACHE) }),
  total('http_requests', 'httpRequests', { attribute: operatorMetricKey(METRIC_HTTP_REQUESTS) }),
  total('http_retries', 'httpRetries', { attribute: operatorMetricKey(METRIC_HTTP_RETRIES) }),
  total('http_failures', 'httpFailures', { attribute: operatorMetricKey(METRIC_HTTP_FAILURES) }),
  total('peak_memory_bytes', 'peakMemory', { attribute: operatorMetricKey(METRIC_PEAK_MEMORY) }),
  total('spilled_bytes', 'spilledBytes', { attribute: operatorMetricKey(METRIC_SPILLED_BYTES) }),
  total('peak_temporary_bytes', 'peakTemporaryStorage', {
    attribute: operatorMetricKey(METRIC_PEAK_TEMPORARY_STORAGE),
  }),
  column('sources', 'STRUCT("name" VARCHAR, "rows" BIGINT, bytes_read BIGINT, compute_ms DOUBLE)[]', {
    meaning: `The tables and sets of files that were scanned, with rows passed on, bytes read and compute time; at most ${MAX_ENTRIES}.`,
    value: ({ run }) =>
      sourcesOf(run)
        .slice(0, MAX_ENTRIES)
        .map(({ name, rows, bytesRead, compute }) => ({
          name,
          rows: rows ?? null,
          bytes_read: bytesRead ?? null,
          compute_ms: milliseconds(compute),
        })),
  }),
  column('files', 'STRUCT("location" VARCHAR, bytes_read BIGINT, bytes_written BIGINT, requests BIGINT)[]', {
    meaning: `The files and objects that were read or written, those with most bytes first; at most ${MAX_ENTRIES}.`,
    value: ({ run }) =>
      run.files.slice(0, MAX_ENTRIES).map(({ location, bytesRead, bytesWritten, requests }) => ({
        location,
        bytes_read: bytesRead,
        bytes_written: bytesWritten,
        requests,
      })),
  }),
  column('warnings', 'VARCHAR[]', {
    attribute: ATTR_WARNING_CODES,
    value: ({ run }) => [...new Set(run.warnings.map(({ code }) => code))].sort(),
  }),
  column(
    'findings',
    'STRUCT("rule" VARCHAR, severity VARCHAR, title VARCHAR, explanation VARCHAR, "share" DOUBLE, share_of VARCHAR)[]',
    {
      meaning:
        'What slowed the query down, by the [rules](findings-rules.md), the largest share first; empty if nothing was found.',
      value: ({ findings: found }) =>
        found.slice(0, MAX_ENTRIES).map(({ rule, severity, title, explanation, share, shareOf }) => ({
          rule,
          severity,
          title,
          explanation,
          share,
          share_of: shareOf,
        })),
    },
  ),
  column('partial', 'BOOLEAN', {
    meaning: 'Whether numbers or operators are missing, for the reasons in `gaps`.',
    value: ({ run }) => run.partial,
  }),
  column('gaps', 'VARCHAR[]', {
    meaning: 'Why it is partial, such as `summary-only` or `span-budget`.',
    value: ({ run }) => run.gaps.map(({ code }) => code),
  }),
];

/** A run as the columns read it. */
export function loggedRun(run: Run): LoggedRun {
  const [query, ...more] = run.queries;
  return { run, query: more.length === 0 ? query : undefined, findings: findings(run) };
}

function spanOf({ spans, identity }: Run, query: Query | undefined): Run['spans'][number] | undefined {
  const id = query?.spanId ?? identity.spanId;
  return spans.find((span) => span.id === id);
}

function textOf(value: AttributeValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function shownValue(value: AttributeValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
