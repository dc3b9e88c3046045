import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import {
  addDeliveries,
  type BatchInFlight,
  type Delivery,
  delivered,
  encodeSpans,
  inDoubt,
  lost,
  type RemoteExporter,
  type ReportProblem,
} from '../exporter/trace-exporter.ts';
import type { OtlpAcceptance, OtlpEncoding, OtlpTransport } from './otlp-transport.ts';
import { sendWithRetry } from './send-with-retry.ts';

const compress = promisify(gzip);

/** The parts of an OTLP exporter. */
export interface OtlpExporterOptions {
  /** The name of encoding and transport in the configuration. */
  readonly protocol: string;
  readonly transport: OtlpTransport;
  readonly encoding: OtlpEncoding;
  /** Must be what the transport announces. */
  readonly compression: 'none' | 'gzip';
  /** Longest time for one request. */
  readonly requestMillis: number;
  /** Longest time for all attempts of a batch. */
  readonly batchMillis: number;
}

/** An exporter that sends each batch as one OTLP request, or as smaller ones if the receiver refuses its size. */
export function createOtlpExporter(options: OtlpExporterOptions, report: ReportProblem): RemoteExporter {
  const { protocol, transport, encoding, compression } = options;

  async function deliver(spans: ReadableSpan[], batch: BatchInFlight): Promise<Delivery> {
    const encoded = encodeSpans(encoding.serializer, spans, report);
    if (encoded === undefined) return lost(spans.length, 'unencodable');
    const request = compression === 'gzip' ? await compress(encoded) : encoded;
    if (batch.signal.aborted) return lost(spans.length, 'deadline');
    const answer = await sendWithRetry(transport, request, options, batch, report);
    if (answer.accepted) return taken(spans.length, answer);
    if (answer.reason === 'too_large' && spans.length > 1) return deliverHalves(spans, batch);
    if (!batch.signal.aborted) report(answer.problem);
    if (answer.mayHaveArrived) return inDoubt(spans.length);
    return lost(spans.length, batch.signal.aborted ? 'deadline' : answer.reason);
  }

  async function deliverHalves(spans: ReadableSpan[], batch: BatchInFlight): Promise<Delivery> {
    const middle = Math.ceil(spans.length / 2);
    const first = await deliver(spans.slice(0, middle), batch);
    return addDeliveries(first, await deliver(spans.slice(middle), batch));
  }

  function taken(spans: number, { rejectedSpans, message }: OtlpAcceptance): Delivery {
    if (rejectedSpans === 0 && message === '') return delivered(spans);
    report(`the receiver took the request but rejected ${rejectedSpans} spans: ${JSON.stringify(message)}`);
    const rejected = Math.min(rejectedSpans, spans);
    return addDeliveries(delivered(spans - rejected), lost(rejected, 'rejected'));
  }

  return {
    kind: 'remote',
    name: 'otlp',
    destination: transport.destination,
    transport: protocol,
    deliver,
    close: () => transport.close(),
  };
}
