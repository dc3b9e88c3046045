import type { DuckDBSession, FileOptions, InputBinding, RequestObserver } from '@planscope/duckdb';
import { type AnalyzerRule, type LogicalPlan, type PlanningContext, transformPlan, walkPlan } from '@planscope/plan';
import { canonicalHash } from '../identity/identities.ts';
import { callOptions } from '../input/input-objects.ts';
import {
  currentState,
  deltaFilesOf,
  hasStrongETag,
  type InputObject,
  type InputSource,
  objectState,
  uncheckedObjects,
} from '../input/input-source.ts';
import type { RunInputs } from '../input/run-inputs.ts';
import type { RunParameters } from '../input/run-parameters.ts';
import { pathInPlace, type Staging } from '../input/staging.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import type { Description, RecentlyUsed } from '../reuse/plan-cache.ts';
import type { PlanningRequests } from '../run/planning-requests.ts';
import { isTableFormat } from '../spec/execution-spec.ts';
import { SpecError, type SpecErrorCode } from '../spec/spec-error.ts';

/**
 * Finds the columns of every input and view. Files are opened only for their columns, and not at all if the columns are
 * known from an earlier run. For remote Parquet objects, only the footer of the first object is fetched, because DuckDB
 * takes the columns from it. CSV and JSON objects are fetched completely, because their columns depend on their rows,
 * unless DuckDB reads them itself.
 *
 * Fails if a file does not have its format, or if a query has an unknown column or a type error.
 */
export function resolveSchemas(means: SchemaMeans): AnalyzerRule {
  return {
    name: 'resolve_schemas',
    apply: async (plan, context) => withSchemas(plan, await describeAll(plan, { ...means, context })),
  };
}

/** What the rule needs to find columns. */
export interface SchemaMeans {
  readonly session: DuckDBSession;
  readonly staging: Staging;
  readonly inputs: RunInputs;
  readonly parameters: RunParameters;
  /** Descriptions from earlier runs by format and state of their objects; new ones are added. */
  readonly remembered: RecentlyUsed<Description> | undefined;
  /** Called with the number of bytes fetched from stores. */
  readonly noteBytes: (bytes: number) => void;
  /** Records the requests that DuckDB itself makes; undefined if they are not traced. */
  readonly requests: PlanningRequests | undefined;
  /** Whether the columns of a query depend only on its text and its relations. */
  readonly readsInputsOnly: (sql: string) => Promise<boolean>;
}

type Means = SchemaMeans & { readonly context: PlanningContext };

/** Number of views that are described in one statement; its time grows faster than their number. */
const VIEWS_TOGETHER = 16;

