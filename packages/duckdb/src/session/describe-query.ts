import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  DuckDBStructType,
  type DuckDBType,
  StatementType,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import type { Schema } from 'apache-arrow';
import { arrowSchema } from '../arrow/arrow-schema.ts';
import { DuckDBError } from '../duckdb-error.ts';
import { bindQuery, type QueryOverInputs } from '../sql/bind-query.ts';
import { composeQuery } from '../sql/compose-query.ts';
import { findDialect } from '../sql/csv-dialect.ts';
import { type ColumnDescription, createViewStatement, type InputBinding } from '../sql/input-binding.ts';
import { readBound } from '../sql/query-parameters.ts';
import { quoteIdentifier } from '../sql/quote.ts';

/** A query to describe, not to run. Its inputs are files, or only columns if the files do not exist yet. */
export interface QueryToDescribe extends QueryOverInputs {
  /** Also describe the views, if a single statement can describe them all. Default: false. */
  readonly describeViews?: boolean;
}

/** The columns of a query. */
export interface DescribedColumns {
  readonly schema: Schema;
  /** The same columns with DuckDB's type names, which can be bound as an input. */
  readonly columns: readonly ColumnDescription[];
}

/** The columns of a query, of its views and of its inputs. */
export interface QueryDescription extends DescribedColumns {
  /**
   * The inputs as they were read. The options of a CSV file include its dialect. Run the query with these inputs,
   * because detecting the dialect takes most of the time of a query over a short file.
   */
  readonly inputs: readonly InputBinding[];
  /** The views in their order, if `describeViews` is set and a single statement could describe them all. */
  readonly views?: readonly DescribedColumns[];
}

/**
 * Plans a query over its inputs to get its columns.
 *
 * @param connection may get views for the inputs, so it should not be used for anything else
 * @throws DuckDBError `unsupported-statement` for anything but one SELECT
 * @throws DuckDB's unaltered error for unknown names, wrong types or invalid SQL
 */
export async function describeQuery(connection: DuckDBConnection, query: QueryToDescribe): Promise<QueryDescription> {
  const looked: LookedAt[] = [];
  for (const input of query.inputs ?? []) looked.push(await lookAt(connection, input));
  const inputs = looked.map(({ input }) => input);
  const bound = { ...query, inputs: looked.map(({ described }) => described) };
  const known = query.describeViews === true ? await describeTogether(connection, bound) : knownColumns(bound);
  return { ...(known ?? (await describeColumns(connection, bound))), inputs };
}

/** The types that DuckDB detects in a CSV file, by name. */
const CSV_TYPES: ReadonlyMap<string, DuckDBType> = new Map(
  [BIGINT, BOOLEAN, DATE, DOUBLE, TIME, TIMESTAMP, TIMESTAMPTZ, VARCHAR].map((type) => [String(type), type]),
);

/** The columns of `FROM "input"`, if they are known with types that DuckDB does not have to look up. */
function knownColumns({
  sql,
  views = [],
  inputs: [input, ...more] = [],
}: QueryOverInputs): DescribedColumns | undefined {
  if (input === undefined || !('columns' in input) || more.length > 0 || views.length > 0) return undefined;
  const types = input.columns.flatMap(({ type }) => CSV_TYPES.get(type) ?? []);
  if (types.length < input.columns.length || sql !== `FROM ${quoteIdentifier(input.name)}`) return undefined;
  return columnsOf(
    input.columns.map(({ name }) => name),
    types,
  );
}

interface LookedAt {
  readonly input: InputBinding;
  /** A binding with the same columns that is cheaper to describe, if possible. */
  readonly described: InputBinding;
}

async function lookAt(connection: DuckDBConnection, input: InputBinding): Promise<LookedAt> {
  if (!('paths' in input)) return { input, described: input };
  const dialect = await findDialect(connection, input);
  if (dialect === undefined) return { input, described: input };
  const { name, filters = [] } = input;
  const told = { ...input, options: dialect.options };
  return { input: told, described: filters.length === 0 ? { name, columns: dialect.columns } : told };
}

async function describeColumns(connection: DuckDBConnection, query: QueryOverInputs): Promise<DescribedColumns> {
  const found = await columnsOfNoRows(connection, query);
  if (found !== undefined) return columnsOf(found.names, found.types);
  const statement = (await prepareBound(connection, query)) ?? (await prepareAsWritten(connection, query));
  try {
    const indices = Array.from({ length: statement.columnCount }, (_, index) => index);
    return columnsOf(
      indices.map((index) => statement.columnName(index)),
      indices.map((index) => statement.columnType(index)),
    );
  } finally {
    statement.destroySync();
  }
}

/** Names and types of the columns of a result. */
interface ResultColumns {
  readonly names: readonly string[];
  readonly types: readonly DuckDBType[];
}

