import { expect, it } from 'vitest';
import { type SpanNode, type SpanPlace, spanForest } from './span-forest.ts';

const span = (spanId: string, parentSpanId?: string): SpanPlace => ({ spanId, parentSpanId });
const forest = (...spans: SpanPlace[]): string =>
  spanForest(spans, (place) => place)
    .map(render)
    .join(' ');
const render = ({ span: { spanId }, children }: SpanNode<SpanPlace>): string =>
  children.length === 0 ? spanId : `${spanId}(${children.map(render).join(' ')})`;

it('puts spans below their parents, in the order of the list', () => {
  expect(forest(span('c', 'b'), span('b', 'a'), span('d', 'a'), span('a'), span('e', 'b'))).toBe('a(b(c e) d)');
});

it('takes a span for a root that has no parent, an empty one, or one that is not in the list', () => {
  expect(forest(span('a'), span('b', ''), span('c', 'elsewhere'), span('d', 'c'))).toBe('a b c(d)');
});

it('arranges a chain that is deeper than the stack', () => {
  const chain = Array.from({ length: 50_000 }, (_, index) => span(`${index}`, `${index - 1}`));
  let [node] = spanForest(chain.toReversed(), (place) => place);
  let depth = 0;
  for (; node !== undefined; [node] = node.children) depth += 1;
  expect(depth).toBe(50_000);
});

it('holds each of two spans with one identity once', () => {
  expect(forest(span('a'), span('b', 'a'), span('b', 'a'), span('c', 'b'))).toBe('a(b b(c))');
});
