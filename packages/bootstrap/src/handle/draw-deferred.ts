import { drawDeferredSpans, settleDeferredSpans } from '@planscope/semconv';

/**
 * Draws deferred spans, as soon as the reports that some of them wait for are there, and goes on within the same deadline.
 * Without such reports, they are drawn before this returns.
 *
 * @param next gets what is left of the deadline, in milliseconds
 */
export function afterDrawing<T>(deadlineMillis: number, next: (leftMillis: number) => Promise<T>): Promise<T> {
  const start = performance.now();
  const settled = settleDeferredSpans(deadlineMillis);
  const draw = (leftMillis: number): Promise<T> => {
    drawDeferredSpans();
    return next(leftMillis);
  };
  if (settled === undefined) return draw(deadlineMillis);
  return settled.then(() => draw(Math.max(0, deadlineMillis - (performance.now() - start))));
}
