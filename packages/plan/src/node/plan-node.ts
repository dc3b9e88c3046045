import { FIELD_DETAIL, nodeFieldDefinition, type TextKind } from '@planscope/semconv';

/**
 * The common interface of logical and physical plans, for functions that work on both.
 *
 * @typeParam Node the kind of plan itself
 */
export interface PlanNode<Node extends PlanNode<Node>> {
  readonly name: string;
  readonly children: readonly Node[];
  withNewChildren(children: readonly Node[]): Node;
  describe(): readonly NodeField[];
}

/** One field of the description of a node: a filter, a join type, a table. */
export interface NodeField {
  /**
   * Lower case with underscores, unique within the node. `NODE_FIELDS` of `@planscope/semconv` lists those with a fixed
   * meaning, such as `filter`, `join_type`, `join_keys`, `group_keys`, `table` and `files`.
   */
  readonly key: string;
  /** One text, or a list of texts. It may contain literals. */
  readonly text: string | readonly string[];
  /** Kind of the text, by which recorders redact it. */
  readonly kind: TextKind;
}

/** The part of a node that its line shows. */
export interface DescribedNode {
  readonly name: string;
  describe(): readonly NodeField[];
}

/** Formats the text of a field. */
export type FieldRenderer = (field: NodeField) => NodeField['text'];

/**
 * A node in one line: `HashJoinExec: join_type=INNER, join_keys=[a = b, c = d]`. Fields without text are omitted, and
 * line breaks become spaces.
 *
 * @param show default: the unchanged text of the field, including literals
 */
export function describeNode(node: DescribedNode, show: FieldRenderer = ({ text }) => text): string {
  const parts = node.describe().flatMap((field) => {
    const text = field.text.length === 0 ? '' : show(field);
    if (text.length === 0) return [];
    const value = typeof text === 'string' ? oneLine(text) : `[${text.map(oneLine).join(', ')}]`;
    return field.key === FIELD_DETAIL ? value : `${field.key}=${value}`;
  });
  return parts.length === 0 ? node.name : `${node.name}: ${parts.join(', ')}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ').trim();
}

/** Redacts texts by kind; created by `createTextsByKind` of `@planscope/redaction`. */
export interface FieldTexts<Options extends object = object> {
  text(kind: TextKind, text: string, options?: Options & { readonly comparesColumns?: boolean }): string;
  list(kind: TextKind, texts: readonly string[], options?: Options & { readonly comparesColumns?: boolean }): string[];
}

/**
 * Formats fields of nodes with their data redacted.
 *
 * @param options placeholders and names to keep, for all texts
 */
export function fieldRenderer<Options extends object>(texts: FieldTexts<Options>, options: Options): FieldRenderer {
  return ({ key, text, kind }) => {
    const comparesColumns = nodeFieldDefinition(key)?.comparesColumns ?? false;
    const rules = { ...options, comparesColumns };
    return typeof text === 'string' ? texts.text(kind, text, rules) : texts.list(kind, text, rules);
  };
}

/**
 * Checks that the number of children is that of the node: the first line of most `withNewChildren` methods. The
 * argument then has the type of the node's children, so that `children[0]` of a node with one child is a plan.
 *
 * @throws RangeError
 */
export function expectChildCount<Children extends readonly unknown[]>(
  node: { readonly name: string; readonly children: Children },
  given: readonly unknown[],
): asserts given is Children {
  if (given.length === node.children.length) return;
  throw new RangeError(
    `[planscope/plan] ${node.name} takes ${node.children.length} children in withNewChildren, was given ${given.length}`,
  );
}
