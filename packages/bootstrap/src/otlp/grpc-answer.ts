import type { IncomingHttpHeaders } from 'node:http2';
import { unframe } from './grpc-frame.ts';
import { readRetryInfo } from './grpc-retry-info.ts';
import { readHttpAnswer } from './http-answer.ts';
import { protobufEncoding } from './otlp-encoding.ts';
import type { OtlpAnswer, OtlpFailure } from './otlp-transport.ts';

/** The parts of a gRPC response that say what became of a request. */
export interface GrpcResponse {
  readonly headers: IncomingHttpHeaders & { readonly ':status'?: number };
  /** The same as the headers where the response had nothing else. */
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface StatusMeaning {
  readonly name: string;
  /** Whether OTLP lets a client try again. */
  readonly retry?: boolean;
  /** Whether the receiver may have taken the request before it gave up. */
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

/** How the gRPC libraries word the refusal of a message that is too large; the status alone does not tell. */
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

/** Something in front of the receiver has answered: it may be out of order, or be no gRPC at all. */
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

/** What an answer means that is longer than any OTLP receiver's. */
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
