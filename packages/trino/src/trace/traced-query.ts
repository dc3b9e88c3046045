import type { Span } from '@opentelemetry/api';
import { present } from '@planscope/internal/present';
import { recordFailure } from '@planscope/internal/record-failure';
import { finish, finishInSlices, type Steps } from '@planscope/internal/steps';
import { createUnixClock, type EngineReport, type RunWarning, toHrTime, type UnixClock } from '@planscope/plan/report';
import { describeError, sqlIdentifiers } from '@planscope/redaction';
import {
  ATTR_DB_RESPONSE_RETURNED_ROWS,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_PARTIAL,
  ATTR_RUN_STATUS,
  EVENT_DB_CLIENT_OPERATION_EXCEPTION,
} from '@planscope/semconv';
import type { PageStats, QueryEnd, QueryObserver } from '../client/running-query.ts';
import { TrinoQueryError } from '../client/trino-query-error.ts';
import { trinoDialect } from '../dialect/trino-dialect.ts';
import { readReport } from '../report/read-report.ts';
import { queryMetrics } from '../report/report-metrics.ts';
import type { TrinoOutcome } from '../report/to-engine-report.ts';
import { ATTR_TRINO_QUERY_ID } from '../semconv.ts';
import { drawingReport, metricAttributes, warningAttributes } from './draw-report.ts';
import { DEFAULT_MAX_TEXT_BYTES, type QuerySpanStart, startQuerySpan } from './query-span.ts';
import type { QueryTracing } from './query-tracing.ts';
import type { ReportTask } from './report-queue.ts';
import { recordingFailed, reportMissing, reportNotAwaited, reportNotFinal, reportsOverdue } from './trace-warnings.ts';

/** One query of a program, from its statement to the end of its span, which waits for the report. */
export class TracedQuery implements QueryObserver, ReportTask {
  readonly span: Span;
  readonly #tracing: QueryTracing;
  readonly #clock: UnixClock;
  readonly #start: QuerySpanStart;
  readonly #warnings: RunWarning[] = [];
  #queryId: string | undefined;
  #stats: PageStats | undefined;
  #rows = 0;
  #returnsRows = false;
  #end: (QueryEnd & { readonly at: bigint }) | undefined;
  /** The drawing, once it has begun. */
  #steps: Steps<void> | undefined;

