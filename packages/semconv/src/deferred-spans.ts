// All copies of this package in a process share one set.
const key = Symbol.for('planscope.deferred-spans');
const holder = globalThis as { [key]?: Set<() => void> };
holder[key] ??= new Set();
const deferred: Set<() => void> = holder[key];

/**
 * Registers a function that starts and ends all its deferred spans.
 *
 * @param draw must not throw
 */
export function deferSpans(draw: () => void): void {
  deferred.add(draw);
}

/** Starts and ends all deferred spans. Call it before a pipeline is flushed or shut down. */
export function drawDeferredSpans(): void {
  for (const draw of deferred) draw();
}
