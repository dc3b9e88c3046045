import type { IncomingHttpHeaders } from 'node:http2';
import { readHttpAnswer } from './http-answer.ts';
import { type OtlpAnswer, type OtlpFailure, protobufEncoding } from './otlp-transport.ts';

/** The parts of a gRPC response that say what happened to a request. */
export interface GrpcResponse {
  readonly headers: IncomingHttpHeaders & { readonly ':status'?: number };
  /** The same as the headers if the response has no trailers. */
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface StatusMeaning {
  readonly name: string;
  /** Whether OTLP lets a client try again. */
  readonly retry?: boolean;
  /** Whether the receiver may have accepted the request before it failed. */
  readonly doubtful?: boolean;
  readonly advice?: string;
}

const credentials = 'check the credentials in otlp.headers';

const statuses: Readonly<Record<number, StatusMeaning>> = {
  1: { name: 'CANCELLED', retry: true, doubtful: true },
  3: { name: 'INVALID_ARGUMENT' },
  4: { name: 'DEADLINE_EXCEEDED', retry: true, doubtful: true, advice: 'check that the collector keeps up' },
  5: { name: 'NOT_FOUND' },
  7: { name: 'PERMISSION_DENIED', advice: credentials },
  8: { name: 'RESOURCE_EXHAUSTED', advice: 'it is out of room' },
  10: { name: 'ABORTED', retry: true },
  11: { name: 'OUT_OF_RANGE', retry: true },
  12: { name: 'UNIMPLEMENTED', advice: 'it takes no traces; check otlp.endpoint' },
  13: { name: 'INTERNAL' },
  14: { name: 'UNAVAILABLE', retry: true, advice: 'it asks to try later' },
  15: { name: 'DATA_LOSS', retry: true },
  16: { name: 'UNAUTHENTICATED', advice: credentials },
};

/** How gRPC libraries word the refusal of a message that is too large; the status alone is ambiguous. */
const TOO_LARGE = /larger than max/i;

/** What a gRPC response of an OTLP receiver means, by the rules of OTLP/gRPC. */
export function readGrpcAnswer({ headers, trailers, body }: GrpcResponse): OtlpAnswer {
  const status = Number(headers[':status']);
  if (status !== 200) return notGrpc(status, headers, body);
  const code = trailers['grpc-status'];
  if (code === undefined) return unintelligible('no gRPC status');
  if (Number(code) !== 0) return statusFailure(Number(code), trailers);
  try {
    return protobufEncoding.readAnswer(unframe(body));
  } catch {
    return unintelligible('a message that cannot be read');
  }
}

/** Something in front of the receiver has answered: it may be broken, or may not speak gRPC. */
function notGrpc(status: number, headers: IncomingHttpHeaders, body: Buffer): OtlpAnswer {
  const answer = readHttpAnswer({ status, headers, body }, protobufEncoding, Date.now());
  if (!answer.accepted && answer.retry) return answer;
  return { ...unintelligible(`HTTP ${status}`), mayHaveArrived: false };
}

function statusFailure(code: number, trailers: IncomingHttpHeaders): OtlpFailure {
  const meaning = statuses[code] ?? { name: `status ${code}` };
  const message = decodeMessage(String(trailers['grpc-message'] ?? ''));
  const retryAfterMillis = readRetryInfo(String(trailers['grpc-status-details-bin'] ?? ''));
  const retry = meaning.retry === true || retryAfterMillis !== undefined;
  const tooLarge = code === 8 && TOO_LARGE.test(message);
  const problem = tooLarge ? 'the request is too large for it' : meaning.advice;
  return {
    accepted: false,
    reason: tooLarge ? 'too_large' : retry ? 'unavailable' : 'rejected',
    retry: retry && !tooLarge,
    ...(retryAfterMillis !== undefined && { retryAfterMillis }),
    mayHaveArrived: meaning.doubtful === true,
    problem: `${problem ?? `it answered ${JSON.stringify(message)}`} (gRPC ${meaning.name})`,
  };
}

/** The meaning of an answer that is longer than any OTLP receiver's. */
export function oversizedAnswer(): OtlpFailure {
  return unintelligible('more than a receiver has to say');
}

function unintelligible(what: string): OtlpFailure {
  return {
    accepted: false,
    reason: 'rejected',
    retry: false,
    mayHaveArrived: true,
    problem: `it answered ${what}, which no OTLP receiver does; check otlp.endpoint and otlp.protocol`,
  };
}

function decodeMessage(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

const PREFIX_BYTES = 5;

/** One message with the prefix that gRPC puts before it: a flag for compression and the length. */
export function frame(message: Uint8Array, compressed: boolean): Buffer {
  const framed = Buffer.alloc(PREFIX_BYTES + message.length);
  framed.writeUInt8(compressed ? 1 : 0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

/**
 * The message of a body that holds one.
 *
 * @throws if it holds none, or if the message is compressed, which the request does not allow
 */
function unframe(body: Buffer): Uint8Array {
  if (body.length < PREFIX_BYTES || body.readUInt8(0) !== 0 || body.length !== PREFIX_BYTES + body.readUInt32BE(1)) {
    throw new TypeError('not one uncompressed gRPC message');
  }
  return body.subarray(PREFIX_BYTES);
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
/** Varints are read unsigned: from here on they are negative numbers. */
const FIRST_NEGATIVE = 2 ** 63;

/**
 * The wait that the details of a gRPC status ask for, in milliseconds; undefined if there is none or it is malformed.
 *
 * @param details value of `grpc-status-details-bin`: a google.rpc.Status in base64
 */
function readRetryInfo(details: string): number | undefined {
  try {
    for (const detail of messages(Buffer.from(details, 'base64'), 3)) {
      const [type] = messages(detail, 1);
      const [retryInfo] = messages(detail, 2);
      if (type === undefined || retryInfo === undefined || new TextDecoder().decode(type) !== RETRY_INFO) continue;
      const [delay] = messages(retryInfo, 1);
      return delay === undefined ? 0 : durationMillis(delay);
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/** A negative duration means no wait; undefined for one that is not a number. */
function durationMillis(duration: Uint8Array): number | undefined {
  const fields = [...protobufFields(duration)];
  const read = (number: number): number => Number(fields.find((field) => field.number === number)?.value ?? 0);
  const [seconds, nanoseconds] = [read(1), read(2)];
  if (seconds >= FIRST_NEGATIVE || nanoseconds >= FIRST_NEGATIVE) return 0;
  const millis = seconds * 1000 + nanoseconds / 1_000_000;
  return Number.isFinite(millis) ? millis : undefined;
}

function messages(message: Uint8Array, number: number): Uint8Array[] {
  const isMessage = (field: ProtobufField): field is ProtobufField & { value: Uint8Array } =>
    field.number === number && typeof field.value !== 'number';
  return [...protobufFields(message)].filter(isMessage).map(({ value }) => value);
}

/** One field of a protocol buffer message: a number for a varint, bytes for a length-delimited field. */
interface ProtobufField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/**
 * The fields of a message, without those of fixed width.
 *
 * @throws if the bytes are not a message
 */
function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  let position = 0;

  function varint(): number {
    for (let value = 0, factor = 1; position < message.length; factor *= 128) {
      const byte = message[position] ?? 0;
      position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('the message ends in the middle of a number');
  }

  function bytes(length: number): Uint8Array {
    const start = position;
    position += length;
    if (position > message.length) throw new RangeError('the message ends in the middle of a field');
    return message.subarray(start, position);
  }

  while (position < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (type === VARINT) yield { number, value: varint() };
    else if (type === LENGTH_DELIMITED) yield { number, value: bytes(varint()) };
    else if (type === FIXED64) bytes(8);
    else if (type === FIXED32) bytes(4);
    else throw new TypeError(`unknown wire type ${type}`);
  }
}
