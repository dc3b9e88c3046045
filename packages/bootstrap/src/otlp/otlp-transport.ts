import { type ISerializer, JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { DropReason } from '../exporter/trace-exporter.ts';

/** The result of one request. */
export type OtlpAnswer = OtlpAcceptance | OtlpFailure;

/** The receiver accepted the request, but may have rejected some of its spans. */
export interface OtlpAcceptance {
  readonly accepted: true;
  readonly rejectedSpans: number;
  /** What the receiver said about it; may be a warning without any rejected span. */
  readonly message: string;
}

/** The request was refused, or its result is unknown. */
export interface OtlpFailure {
  readonly accepted: false;
  /** Why the spans are lost, if they are. */
  readonly reason: Extract<DropReason, 'unreachable' | 'unavailable' | 'rejected' | 'too_large' | 'deadline'>;
  /** Whether trying again can help. */
  readonly retry: boolean;
  /** How long the receiver asked to wait. */
  readonly retryAfterMillis?: number;
  /** Whether the receiver may have accepted the spans anyway. */
  readonly mayHaveArrived: boolean;
  /** What happened and what to do, in plain words. */
  readonly problem: string;
}

/** The limits of one request, and its callback. */
export interface RequestOptions {
  readonly timeoutMillis: number;
  readonly signal: AbortSignal;
  /** Called before any byte of the request can reach the receiver. */
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

/** How requests are written and answers are read. */
export interface OtlpEncoding {
  readonly contentType: string;
  readonly serializer: Pick<ISerializer<ReadableSpan[], unknown>, 'serializeRequest'>;
  /**
   * Reads the body of a positive answer; an empty one means success.
   *
   * @throws if the body is not a valid OTLP response
   */
  readAnswer(body: Uint8Array): OtlpAcceptance;
}

/** Protocol buffers, as http/protobuf and grpc use them. */
export const protobufEncoding: OtlpEncoding = {
  contentType: 'application/x-protobuf',
  serializer: ProtobufTraceSerializer,
  readAnswer: (body) => acceptance(ProtobufTraceSerializer.deserializeResponse(body)),
};

/** JSON, as http/json uses it. */
export const jsonEncoding: OtlpEncoding = {
  contentType: 'application/json',
  serializer: JsonTraceSerializer,
  readAnswer: (body) => acceptance(body.length === 0 ? {} : JSON.parse(new TextDecoder().decode(body))),
};

function acceptance(answer: unknown): OtlpAcceptance {
  if (typeof answer !== 'object' || answer === null) throw new TypeError('the answer is not an object');
  const partial = 'partialSuccess' in answer ? answer.partialSuccess : undefined;
  if (typeof partial !== 'object' || partial === null) return { accepted: true, rejectedSpans: 0, message: '' };
  const rejected = 'rejectedSpans' in partial ? Number(partial.rejectedSpans) : 0;
  return {
    accepted: true,
    rejectedSpans: Number.isFinite(rejected) ? Math.max(0, rejected) : 0,
    message: 'errorMessage' in partial ? String(partial.errorMessage) : '',
  };
}
