import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBError } from '../duckdb-error.ts';
import { queryRows } from './csv-dialect.ts';
import { quoteString } from './quote.ts';

/** A value of DuckDB's serialised syntax tree. */
export type TreeValue = string | number | boolean | null | readonly TreeValue[] | { readonly [key: string]: TreeValue };
/** A node of DuckDB's serialised syntax tree, by field. */
export type TreeNode = { readonly [key: string]: TreeValue };

/** Whether a value of the tree is a node, and neither a list nor a plain value. */
export function isTreeNode(value: TreeValue | undefined): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface SerializedSql {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly TreeNode[];
}

/**
 * Parses one SELECT with DuckDB's own parser, without catalog lookups. Calls in the same turn of the event loop share
 * one statement.
 *
 * @throws DuckDBError `syntax` if the parser refuses the text, `unsupported-statement` for anything but one SELECT
 */
export async function parseSelect(connection: DuckDBConnection, sql: string): Promise<TreeNode> {
  const parsed = await serializedSql(connection, sql);
  if (parsed.error) throw parseFailure(parsed);
  const [statement, ...more] = parsed.statements ?? [];
  if (statement === undefined || more.length > 0) {
    throw new DuckDBError(
      'unsupported-statement',
      `expected one SELECT, found ${parsed.statements?.length ?? 0} statements`,
    );
  }
  return statement;
}

/** The part from DuckDB starts with the error class, as in its other messages, so that redaction recognizes it. */
function parseFailure({ error_type = 'parser', error_message = '', position }: SerializedSql): DuckDBError {
  const said = `${error_type.charAt(0).toUpperCase()}${error_type.slice(1)} Error: ${error_message}`;
  if (error_type !== 'parser') {
    return new DuckDBError('unsupported-statement', `only a SELECT can be used here: ${said}`);
  }
  const where = position === undefined ? '' : ` at character ${Number(position) + 1}`;
  return new DuckDBError('syntax', `the SQL cannot be parsed${where}: ${said}`);
}

/** Texts that wait for the parser, and their future trees. */
interface Batch {
  readonly texts: Map<string, number>;
  readonly trees: Promise<readonly SerializedSql[]>;
}

const waiting = new WeakMap<DuckDBConnection, Batch>();

async function serializedSql(connection: DuckDBConnection, sql: string): Promise<SerializedSql> {
  const { texts, trees } = waiting.get(connection) ?? openBatch(connection);
  const place = texts.get(sql) ?? texts.size;
  texts.set(sql, place);
  const tree = (await trees)[place];
  if (tree === undefined) throw new Error('[planscope/duckdb] DuckDB returned no syntax tree for a text');
  return tree;
}

/** Collects the texts of one turn of the event loop for one statement. */
function openBatch(connection: DuckDBConnection): Batch {
  const texts = new Map<string, number>();
  const trees = Promise.resolve().then(() => {
    waiting.delete(connection);
    return serializeAll(connection, [...texts.keys()]);
  });
  const batch = { texts, trees };
  waiting.set(connection, batch);
  return batch;
}

async function serializeAll(connection: DuckDBConnection, texts: readonly string[]): Promise<SerializedSql[]> {
  // The driver passes a statement only up to its first NUL, where DuckDB would stop reading it as well.
  const list = texts.map((text) => quoteString(text.replace(/\0.*/s, ''))).join(', ');
  const rows = await queryRows(connection, `SELECT json_serialize_sql(unnest([${list}]))`);
  return rows.map(([tree]) => JSON.parse(String(tree)) as SerializedSql);
}
