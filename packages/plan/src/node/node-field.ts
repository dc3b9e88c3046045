import type { TextKind } from '@planscope/semconv';

/** One thing that a node says of itself: a filter, a join type, a table. */
export interface NodeField {
  /**
   * Lower case with underscores, unique within the node. `NODE_FIELDS` of `@planscope/semconv` lists those with a fixed
   * meaning, such as `filter`, `join_type`, `join_keys`, `group_keys`, `table` and `files`.
   */
  readonly key: string;
  /** One text, or a list of them; it may hold literals. */
  readonly text: string | readonly string[];
  /** What the text is; whoever records it redacts it by this. */
  readonly kind: TextKind;
}
