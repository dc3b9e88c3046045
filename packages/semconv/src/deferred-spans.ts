// All copies of this package in a process share one set of each kind.
const drawingKey = Symbol.for('planscope.deferred-spans');
const settlingKey = Symbol.for('planscope.settling-spans');
type Settle = () => Promise<void> | undefined;
const holder = globalThis as { [drawingKey]?: Set<() => void>; [settlingKey]?: Set<Settle> };
holder[drawingKey] ??= new Set();
holder[settlingKey] ??= new Set();
const drawing: Set<() => void> = holder[drawingKey];
const settling: Set<Settle> = holder[settlingKey];

/**
 * Registers a function that starts and ends all its deferred spans.
 *
 * @param draw must not throw
 * @param settle waits until more is known of them; undefined if nothing is expected. It must not reject
 */
export function deferSpans(draw: () => void, settle?: () => Promise<void> | undefined): void {
  drawing.add(draw);
  if (settle !== undefined) settling.add(settle);
}

/** Starts and ends all deferred spans. Call it before a pipeline is flushed or shut down. */
export function drawDeferredSpans(): void {
  for (const draw of drawing) draw();
}

/**
 * Waits until deferred spans can be drawn completely: an engine reports what it did after the query. Call it before
 * `drawDeferredSpans`.
 *
 * @param deadlineMillis longest time to wait. Default: 5,000
 * @returns undefined if nothing is expected
 */
export function settleDeferredSpans(deadlineMillis = 5_000): Promise<void> | undefined {
  const expected = [...settling].flatMap((settle) => settle() ?? []);
  if (expected.length === 0) return undefined;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMillis);
    void Promise.all(expected).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
