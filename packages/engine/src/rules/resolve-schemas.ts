import type { ColumnDescription, DuckDBSession, InputBinding, QueryDescription } from '@planscope/duckdb';
import { type AnalyzerRule, type LogicalPlan, type PlanningContext, transformPlan, walkPlan } from '@planscope/plan';
import type { Staging } from '../input/staging.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { SpecError, type SpecErrorCode } from '../spec/spec-error.ts';

/**
 * Finds the columns of every input and view. Files are opened for their columns alone. Of a remote Parquet object only the
 * footer is fetched, and of several only that of the first, which is where DuckDB takes the columns from. The columns of CSV
 * and JSON follow from the rows: such objects are fetched whole.
 *
 * Fails on a file that is not of its format, and on a query with an unknown column or a type error.
 *
 * @param noteBytes told of bytes that come from stores for it
 */
export function resolveSchemas(
  session: DuckDBSession,
  staging: Staging,
  noteBytes: (bytes: number) => void,
): AnalyzerRule {
  return {
    name: 'resolve_schemas',
    apply: async (plan, context) => {
      const described = new Map<LogicalPlan, QueryDescription>();
      for (const node of walkPlan(plan, 'children-first')) {
        const description = await describe(node, described, { session, staging, noteBytes, context });
        if (description !== undefined) described.set(node, description);
      }
      return withSchemas(plan, described);
    },
  };
}

interface Means {
  readonly session: DuckDBSession;
  readonly staging: Staging;
  readonly noteBytes: (bytes: number) => void;
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

async function fileBinding(node: RelationNode, means: Means): Promise<InputBinding> {
  return { name: nameOf(node), format: node.format, paths: await pathsForColumns(node, means) };
}

async function pathsForColumns(node: RelationNode, { staging, noteBytes, context }: Means): Promise<string[]> {
  const { signal, otelContext, budget } = context;
  const options = { signal, otelContext, budget, onBytes: noteBytes };
  const objects = node.source?.objects ?? [];
  const [first] = objects;
  if (node.format === 'parquet' && first !== undefined) return [await staging.fetchFooter(first, options)];
  return (await staging.fetch(objects, options)).map(({ path }) => path);
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
