import type { ColumnDescription, DuckDBSession, InputBinding, QueryDescription } from '@planscope/duckdb';
import { type AnalyzerRule, type LogicalPlan, type PlanningContext, transformPlan, walkPlan } from '@planscope/plan';
import type { Staging } from '../input/staging.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { SpecError, type SpecErrorCode } from '../spec/spec-error.ts';

/**
 * Finds the columns of every input and view. Files are opened for their columns alone; an object that is not on this
 * machine is fetched for it, since its columns are in its bytes.
 *
 * Fails on a file that is not of its format, and on a query with an unknown column or a type error.
 */
export function resolveSchemas(session: DuckDBSession, staging: Staging): AnalyzerRule {
  return {
    name: 'resolve_schemas',
    apply: async (plan, context) => {
      const described = new Map<LogicalPlan, QueryDescription>();
      for (const node of walkPlan(plan, 'children-first')) {
        const description = await describe(node, described, { session, staging, context });
        if (description !== undefined) described.set(node, description);
      }
      return withSchemas(plan, described);
    },
  };
}

interface Means {
  readonly session: DuckDBSession;
  readonly staging: Staging;
  readonly context: PlanningContext;
}

async function describe(
  node: LogicalPlan,
  described: ReadonlyMap<LogicalPlan, QueryDescription>,
  means: Means,
): Promise<QueryDescription | undefined> {
  if (node instanceof RelationNode) {
    const input = await fileBinding(node, means);
    return attempt('unreadable-input', `${node.field}.location`, () =>
      means.session.describe({ sql: `FROM "${input.name}"`, inputs: [input] }),
    );
  }
  if (!(node instanceof ViewNode)) return undefined;
  const inputs = node.children.flatMap((child) => columnBindings(child, described.get(child)?.columns ?? []));
  return attempt('invalid-sql', `${node.field}.sql`, () => means.session.describe({ sql: node.sql, inputs }));
}

async function fileBinding(node: RelationNode, { staging, context }: Means): Promise<InputBinding> {
  const { signal, otelContext, budget } = context;
  const objects = node.source?.objects ?? [];
  const files = await Promise.all(objects.map((object) => staging.fetch(object, { signal, otelContext, budget })));
  return { name: nameOf(node), format: node.format, paths: files.map(({ path }) => path) };
}

function columnBindings(node: LogicalPlan, columns: readonly ColumnDescription[]): InputBinding[] {
  const names = node instanceof RelationNode ? node.names : node instanceof ViewNode ? [node.viewName] : [];
  return names.map((name) => ({ name, columns }));
}

function nameOf(node: RelationNode): string {
  const [name] = node.names;
  if (name === undefined) throw new Error('[planscope/engine] a Relation has at least one name');
  return name;
}

async function attempt<T>(code: SpecErrorCode, field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SpecError(code, field, reason, { cause: error });
  }
}

function withSchemas(plan: LogicalPlan, described: ReadonlyMap<LogicalPlan, QueryDescription>): LogicalPlan {
  // From the top down, so that each node is still the one that was described.
  return transformPlan(
    plan,
    (node) => {
      const description = described.get(node);
      if (description === undefined || !(node instanceof RelationNode || node instanceof ViewNode)) return node;
      const { schema, columns } = description;
      return node.with({ schema, columns });
    },
    'down',
  );
}
