import { describe, expect, it } from 'vitest';
import { acrossCopies } from './across-copies.ts';

function copy(): { Node: new () => object; Other: new () => object; Sub: new () => object } {
  class Node {}
  class Other {}
  acrossCopies(Node, 'test.Node');
  acrossCopies(Other, 'test.Other');
  class Sub extends Node {}
  return { Node, Other, Sub };
}

describe('acrossCopies', () => {
  const [one, other] = [copy(), copy()];

  it('recognizes instances of another copy and of its subclasses', () => {
    expect(new one.Node()).toBeInstanceOf(other.Node);
    expect(new one.Sub()).toBeInstanceOf(other.Node);
  });

  it('recognizes nothing else', () => {
    for (const value of [new one.Other(), {}, null, undefined, 'Node', 1]) {
      expect(value instanceof other.Node).toBe(false);
    }
  });

  it('does not affect `instanceof` of subclasses', () => {
    expect(new one.Node()).not.toBeInstanceOf(one.Sub);
    expect(new one.Sub()).toBeInstanceOf(one.Sub);
  });
});
