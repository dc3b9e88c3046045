import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OtlpFailure, OtlpTransport } from './otlp-transport.ts';
import { sendWithRetry } from './send-with-retry.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function transportThatAsksToWait(retryAfterMillis: number): OtlpTransport & { readonly tries: number[] } {
  const tries: number[] = [];
  const later: OtlpFailure = {
    accepted: false,
    reason: 'unavailable',
    retry: true,
    retryAfterMillis,
    mayHaveArrived: false,
    problem: 'later',
  };
  return {
    tries,
    destination: 'there',
    close: () => {},
    async send() {
      tries.push(performance.now() - startedAt);
      return later;
    },
  };
}

let startedAt: number;

async function send(transport: OtlpTransport, batchMillis: number): Promise<[string, string[]]> {
  startedAt = performance.now();
  const problems: string[] = [];
  const batch = { signal: new AbortController().signal, mayHaveArrived: false };
  const limits = { requestMillis: 1_000, batchMillis };
  const sent = sendWithRetry(transport, new Uint8Array(), limits, batch, (problem) => problems.push(problem));
  await vi.runAllTimersAsync();
  const answer = await sent;
  return [answer.accepted ? 'accepted' : answer.problem, problems];
}

test('what a receiver asks to wait adds at most a minute to the time of a batch, however often it asks', async () => {
  const transport = transportThatAsksToWait(20_000);
  const givenUp = 'later, in 20 s; a batch does not wait that long and is given up';
  expect(await send(transport, 10_000)).toEqual([givenUp, [...Array(3).fill('later, in 20 s'), givenUp]]);
  expect(transport.tries).toEqual([0, 20_000, 40_000, 60_000]);
});

test('a longer wait is kept where the time of the batch has room for it', async () => {
  const transport = transportThatAsksToWait(100_000);
  await send(transport, 120_000);
  expect(transport.tries).toEqual([0, 100_000]);
});
