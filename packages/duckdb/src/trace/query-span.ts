import { type Attributes, type Context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  createUnixClock,
  type ExecutionStatus,
  type RunWarning,
  SpanBudget,
  toHrTime,
  type WarningSink,
} from '@planscope/plan';
import { describeError } from '@planscope/preview/text';
import {
  ATTR_ERROR_TYPE,
  ATTR_RUN_STATUS,
  ATTR_SPANS_DROPPED,
  ATTR_WARNING_CODES,
  ATTR_WARNING_COUNT,
} from '@planscope/semconv';
import type { QueryProfile } from '../profile/query-profile.ts';
import { createReport, type QuerySource } from '../report/create-report.ts';
import { DEFAULT_THRESHOLDS } from '../warnings/warning-thresholds.ts';
import type { FoundActivity } from './query-activity.ts';
import type { QueryTracing } from './query-tracing.ts';
import { recordingFailed, warnOf } from './trace-warnings.ts';

/** The end of a query, as far as it is known. */
export interface QueryEnd {
  readonly status: ExecutionStatus;
  readonly error?: unknown;
  /** Rows that reached the program. */
  readonly rows: number;
  readonly profile?: QueryProfile | undefined;
  readonly warnings?: readonly RunWarning[];
  /** What it read and wrote, where that is looked up. */
  readonly activity?: Promise<FoundActivity> | undefined;
}

/** The end with what was looked up. */
type RecordedEnd = Omit<QueryEnd, 'activity'> & { readonly activity: FoundActivity['activity'] };

const DEFAULT_MAX_SPANS = 1000;

/** The span of one query of a program, ended once. */
export class QuerySpan {
  readonly #tracing: QueryTracing;
  readonly #source: QuerySource;
  readonly #context: Context;
  readonly #span: Span;
  readonly #clock = createUnixClock();
  readonly #start = this.#clock();
  #hasEnded = false;

  /**
   * @param parent the caller's context
   * @param attributes known from the start, for a sampler to see
   */
  constructor(tracing: QueryTracing, source: QuerySource, parent: Context, attributes: Attributes) {
    this.#tracing = tracing;
    this.#source = source;
    const name = source.summary;
    this.#span = tracing.tracer.startSpan(name, { attributes, startTime: toHrTime(this.#start) }, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  get isRecorded(): boolean {
    return this.#span.isRecording();
  }

  setParameter(key: string, text: string): void {
    this.#span.setAttribute(key, text);
  }

  /**
   * Records the end; what goes wrong in that is a warning.
   *
   * @returns undefined when nothing has to be waited for
   */
  end(end: QueryEnd): Promise<void> | undefined {
    if (this.#hasEnded) return undefined;
    this.#hasEnded = true;
    const endedAt = this.#clock();
    if (end.activity === undefined) return this.#end(end, endedAt);
    return end.activity.then((found) => this.#end(end, endedAt, found));
  }

  #end(end: QueryEnd, endedAt: bigint, found: FoundActivity = { warnings: [] }): undefined {
    const warnings: RunWarning[] = [];
    const warn = (warning: RunWarning): void => {
      warnings.push(warning);
      warnOf(this.#tracing.options)(warning);
    };
    try {
      for (const warning of [...(end.warnings ?? []), ...found.warnings]) warn(warning);
      if (this.#span.isRecording()) this.#record({ ...end, activity: found.activity }, endedAt, warn);
      if (warnings.length > 0) this.#span.setAttributes(warningAttributes(warnings));
    } catch (error) {
      warnOf(this.#tracing.options)(recordingFailed(error));
    } finally {
      this.#span.end(toHrTime(endedAt));
    }
  }

  #record({ status, error, rows, profile, activity }: RecordedEnd, endedAt: bigint, warn: WarningSink): void {
    this.#span.setAttribute(ATTR_RUN_STATUS, status);
    if (status === 'error') this.#recordFailure(error);
    const { recorders, version, options } = this.#tracing;
    const window = { start: this.#start.toString(), end: endedAt.toString() };
    const thresholds = options.warnings === false ? undefined : { ...DEFAULT_THRESHOLDS, ...options.warnings };
    const { report, warnings } = createReport({
      version,
      query: this.#source,
      status,
      window,
      rows,
      profile,
      activity,
      plans: undefined,
      thresholds,
    });
    warnings.forEach(warn);
    const budget = new SpanBudget(options.maxSpans ?? DEFAULT_MAX_SPANS);
    const run = {
      runId: crypto.randomUUID(),
      ...(options.customFields === undefined ? {} : { customFields: options.customFields }),
    };
    const scope = { place: { otelContext: this.#context, window }, operators: new Map(), run, budget, warn };
    for (const record of recorders) record(report, scope);
    if (budget.dropped > 0) this.#span.setAttribute(ATTR_SPANS_DROPPED, budget.dropped);
  }

  #recordFailure(error: unknown): void {
    const keep = this.#tracing.options.operators?.redaction?.errorMessages === 'keep';
    const { type, message, stacktrace } = describeError(error, { messages: keep ? 'raw' : 'known-templates' });
    this.#span.setAttribute(ATTR_ERROR_TYPE, type).setStatus({ code: SpanStatusCode.ERROR, message });
    this.#span.recordException({ name: type, message, ...(stacktrace === undefined ? {} : { stack: stacktrace }) });
  }
}

function warningAttributes(warnings: readonly RunWarning[]): Attributes {
  const codes = [...new Set(warnings.map(({ code }) => code))].sort();
  return { [ATTR_WARNING_COUNT]: warnings.length, [ATTR_WARNING_CODES]: codes };
}
