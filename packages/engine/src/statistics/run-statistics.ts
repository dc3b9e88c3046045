import type { Context, MeterProvider } from '@opentelemetry/api';
import { createRunHistory, type RunHistory, type RunMetrics, runMetrics } from '@planscope/metrics-collector';
import { describeError } from '@planscope/redaction';
import type { EngineBackend } from '../backend/engine-backend.ts';
import type { RunResult } from '../run/run-result.ts';
import type { OutputSpec } from '../spec/execution-spec.ts';

/** An ended run, with what its metrics need besides the result. */
export interface EndedRun {
  readonly result: RunResult;
  /** The database engine that it ran on. */
  readonly engine: Pick<EngineBackend, 'name' | 'dialect'>;
  /** Operation name of the database conventions, see `operationName`. */
  readonly operation: string;
  /** The error, if the status is `error`. */
  readonly error: unknown;
  /** Duration in milliseconds. */
  readonly duration: number;
  readonly spansDropped: number;
  /** Context with the root span, for exemplars. */
  readonly otelContext: Context;
}

export interface RunStatisticsOptions {
  readonly meterProvider?: MeterProvider | undefined;
  readonly maxRuns?: number | undefined;
}

/** Statistics of all runs of an engine: OpenTelemetry metrics, and a history of the last runs in memory. */
export class RunStatistics {
  readonly history: RunHistory;
  readonly #metrics: RunMetrics;
  #hasFailed = false;

  /** @throws RangeError if `maxRuns` is not a whole number from 1 up */
  constructor({ meterProvider, maxRuns }: RunStatisticsOptions) {
    this.history = createRunHistory(maxRuns === undefined ? {} : { maxRuns });
    this.#metrics = runMetrics(meterProvider);
  }

  /** Records an ended run. Never throws; the first error of a meter is reported as a process warning. */
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

  #measure({ result, engine, operation, error, duration, spansDropped, otelContext }: EndedRun): void {
    const { status, summary, warnings } = result;
    this.#metrics.record({
      system: engine.name,
      operation,
      status,
      ...(status === 'error' ? { errorType: describeError(error, { dialect: engine.dialect }).type } : {}),
      duration,
      summary,
      warnings,
      spansDropped,
      otelContext,
    });
  }

  /** Adds the run to the history, unless its specification could not be parsed, because it has no fingerprint then. */
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
 * The operation name of a run by the database conventions: `SELECT` returns rows, `COPY` writes a file, `CREATE TABLE` and
 * `INSERT` write a table of a catalog. For several outputs it is for example `BATCH SELECT`, or `BATCH` for a mix. It is
 * `UNKNOWN` if the outputs could not be parsed.
 */
export function operationName(outputs: readonly Pick<OutputSpec, 'location' | 'table' | 'mode'>[]): string {
  const kinds = [...new Set(outputs.map(operationOf))];
  const [kind] = kinds;
  if (kind === undefined) return 'UNKNOWN';
  if (kinds.length > 1) return 'BATCH';
  return outputs.length === 1 ? kind : `BATCH ${kind}`;
}

function operationOf({ location, table, mode }: Pick<OutputSpec, 'location' | 'table' | 'mode'>): string {
  if (location !== undefined) return 'COPY';
  if (table === undefined) return 'SELECT';
  return mode === 'create' ? 'CREATE TABLE' : 'INSERT';
}
