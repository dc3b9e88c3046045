import { type ISerializer, JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { OtlpAcceptance } from './otlp-transport.ts';

/** How requests are written and answers are read. */
export interface OtlpEncoding {
  readonly contentType: string;
  readonly serializer: Pick<ISerializer<ReadableSpan[], unknown>, 'serializeRequest'>;
  /**
   * Reads the body of a positive answer; an empty one says that all went well.
   *
   * @throws when the body is no answer of an OTLP receiver
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
