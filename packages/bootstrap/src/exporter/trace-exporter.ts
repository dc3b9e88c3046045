import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Delivery } from './delivery.ts';

/** Says in plain words why an export failed and what to do; called for each failure, printed once. */
export type ReportProblem = (problem: string) => void;

interface Destination {
  /** The name it has in the configuration. */
  readonly name: string;
  /** Where the spans go, without credentials. */
  readonly destination: string;
  /** Lets go of connections and files, and of what it still holds. */
  close(): void;
}

/** A destination that has a batch when `deliver` returns, so that nothing is lost when the process exits. */
export interface ImmediateExporter extends Destination {
  readonly kind: 'immediate';
  deliver(spans: ReadableSpan[]): Delivery;
}

/** One batch on its way. */
export interface Flight {
  /** Aborted when the pipeline must end. */
  readonly signal: AbortSignal;
  /** Kept true by the exporter while any of the batch may have arrived; read when the process exits meanwhile. */
  mayHaveArrived: boolean;
}

/** A destination that takes time. */
export interface RemoteExporter extends Destination {
  readonly kind: 'remote';
  /** Delivers one batch; never rejects, and settles promptly once the signal of the flight is aborted. */
  deliver(spans: ReadableSpan[], flight: Flight): Promise<Delivery>;
}

/** One destination of finished spans. */
export type TraceExporter = ImmediateExporter | RemoteExporter;
