import { context, INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api';
import {
  type Batch,
  createTaskContext,
  type ExecutionStatus,
  type RunWarning,
  SpanBudget,
  type TaskContext,
  type TaskContextOptions,
} from '@planscope/plan';
import {
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_RETURNED_ROWS,
  ATTR_DB_SYSTEM_NAME,
  ATTR_RUN_STATUS,
  ATTR_SPAN_KIND,
  ATTR_SPANS_DROPPED,
  ATTR_TIMING_BASIS,
} from '@planscope/semconv';
import { ExecutionOptionsError, type OperatorSpanOptions } from './instrumentation-options.ts';
import { type OperatorSpanSettings, operatorSpanSettings } from './operator-span-settings.ts';
import { recordError, warningAttributes } from './recorder/operator-recorders.ts';
import { tryRecording } from './try-recording.ts';

/** A query and the options of its span, in addition to the options of a task context. */
export interface QuerySpanOptions
  extends Omit<TaskContextOptions, 'budget'>,
    Pick<OperatorSpanOptions, 'tracerProvider' | 'maxTextBytes' | 'redaction' | 'dialect'> {
  /** Name of the engine in lower case, as in `db.system.name`. */
  readonly system: string;
  /** The query in the language of the engine; its literals are redacted. */
  readonly text?: string;
  /** Operation and relations without data, for example `SELECT flights airports`. It is also the name of the span. */
  readonly summary?: string;
  /** Maximum number of spans below the root, which counts the dropped ones; 0 means no limit. Default: 1000. */
  readonly maxSpans?: number;
}

const DEFAULT_MAX_SPANS = 1000;

/**
 * Runs one query of an engine under a root span, which starts at the first pull. At the end of the query, the span
 * records its status, the number of rows, the warnings and the number of dropped spans. Errors pass through unaltered.
 *
 * @param options the parent is `otelContext`, by default the active context
 * @param query gets the task context for planning and for each `execute`
 * @throws ExecutionOptionsError
 */
export function traceQuery<Rows extends Batch>(
  options: QuerySpanOptions,
  query: (task: TaskContext) => AsyncIterable<Rows>,
): AsyncGenerator<Rows, void, undefined> {
  const { maxSpans = DEFAULT_MAX_SPANS } = options;
  if (!Number.isSafeInteger(maxSpans) || maxSpans < 0) {
    throw new ExecutionOptionsError('maxSpans', maxSpans, 'a whole number of spans from 0 up');
  }
  return tracedRows(options, query, operatorSpanSettings(options), maxSpans);
}

async function* tracedRows<Rows extends Batch>(
  options: QuerySpanOptions,
  query: (task: TaskContext) => AsyncIterable<Rows>,
  settings: OperatorSpanSettings,
  limit: number,
): AsyncGenerator<Rows, void, undefined> {
  const { system, text, summary, maxSpans, tracerProvider, maxTextBytes, redaction, dialect, ...given } = options;
  const base = createTaskContext({ otelContext: context.active(), ...given });
  const warnings: RunWarning[] = [];
  const warn = (warning: RunWarning): void => {
    warnings.push(warning);
    base.warn(warning);
  };
  const record = (action: () => void): void => tryRecording('query', system, { run: base.run, warn }, action);
  let span: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  record(() => {
    const attributes = {
      [ATTR_SPAN_KIND]: 'query',
      [ATTR_TIMING_BASIS]: 'measured',
      [ATTR_DB_SYSTEM_NAME]: system,
      ...(summary === undefined ? {} : { [ATTR_DB_QUERY_SUMMARY]: summary }),
    };
    span = settings.tracer.startSpan(summary ?? system, { attributes }, base.otelContext);
    if (text === undefined || !span.isRecording()) return;
    span.setAttribute(ATTR_DB_QUERY_TEXT, settings.texts.text(ATTR_DB_QUERY_TEXT, text));
  });
  const budget = new SpanBudget(limit === 0 ? undefined : limit);
  const task = { ...base, otelContext: trace.setSpan(base.otelContext, span), budget, warn };
  let rows = 0;
  // This remains the status when the consumer stops early.
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
      record(() => recordError(span, error, settings));
    }
    throw error;
  } finally {
    record(() => {
      span.setAttributes({
        [ATTR_RUN_STATUS]: status,
        ...(status === 'ok' ? { [ATTR_DB_RESPONSE_RETURNED_ROWS]: rows } : {}),
        ...(budget.dropped === 0 ? {} : { [ATTR_SPANS_DROPPED]: budget.dropped }),
        ...warningAttributes(warnings),
      });
      span.end();
    });
  }
}
