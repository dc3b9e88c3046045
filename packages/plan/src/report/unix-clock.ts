import type { Context, HrTime } from '@opentelemetry/api';
import type { UnixNanoseconds } from './engine-report.ts';

/** Nanoseconds since the Unix epoch. */
export type UnixClock = () => bigint;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/**
 * A clock that starts by the system's and runs by a steady one: it never goes back, and what an engine dates by the
 * system's clock compares with it to a fraction of a millisecond.
 */
export function createUnixClock(): UnixClock {
  const offset = systemTime() - process.hrtime.bigint();
  return () => offset + process.hrtime.bigint();
}

/**
 * `Date.now` knows only whole milliseconds; the performance clock is finer, but drifts away in a process that runs for
 * days. So the fine one is believed only within the millisecond that the other one says.
 */
function systemTime(): bigint {
  const first = BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND;
  const last = first + NANOSECONDS_PER_MILLISECOND - 1n;
  const fine = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  if (fine < first) return first;
  return fine > last ? last : fine;
}

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** An instant as OpenTelemetry takes it: seconds, and nanoseconds within the second. */
export function toHrTime(instant: UnixNanoseconds | bigint): HrTime {
  const nanoseconds = BigInt(instant);
  return [Number(nanoseconds / NANOSECONDS_PER_SECOND), Number(nanoseconds % NANOSECONDS_PER_SECOND)];
}

/** An instant as reports write it. */
export function fromHrTime([seconds, nanoseconds]: HrTime): UnixNanoseconds {
  return (BigInt(seconds) * NANOSECONDS_PER_SECOND + BigInt(nanoseconds)).toString();
}

// One key for every copy of this package.
const CLOCK = Symbol.for('planscope.clock');

/**
 * The clock of the span around, or a new one. Spans within one another are timed by one clock, so that each lies within its
 * parent, also when the system's clock is set in the meantime.
 */
export function contextClock(otelContext: Context): UnixClock {
  return (otelContext.getValue(CLOCK) as UnixClock | undefined) ?? createUnixClock();
}

/** The context for what is timed by the clock. */
export function withContextClock(otelContext: Context, clock: UnixClock): Context {
  return otelContext.setValue(CLOCK, clock);
}
