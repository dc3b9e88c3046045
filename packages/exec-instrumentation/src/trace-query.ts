import {
  type Attributes,
  context,
  INVALID_SPAN_CONTEXT,
  type Span,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import {
  type Batch,
  createTaskContext,
  type ExecutionStatus,
  type RunWarning,
  SpanBudget,
  type TaskContext,
  type TaskContextOptions,
} from '@planscope/plan';
import { createTextsByKind, describeError, type SqlDialect, standardSql } from '@planscope/redaction';
import {
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_RETURNED_ROWS,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_RUN_STATUS,
  ATTR_SPAN_KIND,
  ATTR_SPANS_DROPPED,
  ATTR_TIMING_BASIS,
  ATTR_WARNING_CODES,
  ATTR_WARNING_COUNT,
} from '@planscope/semconv';
import type { TextRedaction } from './instrumentation-options.ts';
import { packageTracer } from './tracer.ts';
import { tryRecording } from './try-recording.ts';

/** What is known of a query before it runs; the rest is what a task context takes. */
export interface QuerySpanOptions extends Omit<TaskContextOptions, 'budget'> {
  /** Name of the engine, lower case, as in `db.system.name`. */
  readonly system: string;
  /** The query in the language of the engine; its literals are taken out. */
  readonly text?: string;
  /** Operation and relations without any data, for example `SELECT flights airports`: then also the name of the span. */
  readonly summary?: string;
  /** Most spans below the root; default 1000, 0 sets no limit. What goes over it is counted on the root. */
  readonly maxSpans?: number;
  /** Default the global provider. */
  readonly tracerProvider?: TracerProvider;
  readonly redaction?: Pick<TextRedaction, 'sqlLiterals' | 'errorMessages'>;
  /** The words of the engine; default those of standard SQL, and then more is hidden. */
  readonly dialect?: SqlDialect;
}

const DEFAULT_MAX_SPANS = 1000;

/**
 * Runs one query of an engine under a root span of its own, which begins at the first pull. At the end it says how the
 * query ended, how many rows came of it, which warnings were raised and how many spans went over the limit. An error is
 * passed on unaltered.
 *
 * @param options the parent is `otelContext`, by default the active context
 * @param query gets the task context for planning and for each `execute`
 */
export async function* traceQuery<Rows extends Batch>(
  options: QuerySpanOptions,
  query: (task: TaskContext) => AsyncIterable<Rows>,
): AsyncGenerator<Rows, void, undefined> {
  const { system, text, summary, maxSpans = DEFAULT_MAX_SPANS, tracerProvider, ...rest } = options;
  const { redaction, dialect = standardSql, ...given } = rest;
  const parent = given.otelContext ?? context.active();
  const texts = createTextsByKind({ ...redaction, dialect });
  const attributes: Attributes = {
    [ATTR_SPAN_KIND]: 'query',
    [ATTR_TIMING_BASIS]: 'measured',
    [ATTR_DB_SYSTEM_NAME]: system,
    ...(text === undefined ? {} : { [ATTR_DB_QUERY_TEXT]: texts.text('sql', text) }),
    ...(summary === undefined ? {} : { [ATTR_DB_QUERY_SUMMARY]: summary }),
  };
  const codes: string[] = [];
  const warn = (warning: RunWarning): void => {
    codes.push(warning.code);
    given.warn?.(warning);
  };
  const { run = { runId: crypto.randomUUID() } } = given;
  const record = (action: () => void): void => tryRecording('query', system, { run, warn }, action);
  let span: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  record(() => {
    span = packageTracer(tracerProvider).startSpan(summary ?? system, { attributes }, parent);
  });
  const budget = new SpanBudget(maxSpans === 0 ? undefined : maxSpans);
  const task = createTaskContext({ ...given, run, otelContext: trace.setSpan(parent, span), warn, budget });
  let rows = 0;
  // Stays so when the consumer leaves early.
  let status: ExecutionStatus = 'cancelled';
  try {
    for await (const batch of query(task)) {
      rows += batch.numRows;
      yield batch;
    }
    status = 'ok';
  } catch (error) {
    if (!task.signal.aborted) {
      status = 'error';
      record(() => recordFailure(span, error, { dialect, errorMessages: redaction?.errorMessages }));
    }
    throw error;
  } finally {
    record(() => {
      span.setAttributes({
        [ATTR_RUN_STATUS]: status,
        ...(status === 'ok' ? { [ATTR_DB_RESPONSE_RETURNED_ROWS]: rows } : {}),
        ...(budget.dropped === 0 ? {} : { [ATTR_SPANS_DROPPED]: budget.dropped }),
        ...(codes.length === 0
          ? {}
          : { [ATTR_WARNING_COUNT]: codes.length, [ATTR_WARNING_CODES]: [...new Set(codes)].sort() }),
      });
      span.end();
    });
  }
}

function recordFailure(
  span: Span,
  error: unknown,
  { dialect, errorMessages }: { dialect: SqlDialect; errorMessages: TextRedaction['errorMessages'] | undefined },
): void {
  const { type, message, stacktrace } = describeError(error, {
    dialect,
    messages: errorMessages === 'keep' ? 'raw' : 'known-templates',
  });
  span.setAttribute(ATTR_ERROR_TYPE, type).setStatus({ code: SpanStatusCode.ERROR, message });
  span.recordException({ name: type, message, ...(stacktrace === undefined ? {} : { stack: stacktrace }) });
}
