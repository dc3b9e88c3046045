import { type DuckDBSession, isTreeNode, type TreeNode, type TreeValue } from '@planscope/duckdb';
import { type LogicalPlan, walkPlan } from '@planscope/plan';
import type { DeltaTableFiles } from '../input/input-source.ts';
import { OutputNode } from '../logical/output-node.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { entriesOf, type SyntaxReader } from '../sql/walk-syntax.ts';
import type { DeltaFile } from './delta-actions.ts';
import { partitionValue } from './partition-values.ts';

/** What pruning needs. */
export interface PruningMeans {
  readonly session: DuckDBSession;
  readonly readSyntax: SyntaxReader;
}

/**
 * The files of a Delta table that a plan may need, by the values of the partition columns. A file is left out only if
 * every query over the table excludes its rows with a WHERE clause of its own. Conditions are evaluated by DuckDB.
 */
export async function prunedFiles(
  relation: RelationNode,
  table: DeltaTableFiles,
  plan: LogicalPlan,
  means: PruningMeans,
): Promise<readonly DeltaFile[]> {
  const { files, metadata } = table.snapshot;
  if (metadata.partitionColumns.length === 0 || files.length === 0) return files;
  const columns = new Set(metadata.partitionColumns.map(lower));
  const own: string[] = [];
  for (const filter of relation.filters) {
    own.push(
      ...(await textsOn(relation, `FROM ${quoted(relation.names[0] ?? '', '"')} WHERE (${filter}\n)`, columns, means)),
    );
  }
  const byQuery = await queryConditions(relation, plan, columns, means);
  let kept = files;
  for (const condition of [...own, ...byQuery]) kept = await matching(kept, condition, table, means.session);
  return kept;
}

/** Conditions of which each must hold for every row that any query over the input uses. */
async function queryConditions(
  relation: RelationNode,
  plan: LogicalPlan,
  columns: ReadonlySet<string>,
  means: PruningMeans,
): Promise<string[]> {
  const alternatives: string[] = [];
  for (const node of walkPlan(plan)) {
    if (!node.children.includes(relation)) continue;
    // An output of the input itself needs all rows, and so may a node of the program.
    if (node instanceof OutputNode || !(node instanceof ViewNode)) return [];
    const texts = await textsOn(relation, node.sql, columns, means);
    if (texts.length === 0) return [];
    alternatives.push(texts.map((text) => `(${text})`).join(' AND '));
  }
  return alternatives.length === 0 ? [] : [alternatives.map((text) => `(${text})`).join(' OR ')];
}

/** The conjuncts of the WHERE clause of a query that have only partition columns of an input, as SQL. */
async function textsOn(
  relation: RelationNode,
  sql: string,
  columns: ReadonlySet<string>,
  { readSyntax, session }: PruningMeans,
): Promise<string[]> {
  const conjuncts = conditionsOn(relation, await readSyntax(sql), columns);
  return Promise.all(conjuncts.map((conjunct) => textOf(conjunct, session)));
}

/** Name of the number of a file, which no partition column has. */
const NUMBER = '"planscope file"';

/** The files whose partition values meet a condition. */
async function matching(
  files: readonly DeltaFile[],
  condition: string,
  { snapshot, columns }: DeltaTableFiles,
  session: DuckDBSession,
): Promise<readonly DeltaFile[]> {
  const typed = columns.filter(({ name }) => snapshot.metadata.partitionColumns.includes(name));
  // By position, because a name may look like a path to DuckDB.
  const list = typed.map(({ name, type }, index) => `CAST(row->>${index} AS ${type}) AS ${quoted(name, '"')}`);
  const rows = files.map((file) => typed.map((column) => partitionValue(file, column)));
  const sql = `SELECT ${NUMBER} FROM (
      SELECT ${NUMBER}, ${list.join(', ')} FROM (
        SELECT unnest(range(${files.length})) AS ${NUMBER},
          unnest(json_extract(${quoted(JSON.stringify(rows), "'")}, '$[*]')) AS row
      )
    ) WHERE ${condition}`;
  try {
    const kept = new Set((await session.rows({ sql, references: [] })).map(([number]) => Number(number)));
    return files.filter((_, index) => kept.has(index));
  } catch {
    // A value that does not have the type of its column fails when it is read, with a better message.
    return files;
  }
}

function quoted(text: string, quote: '"' | "'"): string {
  return quote + text.replaceAll(quote, quote + quote) + quote;
}

