import type { AttributeValue, MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { WarningSink } from '@planscope/plan/report';
import type { TrinoClientOptions } from '../client/client-options.ts';
import { TrinoClientError } from '../client/trino-client-error.ts';
import type { TrinoReportOptions } from '../report/draw-query.ts';

/** How the queries of a client are traced, and how the cluster is reached. */
export interface TraceTrinoOptions extends TrinoClientOptions, TrinoReportOptions {
  /** Default: the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Where the durations of queries are measured, of those without a span, too. Default: the global provider. */
  readonly meterProvider?: MeterProvider;
  /** Record only queries with a span around them. Default: false. */
  readonly requireParentSpan?: boolean;
  /** Ask Trino for its report of each recorded query, after its last row. Default: true. */
  readonly report?: boolean;
  /**
   * For how long the report of a query is asked for until its numbers are final, in milliseconds. Default: 10,000. After
   * that, what is there is drawn and marked as partial.
   */
  readonly reportTimeout?: number;
  /** Maximum number of spans for one query; its span counts the dropped ones. Default: 1000. */
  readonly maxSpans?: number;
  /** Fields for every query span. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
  /** Called for every warning. Default: OpenTelemetry's diagnostic logger. */
  readonly warn?: WarningSink;
}

/** @throws TrinoClientError `invalid-option` */
export function checkTraceOptions({ reportTimeout, maxSpans }: TraceTrinoOptions): void {
  if (reportTimeout !== undefined && !(reportTimeout >= 0)) {
    throw new TrinoClientError('invalid-option', `reportTimeout: ${reportTimeout} is not a number of milliseconds`);
  }
  if (maxSpans !== undefined && !(Number.isInteger(maxSpans) && maxSpans >= 0)) {
    throw new TrinoClientError('invalid-option', `maxSpans: ${maxSpans} is not a number of spans`);
  }
}
