import type { DropReason } from '../exporter/delivery.ts';

/** What came back for one request. */
export type OtlpAnswer = OtlpAcceptance | OtlpFailure;

/** The receiver took the request, perhaps without some of its spans. */
export interface OtlpAcceptance {
  readonly accepted: true;
  readonly rejectedSpans: number;
  /** What the receiver said about it; may be a warning without any rejected span. */
  readonly message: string;
}

/** The request was refused, or it is not known whether it was taken. */
export interface OtlpFailure {
  readonly accepted: false;
  /** Why the spans are lost, if they are. */
  readonly reason: Extract<DropReason, 'unreachable' | 'unavailable' | 'rejected' | 'too_large' | 'deadline'>;
  /** Whether trying again can help. */
  readonly retry: boolean;
  /** How long the receiver asked to wait. */
  readonly retryAfterMillis?: number;
  /** Whether the receiver may have taken the spans all the same. */
  readonly mayHaveArrived: boolean;
  /** What happened and what to do, in plain words. */
  readonly problem: string;
}

/** What bounds one request, and who wants to know of it. */
export interface RequestOptions {
  readonly timeoutMillis: number;
  readonly signal: AbortSignal;
  /** Called before anything of the request can reach the receiver. */
  readonly onSending: () => void;
}

/** Carries one encoded export request at a time to an OTLP receiver. */
export interface OtlpTransport {
  /** Where the requests go, without credentials. */
  readonly destination: string;
  /** Sends one request once; never rejects, and settles promptly once the signal is aborted. */
  send(request: Uint8Array, options: RequestOptions): Promise<OtlpAnswer>;
  /** Closes the connections. */
  close(): void;
}
