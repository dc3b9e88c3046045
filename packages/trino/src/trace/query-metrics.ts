import type { Attributes, Context, Histogram, Meter, MeterProvider } from '@opentelemetry/api';
import { instrumentsOf, operationDuration } from '@planscope/internal/query-instruments';
import type { ExecutionStatus } from '@planscope/plan/report';
import { ATTR_DB_OPERATION_NAME, ATTR_DB_SYSTEM_NAME, ATTR_ERROR_TYPE, ATTR_RUN_STATUS } from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { ENGINE_NAME } from '../semconv.ts';
import { serverAttributes } from './server-attributes.ts';

/** A query that is over. */
export interface MeasuredOperation {
  readonly operation: string;
  readonly status: ExecutionStatus;
  /** Class of the error. */
  readonly errorType: string | undefined;
  readonly seconds: number;
  readonly server: URL;
}

/** The instruments for traced clients on one meter. */
export class QueryMetrics {
  readonly #duration: Histogram;

  constructor(meter: Meter) {
    this.#duration = operationDuration(meter);
  }

  /** @param context of the query, for exemplars */
  query({ operation, status, errorType, seconds, server }: MeasuredOperation, context: Context): void {
    const attributes: Attributes = {
      [ATTR_DB_SYSTEM_NAME]: ENGINE_NAME,
      [ATTR_DB_OPERATION_NAME]: operation,
      [ATTR_RUN_STATUS]: status,
      ...serverAttributes(server),
      ...(errorType === undefined ? {} : { [ATTR_ERROR_TYPE]: errorType }),
    };
    this.#duration.record(seconds, attributes, context);
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
