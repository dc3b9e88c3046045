import type { Context, MeterProvider } from '@opentelemetry/api';
import { duckdbDialect } from '@planscope/duckdb';
import { createRunHistory, type RunHistory, type RunMetrics, runMetrics } from '@planscope/metrics-collector';
import { describeError } from '@planscope/redaction';
import type { RunResult } from '../run/run-result.ts';
import type { OutputSpec } from '../spec/execution-spec.ts';

const SYSTEM = 'duckdb';

/** What the numbers of an ended run need beside its result. */
export interface EndedRun {
  readonly result: RunResult;
  /** As the database conventions name it, see `operationName`. */
  readonly operation: string;
  /** What was thrown, where the status is `error`. */
  readonly error: unknown;
  /** In milliseconds. */
  readonly duration: number;
  readonly spansDropped: number;
  /** With the root span, for exemplars. */
  readonly otelContext: Context;
}

export interface RunStatisticsOptions {
  readonly meterProvider?: MeterProvider | undefined;
  readonly maxRuns?: number | undefined;
}

/** The numbers of all runs of an engine: OpenTelemetry metrics, and the last runs in memory. */
export class RunStatistics {
  readonly history: RunHistory;
  readonly #metrics: RunMetrics;
  #hasFailed = false;

  /** @throws RangeError when `maxRuns` is no whole number from 1 up */
  constructor({ meterProvider, maxRuns }: RunStatisticsOptions) {
    this.history = createRunHistory(maxRuns === undefined ? {} : { maxRuns });
    this.#metrics = runMetrics(meterProvider);
  }

  /** Takes an ended run. Never throws: a meter that fails is reported once as a warning of the process. */
  record(run: EndedRun): void {
    this.#remember(run);
    try {
      this.#measure(run);
    } catch (error) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      const message = `[planscope/engine] a run could not be measured (${describeError(error).type}); its numbers are missing from the metrics`;
      process.emitWarning(message, { code: 'PLANSCOPE_METRICS' });
    }
  }

  #measure({ result, operation, error, duration, spansDropped, otelContext }: EndedRun): void {
    const { status, summary, warnings } = result;
    this.#metrics.record({
      system: SYSTEM,
      operation,
      status,
      ...(status === 'error' ? { errorType: describeError(error, { dialect: duckdbDialect }).type } : {}),
      duration,
      summary,
      warnings,
      spansDropped,
      otelContext,
    });
  }

  /** A run whose specification could not be read has nothing to be compared by. */
  #remember({ result, duration }: EndedRun): void {
    const { planFingerprint, specHash, status, completedAt, traceId, summary } = result;
    const fingerprint = planFingerprint ?? specHash;
    if (fingerprint === undefined) return;
    this.history.add({
      fingerprint,
      status,
      duration,
      endedAt: completedAt,
      ...(traceId === undefined ? {} : { traceId }),
      summary,
    });
  }
}

/**
 * What a run does in the words of the database conventions: `SELECT` hands rows back, `COPY` writes a file; with several
 * outputs `BATCH SELECT`, `BATCH COPY`, or `BATCH` for some of both. `UNKNOWN` where no output could be read.
 */
export function operationName(outputs: readonly Pick<OutputSpec, 'location'>[]): string {
  const kinds = [...new Set(outputs.map(({ location }) => (location === undefined ? 'SELECT' : 'COPY')))];
  const [kind] = kinds;
  if (kind === undefined) return 'UNKNOWN';
  if (kinds.length > 1) return 'BATCH';
  return outputs.length === 1 ? kind : `BATCH ${kind}`;
}
