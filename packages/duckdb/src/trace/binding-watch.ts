import { blobValue, type DuckDBConnection, DuckDBPreparedStatement, listValue, structValue } from '@duckdb/node-api';
import { truncateText } from '@planscope/redaction';
import { dbQueryParameterKey } from '@planscope/semconv';
import { DEFAULT_MAX_TEXT_BYTES } from './query-text.ts';
import type { TraceConnectionOptions } from './trace-options.ts';
import { recordingFailed, warnOf } from './trace-warnings.ts';

/** Takes a value that was bound: the key of its attribute, and the value as text. */
export type BindingSink = (key: string, text: string) => void;

type Binder = (index: number, value?: unknown, ...rest: unknown[]) => void;

/** More would push other attributes off the span, which an SDK limits to 128 by default. */
const MAX_PARAMETERS = 64;

/** `bindInteger`, `bindNull` and so on; `bind` itself is made of them. */
const BINDERS = Object.getOwnPropertyNames(DuckDBPreparedStatement.prototype).filter((name) => /^bind./.test(name));

/** Tells what a program binds to parameters, once it is bound. The values go on as they are. */
export class BindingWatch {
  readonly #options: TraceConnectionOptions;

  constructor(options: TraceConnectionOptions) {
    this.#options = options;
  }

  /** The calls of a statement that bind, watched. */
  statement(statement: DuckDBPreparedStatement, sink: BindingSink): Partial<DuckDBPreparedStatement> {
    const binders = statement as unknown as Readonly<Record<string, Binder>>;
    const watched = BINDERS.map((name): [string, Binder] => [
      name,
      (index, value, ...rest) => {
        binders[name]?.call(statement, index, value, ...rest);
        this.#tell(statement, index, value, sink);
      },
    ]);
    return Object.fromEntries(watched);
  }

  /** A connection on which the statements that the driver prepares for a call with values are watched. */
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
      sink(keyOf(statement.parameterName(index), index), truncateText(textOf(value), maxTextBytes));
    } catch (error) {
      warnOf(this.#options)(recordingFailed(error));
    }
  }
}

/** DuckDB names a parameter that has no name after its position. */
function keyOf(name: string, index: number): string {
  return dbQueryParameterKey(name === String(index) ? String(index - 1) : name);
}

/** A string as it is, and every other value as DuckDB writes it. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return 'NULL';
  if (value instanceof Uint8Array) return blobValue(value).toString();
  if (Array.isArray(value)) return listValue(value).toString();
  if (isPlainObject(value)) return structValue(value).toString();
  return String(value);
}

function isPlainObject(value: unknown): value is Parameters<typeof structValue>[0] {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
