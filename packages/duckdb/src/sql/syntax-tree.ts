import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBError } from '../duckdb-error.ts';

/** A value of DuckDB's serialised syntax tree. */
export type TreeValue = string | number | boolean | null | readonly TreeValue[] | { readonly [key: string]: TreeValue };
/** A node of DuckDB's serialised syntax tree, by field. */
export type TreeNode = { readonly [key: string]: TreeValue };

/** Whether a value of the tree is a node: neither a list nor a plain value. */
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
 * The syntax tree of one SELECT, by DuckDB's own parser. Nothing is looked up in a catalog.
 *
 * @throws DuckDBError `syntax` where the parser refuses the text, `unsupported-statement` for anything but one SELECT
 */
export async function parseSelect(connection: DuckDBConnection, sql: string): Promise<TreeNode> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql]);
  const parsed = JSON.parse(String(reader.getRows()[0]?.[0])) as SerializedSql;
  if (parsed.error) throw parseFailure(parsed);
  const [statement, ...more] = parsed.statements ?? [];
  if (statement === undefined || more.length > 0) {
    throw new DuckDBError(
      'unsupported-statement',
      `${parsed.statements?.length ?? 0} statements where one SELECT is due`,
    );
  }
  return statement;
}

function parseFailure({ error_type, error_message = '', position }: SerializedSql): DuckDBError {
  if (error_type !== 'parser') {
    return new DuckDBError('unsupported-statement', `only a SELECT can be used here; DuckDB says: ${error_message}`);
  }
  const where = position === undefined ? '' : ` at character ${Number(position) + 1}`;
  return new DuckDBError('syntax', `the SQL cannot be parsed${where}: ${error_message}`);
}
