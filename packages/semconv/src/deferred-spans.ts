// One set for every copy of this package in a process.
const key = Symbol.for('planscope.deferred-spans');
const holder = globalThis as { [key]?: Set<() => void> };
holder[key] ??= new Set();
const deferred: Set<() => void> = holder[key];

/**
 * Registers a function that ends, at once, all spans that are put off until the program has gone on.
 *
 * @param draw never throws
 */
export function deferSpans(draw: () => void): void {
  deferred.add(draw);
}

/** Ends the spans that were put off. To be called before a pipeline is flushed or shut down. */
export function drawDeferredSpans(): void {
  for (const draw of deferred) draw();
}