  constructor(tracing: QueryTracing, start: Omit<QuerySpanStart, 'start'>) {
    this.#tracing = tracing;
    this.#clock = createUnixClock();
    this.#start = { ...start, start: this.#clock() };
    this.span = startQuerySpan(this.#start, tracing);
  }

  accepted(queryId: string): void {
    this.#queryId = queryId;
    this.span.setAttribute(ATTR_TRINO_QUERY_ID, queryId);
  }

  seen(stats: PageStats | undefined): void {
    this.#stats = stats ?? this.#stats;
  }

  received(rows: number): void {
    this.#rows += rows;
    this.#returnsRows = true;
  }

  ended(end: QueryEnd): void {
    if (this.#end !== undefined) return;
    this.#end = { ...end, at: this.#clock() };
    if (this.#queryId === undefined || this.#tracing.options.report === false) finish(this.#begin(undefined));
    else this.#tracing.later(this);
  }

  /** Fetches the report and draws it. Never rejects. */
  async run(): Promise<void> {
    const queryId = this.#queryId ?? '';
    try {
      const isGone = this.#end?.isGone === true;
      const { json, isFinal } = await this.#tracing.fetchReport(queryId, isGone);
      if (this.#steps !== undefined) return;
      const { report } = await readReport(json, this.#outcome(), (warning) => this.#warnings.push(warning));
      if (!isFinal) this.#warnings.push(reportNotFinal(queryId, this.#tracing.reportTimeout));
      await finishInSlices(this.#begin(report));
    } catch (error) {
      this.#warnings.push(reportMissing(queryId, error));
      finish(this.#begin(undefined));
    }
  }

  /**
   * Ends the span without a report, since there are too many queries, or the process ends. A drawing that has begun is
   * finished instead.
   */
  giveUp(reason: 'overdue' | 'shutdown'): void {
    if (this.#steps === undefined) this.#warnings.push(reason === 'overdue' ? reportsOverdue : reportNotAwaited);
    try {
      finish(this.#begin(undefined));
    } catch {
      // The process ends within a step of the drawing, for example in the program's sink of warnings.
    }
  }

  /** Begins the drawing; returns the one that has begun if there is one. */
  #begin(report: EngineReport | undefined): Steps<void> {
    this.#steps ??= this.#drawing(report);
    return this.#steps;
  }

  #outcome(): TrinoOutcome {
    const { status = 'ok', error } = this.#end ?? {};
    return TrinoQueryError.isInstance(error)
      ? { status, error: { code: error.errorName, type: error.errorType } }
      : { status };
  }

  *#drawing(report: EngineReport | undefined): Steps<void> {
    const end = this.#end;
    if (end === undefined) return;
    const { span } = this;
    const told: RunWarning[] = [];
    const warn = (warning: RunWarning): void => {
      told.push(warning);
      this.#tracing.warn(warning);
    };
    try {
      for (const warning of this.#warnings) warn(warning);
      span.setAttribute(ATTR_RUN_STATUS, end.status);
      if (end.status === 'error') this.#recordFailure(end);
      if (this.#returnsRows) span.setAttribute(ATTR_DB_RESPONSE_RETURNED_ROWS, this.#rows);
      if (report === undefined) this.#recordSeen();
      else
        yield* drawingReport(withoutText(report), this.#tracing, {
          span,
          parent: this.#start.parent,
          start: this.#start.start,
          end: end.at,
          warn,
        });
      span.setAttributes(warningAttributes(told));
    } catch (error) {
      this.#tracing.warn(recordingFailed(error));
    } finally {
      span.end(toHrTime(end.at));
    }
  }

  /** Without a report, the numbers are those of the last page. */
  #recordSeen(): void {
    const { span } = this;
    const stats = this.#stats;
    if (stats === undefined) return;
    const totals = present({
      cpu: nanoseconds(stats.cpuTimeMillis),
      scheduled: nanoseconds(stats.wallTimeMillis),
      physicalInputBytes: stats.physicalInputBytes,
      writtenBytes: stats.physicalWrittenBytes,
      networkInputBytes: stats.internalNetworkInputBytes,
      peakMemoryBytes: stats.peakMemoryBytes,
      spilledBytes: stats.spilledBytes,
    });
    span.setAttributes(metricAttributes(queryMetrics(totals), this.#tracing.options));
    span.setAttribute(ATTR_PARTIAL, true);
  }

  #recordFailure({ error, at }: QueryEnd & { readonly at: bigint }): void {
    const { redaction, maxTextBytes: maxBytes = DEFAULT_MAX_TEXT_BYTES } = this.#tracing.options.operators ?? {};
    const identifiers = sqlIdentifiers(this.#start.sql, { dialect: trinoDialect, maxBytes: DEFAULT_MAX_TEXT_BYTES });
    const described = describeError(error, {
      dialect: trinoDialect,
      messages: redaction?.errorMessages,
      maxBytes,
      identifiers,
    });
    const code = TrinoQueryError.isInstance(error) ? error.errorName : undefined;
    if (code !== undefined) this.span.setAttribute(ATTR_DB_RESPONSE_STATUS_CODE, code);
    recordFailure(this.span, described, {
      time: toHrTime(at),
      eventName: EVENT_DB_CLIENT_OPERATION_EXCEPTION,
      ...(code === undefined ? {} : { errorType: code }),
    });
  }
}

function nanoseconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds * 1_000_000;
}

/** The span has the text of the program already; Trino's has parameters in it. */
function withoutText({ query: _, ...report }: EngineReport): EngineReport {
  return report;
}
