import type { TraceSpan } from '@planscope/run-model';
import type { RecordedSpan } from './recorded-span.ts';

// One program may load this package twice, as ESM and as CommonJS, to record with one and to draw with the other.
const key = Symbol.for('planscope.testing.start-order');
const holder = globalThis as { [key]?: { readonly sequence: WeakMap<object, number>; next: number } };
holder[key] ??= { sequence: new WeakMap(), next: 0 };
const order: NonNullable<(typeof holder)[typeof key]> = holder[key];

/** Remembers that this span was started after all the others so far: clocks are too coarse to order siblings by. */
export function noteStart(span: object): void {
  order.sequence.set(span, order.next);
  order.next += 1;
}

/** Orders spans as they were started; spans that no recorder saw are ordered by start time. */
export function byStart(left: RecordedSpan | TraceSpan, right: RecordedSpan | TraceSpan): number {
  const [first, second] = [order.sequence.get(left), order.sequence.get(right)];
  if (first !== undefined && second !== undefined) return first - second;
  return Number(startOf(left) - startOf(right));
}

/** Nanoseconds since the Unix epoch. */
function startOf(span: RecordedSpan | TraceSpan): bigint {
  if ('start' in span) return span.start;
  const [seconds, nanoseconds] = span.startTime;
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}
