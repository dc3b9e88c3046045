import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api';
import type { Schema } from 'apache-arrow';
import { arrowSchema } from '../arrow/arrow-schema.ts';
import { DuckDBError } from '../duckdb-error.ts';
import { composeQuery, type View } from '../sql/compose-query.ts';
import { type ColumnDescription, createViewStatement, type InputBinding } from '../sql/input-binding.ts';

/** A query that is to be described, not run. */
export interface QueryToDescribe {
  readonly sql: string;
  /** In an order where each comes after those it refers to. */
  readonly views?: readonly View[];
  /** Files, or the columns alone where the files are not here yet. */
  readonly inputs?: readonly InputBinding[];
}

/** What a query will give. */
export interface QueryDescription {
  readonly schema: Schema;
  /** The same columns as DuckDB names their types; an input can be bound by them. */
  readonly columns: readonly ColumnDescription[];
}

/**
 * Plans a query over its inputs and reads off its columns.
 *
 * @param connection gets the inputs as views, so it should serve nothing else
 * @throws DuckDBError `unsupported-statement` for anything but one SELECT
 * @throws what DuckDB says of unknown names, wrong types or text that is no SQL, unaltered
 */
export async function describeQuery(connection: DuckDBConnection, query: QueryToDescribe): Promise<QueryDescription> {
  for (const input of query.inputs ?? []) await connection.run(createViewStatement(input));
  const statement = await prepareSelect(connection, composeQuery(query.sql, query.views ?? []));
  try {
    const indices = Array.from({ length: statement.columnCount }, (_, index) => index);
    const names = indices.map((index) => statement.columnName(index));
    const types = indices.map((index) => statement.columnType(index));
    const columns = names.map((name, index) => ({ name, type: String(types[index]) }));
    return { schema: arrowSchema(names, types), columns };
  } finally {
    statement.destroySync();
  }
}

async function prepareSelect(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new DuckDBError('unsupported-statement', `${statements.count} statements where one SELECT is due`);
  }
  const statement = await statements.prepare(0);
  if (statement.statementType === StatementType.SELECT) return statement;
  const kind = StatementType[statement.statementType];
  statement.destroySync();
  throw new DuckDBError('unsupported-statement', `a ${kind} statement where a SELECT is due`);
}
