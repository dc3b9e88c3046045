import type { ISerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** Says in plain words why an export failed and what to do; called for each failure, printed once. */
export type ReportProblem = (problem: string) => void;

interface Destination {
  /** Its name in the configuration. */
  readonly name: string;
  /** Where the spans go, without credentials. */
  readonly destination: string;
  /** Protocol and encoding of a network exporter of this package. */
  readonly transport?: string;
}

/** Who says that spans arrived. */
export type ConfirmedBy = 'destination' | 'exporter';

/** A destination that has a batch when `deliver` returns, so that nothing is lost when the process exits. */
export interface ImmediateExporter extends Destination {
  readonly kind: 'immediate';
  deliver(spans: ReadableSpan[]): Delivery;
  /** Closes files, after writing what it still holds. */
  close(): void;
}

/** One batch in flight. */
export interface BatchInFlight {
  /** Aborted when the pipeline must end. */
  readonly signal: AbortSignal;
  /** The exporter keeps it true while any of the batch may have arrived; read if the process exits meanwhile. */
  mayHaveArrived: boolean;
}

/** An asynchronous destination. */
export interface RemoteExporter extends Destination {
  readonly kind: 'remote';
  /** `exporter` if no answer of the destination is read; default `destination`. */
  readonly confirmedBy?: ConfirmedBy;
  /** Delivers one batch; never rejects, and settles promptly once the signal of the batch is aborted. */
  deliver(spans: ReadableSpan[], batch: BatchInFlight): Promise<Delivery>;
  /** Sends what the exporter has accepted and still holds; whether that worked. Never rejects, but may hang. */
  flush?(): Promise<boolean>;
  /** Closes connections, and drops what it still holds. Never rejects, but may hang. */
  close(): void | Promise<void>;
}

/** One destination of finished spans. */
export type TraceExporter = ImmediateExporter | RemoteExporter;

/** Why a span did not reach its destination. */
export type DropReason =
  | 'queue_full'
  | 'unreachable'
  | 'unavailable'
  | 'rejected'
  | 'too_large'
  | 'unencodable'
  | 'write_failed'
  | 'deadline'
  | 'process_exit'
  | 'after_shutdown'
  | 'fast_query'
  | 'held_full'
  | 'undecided';

/** What each reason means, and what the operator can do about it. */
export const dropReasonAdvice: Readonly<Record<DropReason, string>> = {
  queue_full: 'the queue was full; raise exportPolicy.maxQueueSize or lower the sampling ratio',
  unreachable: 'no connection; check otlp.endpoint and that the collector runs',
  unavailable:
    'the collector asked to try later for longer than a batch waits; see to it, or raise exportPolicy.exportTimeoutMillis',
  rejected: 'the receiver refused them',
  too_large: 'larger than the receiver allows; lower maxAttributeBytes',
  unencodable: 'they could not be encoded',
  write_failed: 'the file could not be written',
  deadline: 'shutdown had to end at its deadline',
  process_exit: 'the process exited first; await shutdown() before process.exit()',
  after_shutdown: 'they ended after shutdown()',
  fast_query: 'as asked for, their query was not slow; lower exportPolicy.slowQuery.thresholdMillis to see more',
  held_full: 'too many queries ran at once; raise exportPolicy.slowQuery.maxHeldSpans',
  undecided: 'their query was still running at the end, for less than exportPolicy.slowQuery.thresholdMillis',
};

/** What happened to one batch; the numbers add up to its length. */
export interface Delivery {
  readonly exported: number;
  /** Spans that the exporter calls exported, without showing the answer of the destination. */
  readonly unconfirmed: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Spans that were sent without an intelligible answer. */
  readonly unknown: number;
}

const nothing: Delivery = { exported: 0, unconfirmed: 0, dropped: {}, unknown: 0 };

/** The delivery of a batch that arrived whole. */
export function delivered(spans: number): Delivery {
  return { ...nothing, exported: spans };
}

/** The delivery of a batch that the exporter calls exported. */
export function claimed(spans: number): Delivery {
  return { ...nothing, unconfirmed: spans };
}

/** The delivery of a batch that was lost. */
export function lost(spans: number, reason: DropReason): Delivery {
  return { ...nothing, dropped: { [reason]: spans } };
}

/** The delivery of a batch that may have arrived. */
export function inDoubt(spans: number): Delivery {
  return { ...nothing, unknown: spans };
}

/** Two deliveries as one. */
export function addDeliveries(left: Delivery, right: Delivery): Delivery {
  const dropped: Partial<Record<DropReason, number>> = { ...left.dropped };
  for (const [reason, spans] of Object.entries(right.dropped) as [DropReason, number][]) {
    dropped[reason] = (dropped[reason] ?? 0) + spans;
  }
  return {
    exported: left.exported + right.exported,
    unconfirmed: left.unconfirmed + right.unconfirmed,
    dropped,
    unknown: left.unknown + right.unknown,
  };
}

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
