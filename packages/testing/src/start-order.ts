import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

const sequence = new WeakMap<object, number>();
let next = 0;

/** Remembers that this span was started after all the others so far: clocks are too coarse to order siblings by. */
export function noteStart(span: object): void {
  sequence.set(span, next);
  next += 1;
}

/** Orders spans as they were started; spans no recorder saw come in the order of their start times. */
export function byStart(left: ReadableSpan, right: ReadableSpan): number {
  const [first, second] = [sequence.get(left), sequence.get(right)];
  if (first !== undefined && second !== undefined) return first - second;
  return left.startTime[0] - right.startTime[0] || left.startTime[1] - right.startTime[1];
}