/** The conjuncts of a WHERE clause that have only partition columns of one input. */
function conditionsOn(relation: RelationNode, statement: TreeNode, columns: ReadonlySet<string>): TreeNode[] {
  const { node } = statement;
  if (!isTreeNode(node) || node.type !== 'SELECT_NODE' || !isTreeNode(node.where_clause)) return [];
  const tables = joinedTables(node.from_table);
  const names = new Set(relation.names.map(lower));
  const places = tables?.filter(({ table }) => names.has(table)) ?? [];
  const [place] = places;
  if (tables === undefined || place === undefined || places.length > 1 || hasOther(statement, names)) return [];
  const isOn = (path: readonly string[]): boolean => {
    const [column = '', qualifier] = [...path].reverse().map(lower);
    if (!columns.has(column) || path.length > 2) return false;
    return qualifier === undefined ? tables.length === 1 : qualifier === place.alias;
  };
  return conjunctsOf(node.where_clause)
    .map((conjunct) => simplified(conjunct, isOn))
    .filter((conjunct) => conjunct !== undefined);
}

/** Whether the statement names the input again, for example in a subquery. */
function hasOther(statement: TreeNode, names: ReadonlySet<string>): boolean {
  let count = 0;
  const visit = (value: TreeValue | undefined): void => {
    if (Array.isArray(value)) for (const entry of value) visit(entry);
    else if (value !== undefined && isTreeNode(value)) {
      if (value.type === 'BASE_TABLE' && names.has(lower(String(value.table_name)))) count += 1;
      for (const part of Object.values(value)) visit(part);
    }
  };
  visit(statement);
  return count !== 1;
}

interface NamedTable {
  readonly table: string;
  readonly alias: string;
}

/** The tables of a FROM clause; undefined if it has anything but tables and joins. */
function joinedTables(from: TreeValue | undefined): NamedTable[] | undefined {
  if (from === undefined || !isTreeNode(from)) return undefined;
  if (from.type === 'BASE_TABLE') {
    const table = lower(String(from.table_name));
    const alias = typeof from.alias === 'string' && from.alias !== '' ? lower(from.alias) : table;
    return [{ table, alias }];
  }
  if (from.type !== 'JOIN') return undefined;
  const [left, right] = [joinedTables(from.left), joinedTables(from.right)];
  return left && right && [...left, ...right];
}

function conjunctsOf(node: TreeNode): TreeNode[] {
  if (node.type !== 'CONJUNCTION_AND') return [node];
  const found: TreeNode[] = [];
  for (const child of entriesOf(node.children)) if (isTreeNode(child)) found.push(...conjunctsOf(child));
  return found;
}

/** Comparisons that no null passes: without this, a row that an outer join fills with nulls could pass. */
const COMPARISONS: ReadonlySet<unknown> = new Set([
  'COMPARE_EQUAL',
  'COMPARE_NOTEQUAL',
  'COMPARE_LESSTHAN',
  'COMPARE_GREATERTHAN',
  'COMPARE_LESSTHANOREQUALTO',
  'COMPARE_GREATERTHANOREQUALTO',
  'COMPARE_IN',
  'COMPARE_BETWEEN',
  'CONJUNCTION_AND',
  'CONJUNCTION_OR',
]);

/** The place of a node in its text. "None" is too large for a number of JavaScript, and the place does not matter. */
const LOCATION = 'query_location';

/**
 * A condition without the names of tables; undefined if it has anything but comparisons of permitted columns with
 * constants.
 */
function simplified(node: TreeNode, isOn: (path: readonly string[]) => boolean): TreeNode | undefined {
  let isSimple = true;
  const copy = (value: TreeValue): TreeValue => {
    if (Array.isArray(value)) return value.map(copy);
    if (!isTreeNode(value)) return value;
    const kind = value.class;
    if (kind === 'COLUMN_REF') {
      const path = entriesOf(value.column_names).map(String);
      if (!isOn(path)) isSimple = false;
      return { ...value, column_names: path.slice(-1) };
    }
    if (kind === 'CONSTANT') return value;
    if (typeof kind === 'string' && kind !== 'CAST' && !COMPARISONS.has(value.type)) isSimple = false;
    const parts = Object.entries(value).map(([key, part]) => [key, copy(key === LOCATION ? 0 : (part ?? null))]);
    return Object.fromEntries(parts);
  };
  const result = copy(node);
  return isSimple && isTreeNode(result) ? result : undefined;
}

/** The SQL of a condition, by DuckDB. */
async function textOf(condition: TreeNode, session: DuckDBSession): Promise<string> {
  const [row = []] = await session.rows({
    sql: "SELECT json_serialize_sql('SELECT 1 FROM t WHERE true')",
    references: [],
  });
  const statement = JSON.parse(String(row[0])) as { statements: { node: { where_clause: unknown } }[] };
  const [first] = statement.statements;
  if (first === undefined) throw new Error('[planscope/engine] DuckDB serialized no statement');
  first.node.where_clause = condition;
  const [text = []] = await session.rows({
    sql: `SELECT json_deserialize_sql(${quoted(JSON.stringify(statement), "'")})`,
    references: [],
  });
  return String(text[0]).replace(/^.*? WHERE /s, '');
}

function lower(text: string): string {
  return text.toLowerCase();
}
