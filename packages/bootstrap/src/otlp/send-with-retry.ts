import type { BatchInFlight, ReportProblem } from '../exporter/trace-exporter.ts';
import { LONGEST_TIMER_MILLIS } from '../in-time.ts';
import type { OtlpAnswer, OtlpFailure, OtlpTransport } from './otlp-transport.ts';

const FIRST_BACKOFF_MILLIS = 500;
const MAX_BACKOFF_MILLIS = 5_000;
const BACKOFF_FACTOR = 1.6;
/** Jitter of the waits, so that many processes do not retry in step. */
const JITTER = 0.2;
/** Longest time that a receiver can add to a batch by asking to wait: a wrong number must not stop the export. */
const MAX_ASKED_MILLIS = 60_000;

/** The times that bound the sending of one batch. */
export interface SendLimits {
  /** Longest time for one request. */
  readonly requestMillis: number;
  /** Longest time for all attempts of a batch, plus the waits that the receiver asks for, up to a minute in total. */
  readonly batchMillis: number;
}

/**
 * Sends one request until it is accepted, permanently refused, or out of time. A failure says `mayHaveArrived` if any
 * attempt may have arrived.
 */
export async function sendWithRetry(
  transport: OtlpTransport,
  request: Uint8Array,
  limits: SendLimits,
  batch: BatchInFlight,
  report: ReportProblem,
): Promise<OtlpAnswer> {
  const { signal } = batch;
  const partsBefore = batch.mayHaveArrived;
  const onSending = (): void => {
    batch.mayHaveArrived = true;
  };
  let deadline = performance.now() + limits.batchMillis;
  let askable = MAX_ASKED_MILLIS;
  let backoff = FIRST_BACKOFF_MILLIS;
  let mayHaveArrived = false;
  for (;;) {
    const timeoutMillis = Math.max(1, Math.min(limits.requestMillis, deadline - performance.now()));
    const answer = await transport.send(request, { timeoutMillis, signal, onSending });
    if (answer.accepted) return answer;
    mayHaveArrived ||= answer.mayHaveArrived;
    batch.mayHaveArrived = partsBefore || mayHaveArrived;
    const { retryAfterMillis: asked = 0 } = answer;
    const added = Math.min(asked, askable);
    askable -= added;
    deadline += added;
    const wait = Math.max(asked, backoff * (1 + JITTER * (2 * Math.random() - 1)));
    const isLast = performance.now() + wait >= deadline;
    const failure = { ...answer, mayHaveArrived, problem: withAskedWait(answer, isLast) };
    if (answer.retry) report(failure.problem);
    if (!answer.retry || isLast) return failure;
    await pause(wait, signal);
    if (signal.aborted) return failure;
    backoff = Math.min(backoff * BACKOFF_FACTOR, MAX_BACKOFF_MILLIS);
  }
}

/** The problem, with the wait that the receiver asks for. */
function withAskedWait({ problem, retry, retryAfterMillis }: OtlpFailure, isLast: boolean): string {
  if (!retry || retryAfterMillis === undefined) return problem;
  const asked = `${problem}, in ${Math.ceil(retryAfterMillis / 1000)} s`;
  return isLast ? `${asked}; a batch does not wait that long and is given up` : asked;
}

/** Waits without keeping the process alive; returns early, without an error, when the signal aborts. */
function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(millis, LONGEST_TIMER_MILLIS)).unref();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
