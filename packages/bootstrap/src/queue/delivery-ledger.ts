import type { ConfirmedBy, Delivery, DropReason, TraceExporter } from '../exporter/trace-exporter.ts';

/**
 * What happened to the spans handed to one exporter; `made` is the sum of `exported`,
 * `unconfirmed`, `dropped`, `unknown` and `pending`.
 */
export interface ExporterStats {
  /** Name of the exporter in the configuration; the name of its class for one of `spanExporters`. */
  readonly exporter: string;
  /** Where the spans go, without credentials. */
  readonly destination: string;
  /** Protocol and encoding of the exporter `otlp`, such as `http/protobuf`; Planscope speaks them itself. */
  readonly transport?: string;
  /**
   * Who says that spans arrived. `destination`: the receiver's answer is read, or the file is written. `exporter`: one
   * of `spanExporters` says no more than that a batch succeeded, so its spans are never `exported` but `unconfirmed`.
   */
  readonly confirmedBy: ConfirmedBy;
  /** Sampled spans that ended. */
  readonly made: number;
  /** Spans that arrived, as the destination confirmed. */
  readonly exported: number;
  /**
   * Spans that one of `spanExporters` calls exported. It also says so of spans that the receiver rejected in a partial
   * success, and of an answer that it could not read.
   */
  readonly unconfirmed: number;
  /** Spans that were lost, or left out on purpose. */
  readonly dropped: number;
  readonly droppedByReason: Readonly<Partial<Record<DropReason, number>>>;
  /** Spans that may have arrived: sent without an intelligible answer, or failed in one of `spanExporters`. */
  readonly unknown: number;
  /** Spans that are held for their query, queued or in flight. */
  readonly pending: number;
}

/** Counts the spans of one exporter, each exactly once. */
export class DeliveryLedger {
  #made = 0;
  #exported = 0;
  #unconfirmed = 0;
  #unknown = 0;
  readonly #dropped = new Map<DropReason, number>();

  make(spans: number): void {
    this.#made += spans;
  }

  drop(spans: number, reason: DropReason): void {
    if (spans > 0) this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + spans);
  }

  settle(delivery: Delivery): void {
    this.#exported += delivery.exported;
    this.#unconfirmed += delivery.unconfirmed;
    this.#unknown += delivery.unknown;
    for (const [reason, spans] of Object.entries(delivery.dropped) as [DropReason, number][]) this.drop(spans, reason);
  }

  read(exporter: TraceExporter): ExporterStats {
    const dropped = [...this.#dropped.values()].reduce((sum, spans) => sum + spans, 0);
    return {
      exporter: exporter.name,
      destination: exporter.destination,
      ...(exporter.transport !== undefined && { transport: exporter.transport }),
      confirmedBy: (exporter.kind === 'remote' && exporter.confirmedBy) || 'destination',
      made: this.#made,
      exported: this.#exported,
      unconfirmed: this.#unconfirmed,
      dropped,
      droppedByReason: Object.fromEntries(this.#dropped),
      unknown: this.#unknown,
      pending: this.#made - this.#exported - this.#unconfirmed - dropped - this.#unknown,
    };
  }
}
