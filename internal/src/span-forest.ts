/** A span with the spans below it. */
export interface SpanNode<Span> {
  readonly span: Span;
  readonly children: readonly SpanNode<Span>[];
}

/** The ids that place a span in its trace; a root has no parent id, or an empty one. */
export interface SpanPlace {
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
}

/**
 * Arranges spans by parent: each is in the forest once, and one whose parent is not among them is a root. Roots and
 * siblings keep the order of `spans`, so sort these first. Spans whose parents form a cycle are in no tree.
 */
export function spanForest<Span>(spans: readonly Span[], placeOf: (span: Span) => SpanPlace): SpanNode<Span>[] {
  const nodes = spans.map((span) => ({ span, place: placeOf(span), children: [] as SpanNode<Span>[] }));
  const byId = new Map(nodes.map((node) => [node.place.spanId, node]));
  const roots: SpanNode<Span>[] = [];
  for (const { span, place, children } of nodes) {
    const parent = place.parentSpanId ? byId.get(place.parentSpanId) : undefined;
    (parent?.children ?? roots).push({ span, children });
  }
  return roots;
}
