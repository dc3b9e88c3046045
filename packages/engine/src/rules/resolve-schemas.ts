import type { ColumnDescription, DuckDBSession, FileOptions, InputBinding } from '@planscope/duckdb';
import { type AnalyzerRule, type LogicalPlan, type PlanningContext, transformPlan, walkPlan } from '@planscope/plan';
import type { Schema } from 'apache-arrow';
import { canonicalHash } from '../identity/hash.ts';
import { type InputObject, objectState } from '../input/input-source.ts';
import type { Staging } from '../input/staging.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import type { RecentlyUsed } from '../reuse/recently-used.ts';
import { SpecError, type SpecErrorCode } from '../spec/spec-error.ts';

/**
 * Finds the columns of every input and view. Files are opened for their columns alone, and not where an earlier run knows
 * those. Of a remote Parquet object only the footer is fetched, and of several only that of the first, which is where DuckDB
 * takes the columns from. The columns of CSV and JSON follow from the rows: such objects are fetched whole.
 *
 * Fails on a file that is not of its format, and on a query with an unknown column or a type error.
 */
export function resolveSchemas(means: SchemaMeans): AnalyzerRule {
  return {
    name: 'resolve_schemas',
    apply: async (plan, context) => withSchemas(plan, await describeAll(plan, { ...means, context })),
  };
}

/** The columns of an input or view. */
export interface Description {
  readonly schema: Schema;
  readonly columns: readonly ColumnDescription[];
  /** How the files of an input are read. */
  readonly options?: FileOptions;
}

/** What columns are found out with. */
export interface SchemaMeans {
  readonly session: DuckDBSession;
  readonly staging: Staging;
  /** What earlier runs know of inputs, by what tells their objects from others; takes what is found out. */
  readonly remembered: RecentlyUsed<Description> | undefined;
  /** Told of bytes that come from stores for it. */
  readonly noteBytes: (bytes: number) => void;
}

type Means = SchemaMeans & { readonly context: PlanningContext };

/** What it takes to plan views by one statement grows faster than their number. */
const VIEWS_TOGETHER = 16;

async function describeAll(plan: LogicalPlan, means: Means): Promise<Map<LogicalPlan, Description>> {
  const nodes = [...walkPlan(plan, 'children-first')];
  const found = new Map<LogicalPlan, Description>();
  const relations = nodes.filter((node) => node instanceof RelationNode);
  const asked = new Map<string, Promise<Description>>();
  const descriptions = relations.map((node) => {
    const key = canonicalHash([node.format, ...objectsWithColumns(node).map(objectState)]);
    const description = asked.get(key) ?? describeRelation(node, key, means);
    asked.set(key, description);
    return description;
  });
  // Nothing of a phase goes on after its end, and which error is thrown does not depend on which comes first.
  await Promise.allSettled(descriptions);
  for (const [index, node] of relations.entries()) found.set(node, await (descriptions[index] as Promise<Description>));
  const views = nodes.filter((node) => node instanceof ViewNode);
  for (let at = 0; at < views.length; at += VIEWS_TOGETHER) {
    const group = views.slice(at, at + VIEWS_TOGETHER);
    const together = group.length < 2 ? [] : await describeTogether(group, found, means);
    for (const [index, node] of group.entries()) {
      found.set(node, together[index] ?? (await describeView(node, found, means)));
    }
  }
  return found;
}

/** @param key what tells the input from others, and from what it was before */
async function describeRelation(node: RelationNode, key: string, means: Means): Promise<Description> {
  const known = means.remembered?.get(key);
  if (known !== undefined) return known;
  const input = await fileBinding(node, means);
  const description = await attempt('unreadable-input', `${node.field}.location`, async () => {
    const { schema, columns, inputs } = await means.session.describe({ sql: `FROM "${input.name}"`, inputs: [input] });
    return { schema, columns, ...readingOptions(inputs) };
  });
  means.remembered?.set(key, description);
  return description;
}

/** The objects that the columns of an input follow from: of Parquet DuckDB takes those of the first file. */
function objectsWithColumns({ format, source }: RelationNode): readonly InputObject[] {
  const objects = source?.objects ?? [];
  return format === 'parquet' ? objects.slice(0, 1) : objects;
}

/** Views by one statement; none of them where one cannot be planned, which is then found by itself. */
async function describeTogether(
  views: readonly ViewNode[],
  found: ReadonlyMap<LogicalPlan, Description>,
  { session }: Means,
): Promise<readonly Description[]> {
  const last = views.at(-1);
  if (last === undefined) return [];
  const below = new Set(views.flatMap(({ children }) => children));
  const inputs = [...below].flatMap((node) => columnBindings(node, found));
  const query = { sql: `FROM "${last.viewName}"`, references: [], inputs, describeViews: true };
  const sources = views.map(({ viewName, sql, references }) => ({
    name: viewName,
    sql,
    ...(references === undefined ? {} : { references }),
  }));
  const described = await session.describe({ ...query, views: sources }).catch(() => undefined);
  return described?.views ?? [];
}

async function describeView(
  { sql, references, field, children }: ViewNode,
  found: ReadonlyMap<LogicalPlan, Description>,
  { session }: Means,
): Promise<Description> {
  const inputs = children.flatMap((child) => columnBindings(child, found));
  return attempt('invalid-sql', `${field}.sql`, () => session.describe({ sql, references, inputs }));
}

async function fileBinding(node: RelationNode, means: Means): Promise<InputBinding> {
  return { name: firstName(node), format: node.format, paths: await pathsForColumns(node, means) };
}

async function pathsForColumns(node: RelationNode, { staging, noteBytes, context }: Means): Promise<string[]> {
  const { signal, otelContext, budget } = context;
  const options = { signal, otelContext, budget, onBytes: noteBytes };
  const objects = objectsWithColumns(node);
  if (node.format === 'parquet') return Promise.all(objects.map((object) => staging.fetchFooter(object, options)));
  return (await staging.fetch(objects, options)).map(({ path }) => path);
}

/** Nothing for a node that is described only now. */
function columnBindings(node: LogicalPlan, found: ReadonlyMap<LogicalPlan, Description>): InputBinding[] {
  const columns = found.get(node)?.columns;
  if (columns === undefined) return [];
  const names = node instanceof RelationNode ? node.names : node instanceof ViewNode ? [node.viewName] : [];
  return names.map((name) => ({ name, columns }));
}

function firstName({ names: [name] }: RelationNode): string {
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

function withSchemas(plan: LogicalPlan, described: ReadonlyMap<LogicalPlan, Description>): LogicalPlan {
  // From the top down, so that each node is still the one that was described.
  return transformPlan(
    plan,
    (node) => {
      const description = described.get(node);
      if (description === undefined || !(node instanceof RelationNode || node instanceof ViewNode)) return node;
      const { schema, columns, options } = description;
      if (node instanceof ViewNode) return node.with({ schema, columns });
      return node.with({ schema, columns, ...(options === undefined ? {} : { options }) });
    },
    'down',
  );
}

/** How DuckDB was told to read the one input that was described. */
function readingOptions([input]: readonly InputBinding[]): { readonly options?: FileOptions } {
  return input !== undefined && 'options' in input && input.options !== undefined ? { options: input.options } : {};
}
