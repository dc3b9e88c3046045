import {
  type Attributes,
  type Context,
  createNoopMeter,
  type Histogram,
  type MeterProvider,
  metrics,
} from '@opentelemetry/api';
import type { ExecutionStatus } from '@planscope/plan';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_RUN_STATUS,
  DB_OPERATION_DURATION_BUCKETS,
  METRIC_DB_OPERATION_DURATION,
  sharedMetrics,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { ENGINE_NAME } from '../report/create-report.ts';
import { duckdbSchema, METRIC_CONNECTION_OPEN_TIME } from '../semconv.ts';
import { LimitedLabels } from './query-labels.ts';

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

/** The instruments for traced connections on one meter provider. */
export class QueryMetrics {
  readonly #duration: Histogram;
  readonly #connect: Histogram;
  readonly #labels = new LimitedLabels();

  constructor(provider: MeterProvider) {
    const meter = provider.getMeter(packageJson.name, packageJson.version);
    const histogram = (name: string): Histogram =>
      meter.createHistogram(name, {
        ...described(name),
        advice: { explicitBucketBoundaries: [...DB_OPERATION_DURATION_BUCKETS] },
      });
    this.#duration = histogram(METRIC_DB_OPERATION_DURATION);
    this.#connect = histogram(METRIC_CONNECTION_OPEN_TIME);
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

const known = new WeakMap<MeterProvider, QueryMetrics | 'none'>();
const noMeter = createNoopMeter();

/**
 * The instruments of a provider, made once.
 *
 * @param provider default the one that is registered now
 * @returns undefined if nothing is recorded, as without an SDK
 */
export function queryMetrics(provider: MeterProvider = metrics.getMeterProvider()): QueryMetrics | undefined {
  let found = known.get(provider);
  if (found === undefined) {
    found = provider.getMeter(packageJson.name) === noMeter ? 'none' : new QueryMetrics(provider);
    known.set(provider, found);
  }
  return found === 'none' ? undefined : found;
}

function described(name: string): { unit: string; description: string } {
  const definition = [...sharedMetrics, ...duckdbSchema.metrics].find((metric) => metric.name === name);
  if (definition === undefined) throw new Error(`[planscope/duckdb] metric "${name}" is not registered`);
  return { unit: definition.unit, description: definition.meaning };
}
