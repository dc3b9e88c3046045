import type { Attributes, Context, Histogram, Meter, MeterProvider, ObservableGauge } from '@opentelemetry/api';
import { durationHistogram, instrumentsOf, operationDuration } from '@planscope/internal/query-instruments';
import type { ExecutionStatus } from '@planscope/plan';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_RUN_STATUS,
  type MetricDefinition,
  type RunningQuery,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { ENGINE_NAME } from '../report/create-report.ts';
import {
  duckdbSchema,
  METRIC_CONNECTION_OPEN_TIME,
  METRIC_PROCESSED_ROWS,
  METRIC_PROGRESS,
  METRIC_RUNNING_TIME,
} from '../semconv.ts';
import { LimitedLabels } from './query-labels.ts';
import { runningQueries } from './running-queries.ts';

/** A query that is over. */
export interface MeasuredOperation {
  readonly operation: string;
  readonly status: ExecutionStatus;
  /** Class of the error. */
  readonly errorType: string | undefined;
  readonly seconds: number;
  /** Labels of the query. */
  readonly labels: Attributes;
  /** Number of values that each label has. */
  readonly labelLimit: number;
}

function runningAttributes({ operation, summary }: RunningQuery): Attributes {
  return {
    [ATTR_DB_SYSTEM_NAME]: ENGINE_NAME,
    [ATTR_DB_OPERATION_NAME]: operation,
    [ATTR_DB_QUERY_SUMMARY]: summary,
  };
}

const LONG_SECONDS = 1;
/** Number of summaries whose gauges go back to 0. */
const MAX_SHOWN = 1_000;

/** Of the queries with one summary, the one that runs longest: a gauge has one value for each set of attributes. */
function longRunning(): Iterable<RunningQuery> {
  const oldest = new Map<string, RunningQuery>();
  for (const query of runningQueries()) {
    if (query.seconds > LONG_SECONDS && !oldest.has(query.summary)) oldest.set(query.summary, query);
  }
  return oldest.values();
}

/** The instruments for traced connections on one meter. */
export class QueryMetrics {
  readonly #duration: Histogram;
  readonly #connect: Histogram;
  readonly #labels = new LimitedLabels();

  constructor(meter: Meter) {
    this.#duration = operationDuration(meter);
    this.#connect = durationHistogram(meter, definitionOf(METRIC_CONNECTION_OPEN_TIME));
    const gauge = (name: string): ObservableGauge => meter.createObservableGauge(name, described(name));
    const [time, progress, rows] = [gauge(METRIC_RUNNING_TIME), gauge(METRIC_PROGRESS), gauge(METRIC_PROCESSED_ROWS)];
    /** By summary; those of queries that are over, too. */
    const shown = new Map<string, Attributes>();
    meter.addBatchObservableCallback(
      (result) => {
        const over = new Map(shown);
        for (const query of longRunning()) {
          const attributes = runningAttributes(query);
          if (shown.size < MAX_SHOWN) shown.set(query.summary, attributes);
          over.delete(query.summary);
          result.observe(time, query.seconds, attributes);
          if (query.percent !== undefined) result.observe(progress, query.percent, attributes);
          if (query.rows !== undefined) result.observe(rows, query.rows, attributes);
        }
        // An SDK with cumulative temporality repeats the last value, so a query that is over would seem to run on.
        for (const attributes of over.values()) {
          for (const instrument of [time, progress, rows]) result.observe(instrument, 0, attributes);
        }
      },
      [time, progress, rows],
    );
  }

  /** @param context of the query, for exemplars */
  query({ operation, status, errorType, seconds, labels, labelLimit }: MeasuredOperation, context: Context): void {
    const attributes = {
      ...this.#labels.of(labels, labelLimit),
      [ATTR_DB_SYSTEM_NAME]: ENGINE_NAME,
      [ATTR_DB_OPERATION_NAME]: operation,
      [ATTR_RUN_STATUS]: status,
      ...(errorType === undefined ? {} : { [ATTR_ERROR_TYPE]: errorType }),
    };
    this.#duration.record(seconds, attributes, context);
  }

  connected(seconds: number, errorType: string | undefined): void {
    const failure = errorType === undefined ? {} : { [ATTR_ERROR_TYPE]: errorType };
    this.#connect.record(seconds, { [ATTR_DB_SYSTEM_NAME]: ENGINE_NAME, ...failure });
  }
}

/**
 * The instruments of a provider, made once.
 *
 * @param provider default the one that is registered now
 * @returns undefined if nothing is recorded, as without an SDK
 */
export const queryMetrics: (provider?: MeterProvider) => QueryMetrics | undefined = instrumentsOf(
  packageJson,
  (meter) => new QueryMetrics(meter),
);

/** The unit and the description of a registered metric. */
export function described(name: string): { unit: string; description: string } {
  const { unit, meaning } = definitionOf(name);
  return { unit, description: meaning };
}

function definitionOf(name: string): MetricDefinition {
  const definition = duckdbSchema.metrics.find((metric) => metric.name === name);
  if (definition === undefined) throw new Error(`[planscope/duckdb] metric "${name}" is not registered`);
  return definition;
}
