import type { DuckDBConnection, DuckDBPreparedStatement, structValue } from '@duckdb/node-api';
import { redactSql, type SqlSummary, truncateText } from '@planscope/redaction';
import { dbQueryParameterKey } from '@planscope/semconv';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import type { DriverCopy } from '../driver/driver-copy.ts';
import { driverOf } from '../measure/own-statement.ts';
import { namesInSql } from '../report/report-identifiers.ts';
import { splitStatements } from '../sql/statement-concerns.ts';
import { summarizeSql } from '../sql/summarize-sql.ts';
import type { TraceConnectionOptions } from './trace-options.ts';
import { recordingFailed, warnOf } from './trace-warnings.ts';

/** Default limit for one text on a query span. */
export const DEFAULT_MAX_TEXT_BYTES: number = 16_384;

/** How the text of a query is recorded. */
export interface QueryTextOptions {
  readonly maxTextBytes?: number | undefined;
  /** Whether the text keeps its literals. */
  readonly keepLiterals: boolean;
}

/** What a span records of the text of a query. */
export interface QueryText extends SqlSummary {
  /** The redacted and truncated text, for `db.query.text`. */
  readonly shown: string;
  /** Number of statements; undefined if the text is too long to scan. */
  readonly statements: number | undefined;
  /** The names in the text, found on the first call. */
  names(): readonly string[];
}

/** Size of the cache of texts; programs repeat their statements. */
const MAX_KEPT = 256;
const MAX_KEPT_CHARACTERS = 8_192;

/** Analyses the texts of queries and caches the results. */
export class QueryTexts {
  readonly #options: QueryTextOptions;
  readonly #kept = new Map<string, QueryText>();
  readonly #operations = new Map<string, SqlOperation>();

  constructor(options: QueryTextOptions) {
    this.#options = options;
  }

  of(sql: string): QueryText {
    return keptIn(this.#kept, sql, () => this.#read(sql));
  }

  /** The operation and the summary alone, without redaction of the text. */
  operationOf(sql: string): SqlSummary {
    return this.#kept.get(sql) ?? keptIn(this.#operations, sql, () => sqlOperation(sql));
  }

  #read(sql: string): QueryText {
    const { maxTextBytes = DEFAULT_MAX_TEXT_BYTES, keepLiterals } = this.#options;
    const shown = keepLiterals
      ? truncateText(sql, maxTextBytes)
      : redactSql(sql.trimStart(), { dialect: duckdbDialect, maxBytes: maxTextBytes }).trim();
    let found: readonly string[] | undefined;
    const names = (): readonly string[] => {
      found ??= namesInSql(sql);
      return found;
    };
    return { ...sqlOperation(sql), shown, names };
  }
}

type SqlOperation = Pick<QueryText, 'operation' | 'summary' | 'statements'>;

function sqlOperation(sql: string): SqlOperation {
  const texts = splitStatements(sql);
  const statements = texts?.length;
  if (texts === undefined || texts.length < 2) return { ...summarizeSql(sql), statements };
  const operations = new Set(texts.map((statement) => summarizeSql(statement).operation));
  const operation = operations.size === 1 ? `BATCH ${[...operations][0]}` : 'BATCH';
  return { operation, summary: operation, statements };
}

/** Returns a value that was made for the text before, or makes it. Forgets the oldest value beyond the limit. */
function keptIn<T>(cache: Map<string, T>, sql: string, make: () => T): T {
  const kept = cache.get(sql);
  if (kept !== undefined) return kept;
  const made = make();
  if (sql.length > MAX_KEPT_CHARACTERS) return made;
  const [oldest] = cache.keys();
  if (cache.size >= MAX_KEPT && oldest !== undefined) cache.delete(oldest);
  cache.set(sql, made);
  return made;
}

/** Receives a bound value: the key of its attribute, and the value as text. */
export type BindingSink = (key: string, text: string) => void;

type Binder = (index: number, value?: unknown, ...rest: unknown[]) => void;

/** More parameters would displace other attributes of the span, because SDKs allow 128 attributes by default. */
const MAX_PARAMETERS = 64;

/** The classes of values that the driver makes of plain JavaScript values. */
export type ValueClasses = Pick<DriverCopy, 'blobValue' | 'listValue' | 'structValue'>;

/** Reports the values that a program binds to parameters, after they are bound. It does not change them. */
export class BindingWatch {
  readonly #options: TraceConnectionOptions;
  readonly #classes: ValueClasses | undefined;

  constructor(options: TraceConnectionOptions, classes: ValueClasses | undefined) {
    this.#options = options;
    this.#classes = classes;
  }

  /** The binding methods of a statement, wrapped so that they report their values. */
  statement(statement: DuckDBPreparedStatement, sink: BindingSink): Partial<DuckDBPreparedStatement> {
    const binders = statement as unknown as Readonly<Record<string, Binder>>;
    const watched = bindersOf(statement).map((name): [string, Binder] => [
      name,
      (index, value, ...rest) => {
        binders[name]?.call(statement, index, value, ...rest);
        this.#tell(statement, index, value, sink);
      },
    ]);
    return Object.fromEntries(watched);
  }

  /** A connection that reports the values of statements that the driver prepares for a call with values. */
  connection(connection: DuckDBConnection, sink: BindingSink): DuckDBConnection {
    const extractStatements: DuckDBConnection['extractStatements'] = async (sql) => {
      const extracted = await connection.extractStatements(sql);
      const prepare = async (index: number): Promise<DuckDBPreparedStatement> => {
        const statement = await extracted.prepare(index);
        return Object.assign(Object.create(statement) as typeof statement, this.statement(statement, sink));
      };
      return Object.assign(Object.create(extracted) as typeof extracted, { prepare });
    };
    return Object.assign(Object.create(connection) as DuckDBConnection, { extractStatements });
  }

  #tell(statement: DuckDBPreparedStatement, index: number, value: unknown, sink: BindingSink): void {
    if (index > MAX_PARAMETERS) return;
    try {
      const { maxTextBytes = DEFAULT_MAX_TEXT_BYTES } = this.#options.operators ?? {};
      sink(keyOf(statement.parameterName(index), index), truncateText(textOf(value, this.#classes), maxTextBytes));
    } catch (error) {
      warnOf(this.#options)(recordingFailed(error));
    }
  }
}

const binders = new WeakMap<object, readonly string[]>();

/** The names `bindInteger`, `bindNull` and so on of the methods that `bind` calls. */
function bindersOf(statement: DuckDBPreparedStatement): readonly string[] {
  const driver = driverOf(statement);
  let names = binders.get(driver);
  if (names === undefined) {
    names = Object.getOwnPropertyNames(driver).filter((name) => /^bind./.test(name));
    binders.set(driver, names);
  }
  return names;
}

/** The attribute key of a parameter. DuckDB uses the position, from 1, as the name of a parameter without a name. */
function keyOf(name: string, index: number): string {
  return dbQueryParameterKey(name === String(index) ? String(index - 1) : name);
}

/** A string unchanged, and any other value in the format of DuckDB. */
function textOf(value: unknown, classes: ValueClasses | undefined): string {
  if (value === undefined || value === null) return 'NULL';
  if (classes === undefined) return String(value);
  const { blobValue, listValue, structValue } = classes;
  if (value instanceof Uint8Array) return blobValue(value).toString();
  if (Array.isArray(value)) return listValue(value).toString();
  if (isPlainObject(value)) return structValue(value).toString();
  return String(value);
}

function isPlainObject(value: unknown): value is Parameters<typeof structValue>[0] {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