async function describeAll(plan: LogicalPlan, means: Means): Promise<Map<LogicalPlan, Description>> {
  const nodes = [...walkPlan(plan, 'children-first')];
  const found = new Map<LogicalPlan, Description>();
  const relations = nodes.filter((node) => node instanceof RelationNode);
  const asked = new Map<string, Promise<Description>>();
  const descriptions = relations.map((node) => {
    const key = canonicalHash([node.format, ...tableKey(node), ...objectsWithColumns(node).map(objectState)]);
    const description = asked.get(key) ?? describeRelation(node, key, means);
    asked.set(key, description);
    return description;
  });
  // Wait for all, so that no work outlives its phase and the error does not depend on timing.
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

/** What identifies the columns of a table besides its objects. */
function tableKey({ table, location, source }: RelationNode): (string | number | null)[] {
  return source?.table === undefined ? [] : [location, table ?? null, source.table.version];
}

/** @param key format and state of the objects that determine the columns */
async function describeRelation(node: RelationNode, key: string, means: Means): Promise<Description> {
  const { inputs: runInputs, remembered, session } = means;
  const known = remembered?.get(key);
  if (known !== undefined) return known;
  const input = await columnSource(node, means);
  const description = await attempt('unreadable-input', `${node.field}.location`, async () => {
    const query = { sql: `FROM "${input.name}"`, inputs: [input] };
    const { schema, columns, inputs } = await session.describe(query, isRemote(input) ? observer(means) : undefined);
    return { schema, columns, ...readingOptions(node, inputs) };
  });
  if (remembered === undefined) return description;
  if (await areUnchanged(node, means)) remembered.set(key, description);
  else runInputs.changed = true;
  return description;
}

/** Whether DuckDB may make requests for the columns of an input. The files of a table can be in another place than it. */
function isRemote(input: InputBinding): boolean {
  return 'table' in input || ('paths' in input && input.paths.some((path) => path.includes('://')));
}

function observer({ requests, context }: Means): RequestObserver | undefined {
  return requests?.(context);
}

/** The observer for the requests that views cause by what they read besides their relations, if they do. */
async function viewObserver(views: readonly ViewNode[], means: Means): Promise<RequestObserver | undefined> {
  if (means.requests === undefined) return undefined;
  const known = await Promise.all(views.map(({ sql }) => means.readsInputsOnly(sql)));
  return known.every(Boolean) ? undefined : observer(means);
}

/** Whether the objects that DuckDB itself opened for their columns are unchanged. For others, the fetch checks this. */
async function areUnchanged(node: RelationNode, { context }: Means): Promise<boolean> {
  const objects = objectsWithColumns(node);
  const opened = node.source === undefined ? [] : uncheckedObjects({ ...node.source, objects }, node.format);
  const states = await Promise.all(opened.map((object) => currentState(object, callOptions(context))));
  return opened.every((object, index) => states[index] === objectState(object));
}

/** The objects that determine the columns of an input. For Parquet, DuckDB uses only the first file. */
function objectsWithColumns({ format, source }: RelationNode): readonly InputObject[] {
  const objects = source?.objects ?? [];
  return format === 'parquet' ? objects.slice(0, 1) : objects;
}

/**
 * Describes views in one statement; empty if one of them cannot be planned. Separate statements then show which one.
 */
async function describeTogether(
  views: readonly ViewNode[],
  found: ReadonlyMap<LogicalPlan, Description>,
  means: Means,
): Promise<readonly Description[]> {
  const { session, parameters } = means;
  const last = views.at(-1);
  if (last === undefined) return [];
  const below = new Set(views.flatMap(({ children }) => children));
  const inputs = [...below].flatMap((node) => columnBindings(node, found));
  const query = {
    sql: `FROM "${last.viewName}"`,
    references: [],
    inputs,
    parameters: parameters.bound,
    describeViews: true,
  };
  const sources = views.map(({ viewName, sql, references }) => ({
    name: viewName,
    sql,
    ...(references === undefined ? {} : { references }),
  }));
  const observe = await viewObserver(views, means);
  const described = await session.describe({ ...query, views: sources }, observe).catch(() => undefined);
  return described?.views ?? [];
}

async function describeView(
  view: ViewNode,
  found: ReadonlyMap<LogicalPlan, Description>,
  means: Means,
): Promise<Description> {
  const { sql, references, field, children } = view;
  const { session, parameters } = means;
  const inputs = children.flatMap((child) => columnBindings(child, found));
  const observe = await viewObserver([view], means);
  return attempt('invalid-sql', `${field}.sql`, () =>
    session.describe({ sql, references, inputs, parameters: parameters.bound }, observe),
  );
}

async function columnSource(node: RelationNode, means: Means): Promise<InputBinding> {
  const { format, source } = node;
  const name = firstName(node);
  if (isTableFormat(format)) return tableBinding(name, source);
  return { name, format, paths: await pathsForColumns(node, means) };
}

function tableBinding(name: string, source: InputSource | undefined): InputBinding {
  if (source?.table?.table !== undefined) return { name, table: source.table.table };
  const delta = source && deltaFilesOf(source);
  if (delta !== undefined) return { name, columns: delta.columns };
  throw new Error(`[planscope/engine] the table of the input "${name}" is not resolved`);
}

async function pathsForColumns(node: RelationNode, { staging, noteBytes, context }: Means): Promise<string[]> {
  const options = { ...callOptions(context), onBytes: noteBytes };
  const objects = objectsWithColumns(node);
  if (node.format === 'parquet') return Promise.all(objects.map((object) => staging.fetchFooter(object, options)));
  if (node.source?.access.way === 'direct') return objects.map(({ url }) => url);
  return (await staging.fetch(objects, options)).map(({ path }) => path);
}

/** The columns of a node under its names; empty for a node of the group that is being described. */
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
  // From the top down, because replacing a child first would create a new parent, which is not in the map.
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

/**
 * The options with which DuckDB read the described input. They are omitted if a later fetch could return other bytes
 * for the same state, because those could need other options.
 */
function readingOptions(
  { source }: RelationNode,
  [input]: readonly InputBinding[],
): { readonly options?: FileOptions } {
  if (input === undefined || !('options' in input) || input.options === undefined) return {};
  const isSafe = source?.objects.every((object) => pathInPlace(object) !== undefined || hasStrongETag(object));
  return isSafe ? { options: input.options } : {};
}
