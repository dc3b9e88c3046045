import {
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBResultReader,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  HUGEINT,
  INTEGER,
  LIST,
  listValue,
  SQLNULL,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import { sqlTokens } from '@planscope/redaction';
import { DuckDBError } from '../duckdb-error.ts';
import { quoteString } from './quote.ts';

/** Values for the parameters `$name` of a query, by name without the dollar sign. DuckDB ignores the case of names. */
export type QueryParameters = Readonly<Record<string, ParameterValue>>;

/** A value with the type that follows from it, or with a type by name. */
export type ParameterValue = PlainValue | TypedValue;

/**
 * A number is an INTEGER, a BIGINT or a DOUBLE, a bigint a BIGINT or a HUGEINT, a Date a TIMESTAMP WITH TIME ZONE, bytes
 * a BLOB, and an array a list of one type.
 */
export type PlainValue = null | boolean | number | bigint | string | Date | Uint8Array | readonly PlainValue[];

/** A value that DuckDB casts to a type, for example `{ type: 'DECIMAL(18, 2)', value: '12.50' }`. */
export interface TypedValue {
  /** Name of a type of DuckDB, as in CAST. */
  readonly type: string;
  readonly value: PlainValue;
}

/** A value as DuckDB's driver binds it. */
export interface BoundParameter {
  readonly name: string;
  readonly value: DuckDBValue;
  readonly type: DuckDBType;
}

/** The parameters that a text names. */
export interface ParameterNames {
  /** Names in lower case, without the dollar sign. */
  readonly names: ReadonlySet<string>;
  /** The first parameter without a name, as written: `?` or `$1`. */
  readonly positional?: string;
}

/** Finds the parameters of a text, whether or not DuckDB would accept it. */
export function parameterNames(sql: string): ParameterNames {
  const names = new Set<string>();
  let positional: string | undefined;
  let isAfterDollar = false;
  for (const { text, kind } of sqlTokens(sql, { maxCharacters: sql.length })) {
    if (isAfterDollar && (kind === 'word' || kind === 'name')) names.add(unquoted(text).toLowerCase());
    isAfterDollar = text === '$';
    if (kind !== 'other') continue;
    if (/^(?:\?|\$\d)/.test(text)) positional ??= text;
    else if (/^\$[^$]/u.test(text)) names.add(text.slice(1).toLowerCase());
  }
  return { names, ...(positional === undefined ? {} : { positional }) };
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/**
 * Converts values for the driver. DuckDB casts the typed ones.
 *
 * @throws DuckDBError `invalid-parameter` for a value or type that cannot be bound; no message contains a value
 * @throws DuckDB's unaltered error for a value that it cannot cast
 */
export async function bindableParameters(
  connection: DuckDBConnection,
  parameters: QueryParameters,
): Promise<BoundParameter[]> {
  const bound: BoundParameter[] = [];
  for (const [name, given] of Object.entries(parameters)) {
    if (!isTyped(given)) {
      bound.push({ name, ...plain(name, given) });
      continue;
    }
    const { value, type } = plain(name, given.value);
    const statement = await connection.prepare(`SELECT CAST($1 AS ${checkedType(name, given.type)})`);
    try {
      statement.bind([value], [type]);
      const cast = await statement.runAndReadAll();
      bound.push({ name, value: cast.getRows()[0]?.[0] ?? null, type: cast.columnType(0) });
    } finally {
      statement.destroySync();
    }
  }
  return bound;
}

/** Binds the parameters that a statement has. A parameter without a value makes DuckDB refuse the statement. */
export function bindParameters(statement: DuckDBPreparedStatement, parameters: readonly BoundParameter[]): void {
  const byName = new Map(parameters.map((parameter) => [parameter.name.toLowerCase(), parameter]));
  for (let index = 1; index <= statement.parameterCount; index += 1) {
    const parameter = byName.get(statement.parameterName(index).toLowerCase());
    if (parameter !== undefined) statement.bindValue(index, parameter.value, parameter.type);
  }
}

/** Runs a statement with values for its parameters, and reads all rows. Without values, it is not prepared first. */
export async function readBound(
  connection: DuckDBConnection,
  sql: string,
  parameters: readonly BoundParameter[],
): Promise<DuckDBResultReader> {
  if (parameters.length === 0) return connection.runAndReadAll(sql);
  const statement = await connection.prepare(sql);
  try {
    bindParameters(statement, parameters);
    return await statement.runAndReadAll();
  } finally {
    statement.destroySync();
  }
}

/** The value of a parameter in the SQL of DuckDB, for example `'2026-11-29'::DATE`. */
export function parameterLiteral({ value, type }: BoundParameter): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return quoteString(value);
  return `${quoteString(value.toString())}::${type}`;
}

type Bindable = Omit<BoundParameter, 'name'>;

function isTyped(value: ParameterValue): value is TypedValue {
  return typeof value === 'object' && value !== null && 'type' in value && 'value' in value;
}

function plain(name: string, value: PlainValue): Bindable {
  switch (typeof value) {
    case 'boolean':
      return { value, type: BOOLEAN };
    case 'number':
      return { value, type: numberType(value) };
    case 'bigint':
      return { value, type: bigintType(name, value) };
    case 'string':
      return { value, type: VARCHAR };
  }
  if (value === null) return { value, type: SQLNULL };
  if (value instanceof Uint8Array) return { value: blobValue(value), type: BLOB };
  if (value instanceof Date) {
    const milliseconds = value.getTime();
    if (Number.isNaN(milliseconds)) throw invalid(name, 'is an invalid Date');
    return { value: new DuckDBTimestampTZValue(BigInt(milliseconds) * 1000n), type: TIMESTAMPTZ };
  }
  if (Array.isArray(value)) return list(name, value);
  const hint = `null, boolean, number, bigint, string, Date, Uint8Array, an array of them, or { type, value }`;
  throw invalid(name, `is ${value === undefined ? 'undefined' : `of type ${typeof value}`}; use ${hint}`);
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}

function numberType(value: number): DuckDBType {
  if (isInt32(value)) return INTEGER;
  return Number.isSafeInteger(value) ? BIGINT : DOUBLE;
}

function bigintType(name: string, value: bigint): DuckDBType {
  if (BigInt.asIntN(64, value) === value) return BIGINT;
  if (BigInt.asIntN(128, value) === value) return HUGEINT;
  throw invalid(name, 'is a bigint with more than 128 bits');
}

/** Integers and numbers with a fraction, from narrow to wide. */
const NUMBERS: readonly DuckDBType[] = [INTEGER, BIGINT, HUGEINT, DOUBLE];

function list(name: string, values: readonly PlainValue[]): Bindable {
  const items = values.map((value) => plain(name, value));
  const types = new Map(items.flatMap(({ value, type }) => (value === null ? [] : [[String(type), type] as const])));
  const [first = SQLNULL, ...others] = types.values();
  const widest = NUMBERS.findLast((type) => types.has(String(type)));
  if (others.length === 0) return { value: listValue(items.map(({ value }) => value)), type: LIST(first) };
  if (widest === undefined || ![...types.values()].every((type) => NUMBERS.includes(type))) {
    throw invalid(name, `is an array of several types (${[...types.keys()].join(', ')}); use one type`);
  }
  return { value: listValue(items.map(({ value }) => widened(value, widest))), type: LIST(widest) };
}

function widened(value: DuckDBValue, type: DuckDBType): DuckDBValue {
  if (value === null) return value;
  if (type === DOUBLE) return Number(value);
  return type === INTEGER ? value : BigInt(value as number | bigint);
}

/** A type name becomes part of a statement, so it must not end the CAST. */
function checkedType(name: string, type: string): string {
  const isName = typeof type === 'string' && /^[a-z_][\w ,()[\]"]*$/i.test(type);
  let depth = 0;
  const isClosed =
    isName &&
    [...type].every((character) => {
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      return depth >= 0 && (character !== ',' || depth > 0);
    });
  if (!isClosed || depth !== 0) throw invalid(name, `has the type ${JSON.stringify(type)}, which is not a type name`);
  return type;
}

function invalid(name: string, problem: string): DuckDBError {
  return new DuckDBError('invalid-parameter', `the parameter ${JSON.stringify(name)} ${problem}`);
}
