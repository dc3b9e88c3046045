import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connectionFailure } from './connection-problem.ts';
import type { OtlpAnswer, OtlpEncoding, OtlpFailure } from './otlp-transport.ts';

/** The parts of an HTTP response that say what happened to a request. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** Most characters of a receiver's text that a message quotes. */
const QUOTED_CHARACTERS = 200;

const advice: Readonly<Record<number, string>> = {
  400: 'it could not read the request; check that otlp.protocol is what this endpoint speaks',
  401: 'it wants credentials; set otlp.headers',
  403: 'it refuses these credentials; check otlp.headers',
  404: 'it has nothing at this path; the usual path is /v1/traces',
  405: 'it takes no POST at this path; the usual path is /v1/traces',
  413: 'the request is too large for it',
  415: 'it does not take this encoding; check otlp.protocol and otlp.compression',
};

/** What an HTTP response of an OTLP receiver means, by the rules of OTLP/HTTP. */
export function readHttpAnswer(response: HttpResponse, encoding: OtlpEncoding, now: number): OtlpAnswer {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return readAcceptance(response, encoding);
  if (status >= 300 && status < 400) {
    return refusal(`it redirects to ${headers.location ?? 'another place'}; set otlp.endpoint to that`, status);
  }
  if (status === 413) return { ...refusal(advice[status] ?? '', status), reason: 'too_large' };
  if (status === 429 || status === 503) {
    return { ...later(response, now), problem: `it asks to try later (HTTP ${status})` };
  }
  if (status === 502 || status === 504) {
    // A gateway that lost its upstream cannot say whether the request got through.
    return {
      ...later(response, now),
      mayHaveArrived: true,
      problem: `the gateway in front of it failed (HTTP ${status})`,
    };
  }
  return refusal(advice[status] ?? `it answered ${JSON.stringify(quote(response.body))}`, status);
}

/** The meaning of a response that broke off after its status: a positive one is not retried. */
export function cutAnswer(status: number, error: Error): OtlpFailure {
  const failure = connectionFailure(error, true);
  return status >= 200 && status < 300 ? { ...failure, retry: false } : failure;
}

function readAcceptance({ status, body }: HttpResponse, encoding: OtlpEncoding): OtlpAnswer {
  try {
    return encoding.readAnswer(body);
  } catch {
    return {
      ...refusal(`it answered what no OTLP receiver says, ${JSON.stringify(quote(body))}; check otlp.endpoint`, status),
      mayHaveArrived: true,
    };
  }
}

function refusal(problem: string, status: number): OtlpFailure {
  return {
    accepted: false,
    reason: 'rejected',
    retry: false,
    mayHaveArrived: false,
    problem: `${problem} (HTTP ${status})`,
  };
}

function later({ headers }: HttpResponse, now: number): Omit<OtlpFailure, 'problem'> {
  const retryAfterMillis = readRetryAfter(headers['retry-after'], now);
  return {
    accepted: false,
    reason: 'unavailable',
    retry: true,
    mayHaveArrived: false,
    ...(retryAfterMillis !== undefined && { retryAfterMillis }),
  };
}

/** Milliseconds until the time a Retry-After header names, in seconds or as a date; undefined when it says nothing. */
function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function quote(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 4 * QUOTED_CHARACTERS));
  return text.replace(/[^\P{C}]+/gu, ' ').slice(0, QUOTED_CHARACTERS);
}

/** Answers of an OTLP receiver are a few bytes; a larger one comes from something else. */
export const MAX_ANSWER_BYTES: number = 64 * 1024;

/** The body of a response, cut off if it is longer than any OTLP receiver's. */
export async function readBody(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks);
}
