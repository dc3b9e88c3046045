import type { ISerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { ReportProblem } from './trace-exporter.ts';

/** The spans as one export request; undefined, and reported, when they cannot be encoded. */
export function encodeSpans(
  serializer: Pick<ISerializer<ReadableSpan[], unknown>, 'serializeRequest'>,
  spans: ReadableSpan[],
  report: ReportProblem,
): Uint8Array | undefined {
  try {
    return serializer.serializeRequest(spans);
  } catch (error) {
    report(`a batch of ${spans.length} spans cannot be encoded (${String(error)}); it is left out`);
    return undefined;
  }
}
