import type { TableReference } from '@planscope/duckdb';
import type { AnalyzerRule, LogicalPlan } from '@planscope/plan';
import { sqlIdentifiers } from '@planscope/redaction';
import { OutputNode } from '../logical/output-node.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { SpecNode, UnresolvedNode } from '../logical/spec-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { SpecError } from '../spec/spec-error.ts';

/**
 * Returns the relations that a query refers to.
 *
 * @throws if the text is not one SELECT statement
 */
export type ReferenceReader = (sql: string) => Promise<readonly TableReference[]>;

/**
 * Replaces every name by its definition. Definitions that nothing refers to remain children of the specification.
 *
 * Fails if a query cannot be parsed, a name is not defined, or views form a cycle.
 */
export function resolveNames(readReferences: ReferenceReader): AnalyzerRule {
  return {
    name: 'resolve_names',
    apply: async (plan) => (plan instanceof SpecNode ? new NameResolution(plan, readReferences).resolve() : plan),
  };
}

class NameResolution {
  readonly #spec: SpecNode;
  readonly #readReferences: ReferenceReader;
  readonly #definitions = new Map<string, RelationNode | ViewNode>();
  readonly #resolved = new Map<string, LogicalPlan>();
  readonly #referred = new Set<string>();

  constructor(spec: SpecNode, readReferences: ReferenceReader) {
    this.#spec = spec;
    this.#readReferences = readReferences;
    for (const child of spec.children) {
      if (child instanceof RelationNode)
        for (const name of child.names) this.#definitions.set(name.toLowerCase(), child);
      if (child instanceof ViewNode) this.#definitions.set(child.viewName.toLowerCase(), child);
    }
  }

  async resolve(): Promise<SpecNode> {
    const children: LogicalPlan[] = [];
    for (const child of this.#spec.children) children.push(await this.#child(child));
    const unused = (node: LogicalPlan): boolean => ![...this.#names(node)].some((name) => this.#referred.has(name));
    return this.#spec.withNewChildren(children.filter((child) => child instanceof OutputNode || unused(child)));
  }

  async #child(child: LogicalPlan): Promise<LogicalPlan> {
    if (child instanceof OutputNode && child.children[0] instanceof UnresolvedNode) {
      return child.withNewChildren([await this.#lookUp(child.children[0].relation, `${child.field}.from`, [])]);
    }
    const [name] = this.#names(child);
    return name === undefined ? child : this.#define(name, []);
  }

  /**
   * @param path the views being resolved, outermost first
   * @param sql the query that refers to the relation; undefined for the `from` of an output
   */
  async #lookUp(relation: string, field: string, path: readonly string[], sql?: string): Promise<LogicalPlan> {
    const name = relation.toLowerCase();
    if (!this.#definitions.has(name)) throw this.#unknown(asWritten(relation, sql), field);
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(' → ');
      throw new SpecError('view-cycle', field, `the views form a cycle: ${circle}`);
    }
    this.#referred.add(name);
    return this.#define(name, path);
  }

  async #define(name: string, path: readonly string[]): Promise<LogicalPlan> {
    const done = this.#resolved.get(name);
    if (done !== undefined) return done;
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw this.#unknown(name, 'spec');
    const resolved = definition instanceof ViewNode ? await this.#view(definition, [...path, name]) : definition;
    this.#resolved.set(name, resolved);
    return resolved;
  }

  async #view(view: ViewNode, path: readonly string[]): Promise<ViewNode> {
    const field = `${view.field}.sql`;
    const references = await this.#references(view.sql, field);
    const children: LogicalPlan[] = [];
    for (const { name } of references) {
      const child = await this.#lookUp(name, field, path, view.sql);
      if (!children.includes(child)) children.push(child);
    }
    return view.with({ children, references });
  }

  async #references(sql: string, field: string): Promise<readonly TableReference[]> {
    try {
      return await this.#readReferences(sql);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SpecError('invalid-sql', field, reason, { cause: error });
    }
  }

  #unknown(relation: string, field: string): SpecError {
    const known = [...this.#definitions.keys()].sort().join(', ');
    const remedy = known === '' ? 'the specification defines none' : `use one of ${known}`;
    return new SpecError('unknown-relation', field, `there is no input or view "${relation}"; ${remedy}`);
  }

  #names(node: LogicalPlan): readonly string[] {
    if (node instanceof RelationNode) return node.names.map((name) => name.toLowerCase());
    return node instanceof ViewNode ? [node.viewName.toLowerCase()] : [];
  }
}

/** A relation that a query names by a literal, as in `FROM 'x.csv'`, keeps its quotes, so that traces redact it. */
function asWritten(relation: string, sql: string | undefined): string {
  const literal = `'${relation}'`;
  return sql?.includes(literal) === true && !sqlIdentifiers(sql).includes(relation) ? literal : relation;
}
