import type { DuckDBConnection } from '@duckdb/node-api';

/** Settings that can change the rows of a query, their order, or how it is run. */
const RELEVANT = [
  'Calendar',
  'TimeZone',
  'binary_as_string',
  'default_null_order',
  'default_order',
  'disabled_optimizers',
  'enable_external_file_cache',
  'ieee_floating_point_ops',
  'integer_division',
  'memory_limit',
  'old_implicit_casting',
  'preserve_insertion_order',
  'scalar_subquery_error_on_multiple_rows',
  'threads',
];

/**
 * Current values of the relevant settings, sorted by name; one without a value is left out.
 *
 * @param further names beside the fixed list
 */
export async function readSettings(
  connection: DuckDBConnection,
  further: readonly string[],
): Promise<Record<string, string>> {
  const names = new Set([...RELEVANT, ...further.map((name) => name.toLowerCase())]);
  const reader = await connection.runAndReadAll(
    'SELECT name, value::VARCHAR FROM duckdb_settings() WHERE value IS NOT NULL ORDER BY name',
  );
  return Object.fromEntries(
    reader
      .getRows()
      .map(([name, value]) => [String(name), String(value)] as const)
      .filter(([name]) => names.has(name)),
  );
}
