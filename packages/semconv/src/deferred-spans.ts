// All copies of this package in a process share one set.
const key = Symbol.for('planscope.deferred-spans');
const holder = globalThis as { [key]?: Set<() => void> };
holder[key] ??= new Set();
const deferred: Set<() => void> = holder[key];

/**
 * Registers a function that makes and ends all deferred spans at once.
 *
 * @param draw must not throw
 */
export function deferSpans(draw: () => void): void {
  deferred.add(draw);
}

/** Makes and ends all deferred spans. Call it before a pipeline is flushed or shut down. */
export function drawDeferredSpans(): void {
  for (const draw of deferred) draw();
}
