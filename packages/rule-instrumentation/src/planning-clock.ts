import { type Context, createContextKey } from '@opentelemetry/api';
import { createUnixClock, type UnixClock } from '@planscope/plan';

const CLOCK = createContextKey('planscope.rule-instrumentation.clock');

/**
 * The clock of the phase around, or a new one. Spans that are within one another are timed by one, so that a rule lies
 * within its phase also when the system's clock is set in the meantime.
 */
export function planningClock(otelContext: Context): UnixClock {
  return (otelContext.getValue(CLOCK) as UnixClock | undefined) ?? createUnixClock();
}

/** The context for what is timed by the clock. */
export function withPlanningClock(otelContext: Context, clock: UnixClock): Context {
  return otelContext.setValue(CLOCK, clock);
}
