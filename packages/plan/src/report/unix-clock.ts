import type { Context, HrTime } from '@opentelemetry/api';
import type { UnixNanoseconds } from './engine-report.ts';

/** Nanoseconds since the Unix epoch. */
export type UnixClock = () => bigint;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/**
 * A clock that starts with the time of the system clock and continues with a monotonic clock. It never goes back, and
 * agrees with times that an engine takes from the system clock to a fraction of a millisecond.
 */
export function createUnixClock(): UnixClock {
  const offset = systemTime() - process.hrtime.bigint();
  return () => offset + process.hrtime.bigint();
}

/**
 * `Date.now` has only whole milliseconds. The performance clock is more precise, but drifts in a process that runs for
 * days. It is therefore used only within the millisecond of `Date.now`.
 */
function systemTime(): bigint {
  const first = BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND;
  const last = first + NANOSECONDS_PER_MILLISECOND - 1n;
  const fine = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  if (fine < first) return first;
  return fine > last ? last : fine;
}

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** Converts a time to OpenTelemetry's format: seconds, and nanoseconds within the second. */
export function toHrTime(instant: UnixNanoseconds | bigint): HrTime {
  const nanoseconds = BigInt(instant);
  return [Number(nanoseconds / NANOSECONDS_PER_SECOND), Number(nanoseconds % NANOSECONDS_PER_SECOND)];
}

/** Converts a time to the format of reports. */
export function fromHrTime([seconds, nanoseconds]: HrTime): UnixNanoseconds {
  return (BigInt(seconds) * NANOSECONDS_PER_SECOND + BigInt(nanoseconds)).toString();
}

// All copies of this package have the same key.
const CLOCK = Symbol.for('planscope.clock');

/**
 * The clock of the parent span, or a new one. Nested spans share one clock, so that each is within its parent even if
 * the system clock is changed in the meantime.
 */
export function contextClock(otelContext: Context): UnixClock {
  return (otelContext.getValue(CLOCK) as UnixClock | undefined) ?? createUnixClock();
}

/** Returns a context with a clock for the spans below. */
export function withContextClock(otelContext: Context, clock: UnixClock): Context {
  return otelContext.setValue(CLOCK, clock);
}
