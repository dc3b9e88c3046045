import { resolve } from 'node:path';
import { QueryLogError } from './query-log-error.ts';

/** Where the log is, and its limits. */
export interface QueryLogOptions {
  /** Folder of the Parquet files, which is created. Default: `planscope-queries` in the working directory. */
  readonly folder?: string;
  /**
   * DuckDB file with the log as the view `queries`, in place of Parquet files. It is open only while rows are written.
   * The program itself must not open it. Default: none.
   */
  readonly database?: string;
  /** Longest time that a row waits in memory, in ms. Default: 10,000. */
  readonly flushMillis?: number;
  /** Most bytes of the rows that wait in memory. A row that finds no room is lost and counted. Default: 16 MiB. */
  readonly maxBufferBytes?: number;
  /** Rows at which a file is full. Default: 10,000. */
  readonly maxFileRows?: number;
  /** Bytes at which a file is full; not for a database. Default: 16 MiB. */
  readonly maxFileBytes?: number;
  /** Age at which a file is full, in ms. Default: 3,600,000, an hour. */
  readonly maxFileMillis?: number;
  /** Most files; the oldest is removed. Default: 500. */
  readonly maxFiles?: number;
  /** Most bytes of all files; the oldest is removed. Default: 1 GiB. */
  readonly maxBytes?: number;
  /** Called with the first failure of writing, and at the end with what was lost. Default: a line on stderr. */
  readonly warn?: (message: string) => void;
}

/** The limits of a log; the unit of its storage is a part: a file, or a table of a database. */
export type QueryLogLimits = Required<Omit<QueryLogOptions, 'folder' | 'database' | 'warn'>>;

const LIMITS: QueryLogLimits = {
  flushMillis: 10_000,
  maxBufferBytes: 16 * 2 ** 20,
  maxFileRows: 10_000,
  maxFileBytes: 16 * 2 ** 20,
  maxFileMillis: 3_600_000,
  maxFiles: 500,
  maxBytes: 2 ** 30,
};

/**
 * The limits with their defaults.
 *
 * @throws QueryLogError `invalid-option` for one that is not a whole number from 1 up
 */
export function limitsOf(options: QueryLogOptions): QueryLogLimits {
  const limits: Record<keyof QueryLogLimits, number> = { ...LIMITS };
  for (const name of Object.keys(LIMITS) as (keyof QueryLogLimits)[]) {
    const value = options[name] ?? LIMITS[name];
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new QueryLogError('invalid-option', `${name}: should be a whole number from 1 up, got ${value}`);
    }
    limits[name] = value;
  }
  return limits;
}

/** Longest delay of a timer of Node.js, in ms. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;

/**
 * The absolute path of an option.
 *
 * @throws QueryLogError `invalid-option` for a path that DuckDB takes for a pattern
 */
export function pathOf(option: 'folder' | 'database', path: string): string {
  const absolute = resolve(path);
  if (/[*?[\]{}]/.test(absolute)) {
    const text = `${option}: ${JSON.stringify(absolute)} has a character that DuckDB takes for a pattern; use a path without * ? [ ] { }`;
    throw new QueryLogError('invalid-option', text);
  }
  return absolute;
}