/**
 * The columns of a query with parameters. Its types may depend on their values, which a prepared statement does not
 * know, so DuckDB runs the query for no rows. Returns undefined without parameters, and for anything but one SELECT,
 * whose preparation then shows what is wrong with it.
 */
async function columnsOfNoRows(
  connection: DuckDBConnection,
  query: QueryOverInputs,
): Promise<ResultColumns | undefined> {
  const { parameters = [] } = query;
  if (parameters.length === 0) return undefined;
  const { setup, text } = bindQuery(query);
  for (const statement of setup) await connection.run(statement);
  try {
    const result = await readBound(connection, `FROM (\n${text}\n) LIMIT 0`, parameters);
    return { names: result.columnNames(), types: result.columnTypes() };
  } catch (error) {
    (await prepareAsWritten(connection, query)).destroySync();
    throw error;
  }
}

function columnsOf(names: readonly string[], types: readonly DuckDBType[]): DescribedColumns {
  const columns = names.map((name, index) => ({ name, type: String(types[index]) }));
  return { schema: arrowSchema(names, types), columns };
}

/** Returns undefined for anything but one SELECT that DuckDB can plan. */
async function prepareBound(
  connection: DuckDBConnection,
  query: QueryOverInputs,
): Promise<DuckDBPreparedStatement | undefined> {
  const { setup, text } = bindQuery(query);
  for (const statement of setup) await connection.run(statement);
  const prepared = await connection.prepare(text).catch(() => undefined);
  if (prepared?.statementType === StatementType.SELECT) return prepared;
  prepared?.destroySync();
  return undefined;
}

/** Prepares step by step, with the inputs as views, so that errors show the query as it was written. */
async function prepareAsWritten(
  connection: DuckDBConnection,
  { sql, views = [], inputs = [] }: QueryOverInputs,
): Promise<DuckDBPreparedStatement> {
  for (const input of inputs) await connection.run(createViewStatement(input));
  const statements = await connection.extractStatements(composeQuery(sql, views));
  if (statements.count !== 1) {
    throw new DuckDBError('unsupported-statement', `expected one SELECT, found ${statements.count} statements`);
  }
  const statement = await statements.prepare(0);
  if (statement.statementType === StatementType.SELECT) return statement;
  const kind = StatementType[statement.statementType];
  statement.destroySync();
  throw new DuckDBError('unsupported-statement', `expected a SELECT, found a ${kind} statement`);
}

/**
 * Describes the query and all of its views with one statement. It has one struct column for each of them, with the
 * columns as fields. Returns undefined if one of them cannot be planned or described by a struct.
 */
async function describeTogether(
  connection: DuckDBConnection,
  { sql, references, views = [], inputs = [], parameters }: QueryOverInputs,
): Promise<Omit<QueryDescription, 'inputs'> | undefined> {
  const own = { name: 'planscope query', sql, ...(references === undefined ? {} : { references }) };
  const described = [own, ...views];
  const rows = described.map(({ name }, index) => {
    const row = quoteIdentifier(`planscope row ${index}`);
    return `SELECT ${row} AS ${quoteIdentifier(String(index))} FROM ${quoteIdentifier(name)} AS ${row}`;
  });
  const all = { sql: rows.join('\nUNION ALL BY NAME\n'), references: [], views: [...views, own], inputs, parameters };
  const found = await columnsOfNoRows(connection, all).catch(() => undefined);
  const types = found?.types ?? (await preparedTypes(connection, all));
  const [query, ...ofViews] = described.map((_, index) => rowColumns(types?.[index]));
  const isComplete = ofViews.every((columns) => columns !== undefined);
  return query === undefined || !isComplete ? undefined : { ...query, views: ofViews };
}

async function preparedTypes(
  connection: DuckDBConnection,
  query: QueryOverInputs,
): Promise<readonly DuckDBType[] | undefined> {
  const statement = await prepareBound(connection, query);
  if (statement === undefined) return undefined;
  try {
    return Array.from({ length: statement.columnCount }, (_, index) => statement.columnType(index));
  } finally {
    statement.destroySync();
  }
}

function rowColumns(type: DuckDBType | undefined): DescribedColumns | undefined {
  if (!(type instanceof DuckDBStructType)) return undefined;
  const names = type.entryNames;
  const all = new Set(names.map((name) => name.toLowerCase()));
  // Fields of a struct have unique names: DuckDB may have renamed the second of two equal columns to `name_1`.
  const hasMadeUp = names.some((name) => all.has(/^(.*)_\d+$/s.exec(name.toLowerCase())?.[1] ?? name.concat('?')));
  return hasMadeUp ? undefined : columnsOf(names, type.entryTypes);
}
