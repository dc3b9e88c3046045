import type { Context } from '@opentelemetry/api';
import { createUnixClock, type UnixClock } from './unix-clock.ts';

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
