import { redactSql, truncateText } from '@planscope/redaction';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import { namesInSql } from '../report/report-identifiers.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { type SqlSummary, summarizeSql } from '../sql/summarize-sql.ts';

/** Of one text on a query span. */
export const DEFAULT_MAX_TEXT_BYTES: number = 16_384;

/** How the text of a query is shown. */
export interface QueryTextOptions {
  readonly maxTextBytes?: number | undefined;
  /** With its literals. */
  readonly keepLiterals: boolean;
}

/** What a span says of the text of a query. */
export interface QueryText extends SqlSummary {
  /** Redacted, cut, as `db.query.text`. */
  readonly shown: string;
  /** How many statements it has; undefined where it is too long to be looked through. */
  readonly statements: number | undefined;
  /** The names that it writes; looked for when they are asked for. */
  names(): readonly string[];
}

/** Statements of programs repeat: what was found out of so many of the last ones is kept. */
const MAX_KEPT = 256;
const MAX_KEPT_CHARACTERS = 8_192;

/** Reads the text of queries, each once. */
export class QueryTexts {
  readonly #options: QueryTextOptions;
  readonly #kept = new Map<string, QueryText>();

  constructor(options: QueryTextOptions) {
    this.#options = options;
  }

  of(sql: string): QueryText {
    const kept = this.#kept.get(sql);
    if (kept !== undefined) return kept;
    const text = this.#read(sql);
    if (sql.length > MAX_KEPT_CHARACTERS) return text;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(sql, text);
    return text;
  }

  #read(sql: string): QueryText {
    const { maxTextBytes = DEFAULT_MAX_TEXT_BYTES, keepLiterals } = this.#options;
    const shown = keepLiterals
      ? truncateText(sql, maxTextBytes)
      : redactSql(sql.trimStart(), { dialect: duckdbDialect, maxBytes: maxTextBytes }).trim();
    const statements = splitStatements(sql)?.length;
    let found: readonly string[] | undefined;
    const names = (): readonly string[] => {
      found ??= namesInSql(sql);
      return found;
    };
    if (statements === undefined || statements < 2) return { ...summarizeSql(sql), shown, statements, names };
    const operations = new Set(splitStatements(sql)?.map((statement) => summarizeSql(statement).operation));
    const operation = operations.size === 1 ? `BATCH ${[...operations][0]}` : 'BATCH';
    return { operation, summary: operation, shown, statements, names };
  }
}
